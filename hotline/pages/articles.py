"""The knowledge base: read by everybody, kept in the console by supervisors."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.words import whole_number, words
from services import clock
from services.database.roles import Role
from services.errors import CitizenError, Denied, Invalid, NotFound
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.language import gettext as _

LIST = "/console/hotline/articles"
MOST = {"title": 120, "text": 20_000}
ASKED = ("code", "title", "text", "category", "valid_until")
# What runs out so soon is named, while there is time to write it anew.
SOON = timedelta(days=30)


@blueprint.route("/hotline/articles/<string:code>")
@public("the knowledge base is public", role=Role.RESIDENT)
def show_article(code: str) -> str:
    """An article for everybody, in the version that an answer names or the newest."""
    version = whole_number(request.args.get("version"), "/version")
    article = actions.read_article(current_session(), code=code, version=version)
    newest = actions.read_article(current_session(), code=code)
    return render_template(
        "hotline/article.html", article=article, newest=newest, today=clock.today(), **words()
    )


@blueprint.route(LIST)
@scopes(access.WORK)
def list_articles() -> str:
    """All articles, those that ran out too, and what the reader is writing."""
    session, actor = current_session(), current_actor()
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("words", "category")}
    found = actions.list_articles(
        session, words=asked["words"], category=asked["category"] or None, only_valid=False
    )
    drafts = actions.list_article_drafts(session, actor) if "supervisor" in actor.roles else []
    return render_template(
        "hotline/articles.html",
        articles=found,
        drafts=drafts,
        form=asked,
        actor=actor,
        today=clock.today(),
        soon=clock.today() + SOON,
        **words(),
    )


@blueprint.route(f"{LIST}/new")
@scopes(access.WORK)
def new_article() -> str:
    """The form of a new article."""
    if "supervisor" not in current_actor().roles:
        raise Denied
    return _page(None, {}, {})


@blueprint.route(f"{LIST}/<string:code>")
@scopes(access.WORK)
def edit_article(code: str) -> str:
    """An article with its versions and the tickets that cite it; for supervisors the form of the next version."""
    session, actor = current_session(), current_actor()
    draft = actions.read_article_draft(session, actor, code=code) if "supervisor" in actor.roles else None
    try:
        article = actions.read_article(session, code=code)
    except NotFound:
        if draft is None:
            raise
        article = None
    return _page(article, _form_of(draft or article), {}, draft)


@blueprint.route(LIST, methods=["POST"])
@scopes(access.WORK)
def write_article() -> Response | tuple[str, int]:
    """Keep a draft, throw it away, or publish the next version."""
    session, actor, form = current_session(), current_actor(), request.form
    told = {name: form.get(name, "").strip().replace("\r\n", "\n") for name in ASKED}
    seen = whole_number(form.get("seen"), "/seen") or 0
    if form.get("act") == "forget":
        actions.forget_article_draft(session, actor, code=told["code"])
        return redirect(LIST, 303)
    article = actions.read_article(session, code=told["code"]) if seen else None
    errors = _faults(told)
    if errors:
        return _page(article, told, errors), 422
    values: dict[str, Any] = told | {
        "category": told["category"] or None,
        "valid_until": date.fromisoformat(told["valid_until"]) if told["valid_until"] else None,
    }
    write = actions.publish_article if form.get("act") == "publish" else actions.save_article_draft
    try:
        write(session, actor, **values, seen=seen)
    except Invalid as wrong:
        field = (wrong.field or "").strip("/")
        return _page(article, told, {field: _(str(wrong.facts["expected"]))}), 422
    except CitizenError as refused:
        if refused.status != 412:
            raise
        return _page(article, told, {"text": _("别人刚发布过新的一版。请先看那一版，再改")}), 412
    return redirect(f"{LIST}/{told['code']}", 303)


def _page(article: Any, form: Mapping[str, str], errors: Mapping[str, str], draft: Any | None = None) -> str:
    session, actor = current_session(), current_actor()
    return render_template(
        "hotline/article_desk.html",
        article=article,
        draft=draft,
        form=form,
        errors=errors,
        versions=[] if article is None else actions.list_article_versions(session, code=article.code),
        cited=[] if article is None else actions.list_citations(session, actor, code=article.code),
        actor=actor,
        today=clock.today(),
        **words(),
    )


def _form_of(row: Any) -> dict[str, str]:
    told = {name: getattr(row, name) or "" for name in ASKED}
    return told | {"valid_until": row.valid_until.isoformat() if row.valid_until else ""}


def _faults(told: Mapping[str, str]) -> dict[str, str]:
    errors = {
        name: _("写 1 到 %(most)d 个字", most=most)
        for name, most in MOST.items()
        if not 0 < len(told[name]) <= most
    }
    try:
        if told["valid_until"]:
            date.fromisoformat(told["valid_until"])
    except ValueError:
        errors["valid_until"] = _("写成 2027-06-30 这样")
    return errors
