"""Looking tickets up at `/console/hotline/search`. Words are sent in a form: an address would end up in logs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.words import words
from hotline.rules import CATEGORIES, State
from hotline.rules.search import Filters
from services.errors import CitizenError, Invalid
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _

SHOWN = 25
ASKED = ("words", "state", "category", "district")


@blueprint.route("/console/hotline/search")
@scopes(access.WORK)
def new_search() -> str:
    """The form, and the searches that the reader keeps."""
    return _page(form={}, found=None, facets=None)


@blueprint.route("/console/hotline/search", methods=["POST"])
@scopes(access.WORK)
def search() -> str | tuple[str, int]:
    """What was found, newest first, and how it divides."""
    session, actor = current_session(), current_actor()
    form = {name: request.form.get(name, "").strip() for name in ASKED}
    try:
        filters = _filters(form)
        found = actions.search_tickets(
            session,
            actor,
            words=form["words"],
            filters=filters,
            limit=SHOWN,
            after=_place(request.form.get("after")),
        )
        facets = actions.count_facets(session, actor, words=form["words"], filters=filters)
    except CitizenError as refused:
        return _page(form=form, found=None, facets=None, error=_(refused.title)), refused.status
    return _page(form=form, found=found, facets=facets)


@blueprint.route("/console/hotline/search/saved", methods=["POST"])
@scopes(access.WORK)
def keep_search() -> Response | tuple[str, int]:
    """Keep a search under a name, or forget one."""
    session, actor = current_session(), current_actor()
    if request.form.get("forget"):
        actions.forget_view(session, actor, view_id=_place(request.form["forget"]) or UUID(int=0))
        return redirect("/console/hotline/search", 303)
    form = {name: request.form.get(name, "").strip() for name in ASKED}
    title = request.form.get("title", "").strip() or form["words"]
    try:
        if not 0 < len(title) <= 60:
            raise Invalid(field="/title", expected="1–60")
        _filters(form)
        kept = {name: [form[name]] for name in ASKED[1:] if form[name]}
        actions.save_view(session, actor, title=title, words=form["words"], filters=kept)
    except CitizenError as refused:
        return _page(form=form, found=None, facets=None, error=_(refused.title)), refused.status
    return redirect("/console/hotline/search", 303)


def _page(
    *,
    form: Mapping[str, str],
    found: actions.Found | None,
    facets: actions.Facets | None,
    error: str | None = None,
) -> str:
    kept: list[dict[str, Any]] = [
        {
            "id": view.id,
            "title": view.title,
            "fields": {"words": view.words}
            | {name: values[0] for name, values in view.filters.items() if values},
        }
        for view in actions.list_saved_views(current_session(), current_actor())
    ]
    return render_template(
        "hotline/search.html",
        form=form,
        found=found,
        facets=facets,
        error=error,
        kept=kept,
        actor=current_actor(),
        **words(),
    )


def _filters(form: Mapping[str, str]) -> Filters:
    """What is chosen in the form. Raises: Invalid 422 for a choice that was never offered."""
    if form["state"] and form["state"] not in set(State):
        raise Invalid(field="/state", expected=", ".join(State))
    if form["category"] and form["category"] not in CATEGORIES:
        raise Invalid(field="/category", expected=", ".join(CATEGORIES))
    state, category, district = ((form[name],) if form[name] else () for name in ASKED[1:])
    return Filters(state=state, category=category, district=district)


def _place(given: str | None) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Invalid(field="/after", expected="UUID") from None
