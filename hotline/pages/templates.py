"""Answer templates in the console: everybody who works on tickets reads them, supervisors write them."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.words import whole_number, words
from hotline.rules.templates import PLACE_TITLES, PURPOSE_TITLES, Purpose
from services.errors import CitizenError, Denied, Invalid
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language
from services.web.language import gettext as _

LIST = "/console/hotline/templates"
TEXTS = {"title": 60, "title_en": 120, "text": 2000, "text_en": 3000}
ASKED = ("code", "purpose", "category", *TEXTS)


@blueprint.route(LIST)
@scopes(access.WORK)
def list_templates() -> str:
    """All templates by what they are for; supervisors see the retired ones too."""
    session, actor = current_session(), current_actor()
    is_writer = "supervisor" in actor.roles
    found = actions.list_templates(session, actor, with_retired=is_writer)
    return render_template(
        "hotline/templates.html", templates=found, title=_title_in(), actor=actor, **_words(), **words()
    )


@blueprint.route(f"{LIST}/new")
@scopes(access.WORK)
def new_template() -> str:
    """The form of a new template."""
    if "supervisor" not in current_actor().roles:
        raise Denied
    return _page(None, {}, {})


@blueprint.route(f"{LIST}/<string:code>")
@scopes(access.WORK)
def show_template(code: str) -> str:
    """One template, and for supervisors its form."""
    template = actions.read_template(current_session(), current_actor(), code=code)
    return _page(template, {name: getattr(template, name) or "" for name in ASKED}, {})


@blueprint.route(LIST, methods=["POST"])
@scopes(access.WORK)
def write_template() -> Response | tuple[str, int]:
    """Write the next version, retire a template or bring it back."""
    session, actor, form = current_session(), current_actor(), request.form
    told = {name: form.get(name, "").strip().replace("\r\n", "\n") for name in ASKED}
    seen = whole_number(form.get("seen"), "/seen") or 0
    template = actions.read_template(session, actor, code=told["code"]) if seen else None
    errors = _faults(told)
    if errors:
        return _page(template, told, errors), 422
    values: dict[str, Any] = told | {
        "purpose": Purpose(told["purpose"]),
        "category": told["category"] or None,
    }
    try:
        actions.write_template(
            session, actor, **values, seen=seen, is_retired=form.get("is_retired") == "yes"
        )
    except Invalid as wrong:
        field = (wrong.field or "").strip("/")
        return _page(template, told, {field: _expected(wrong)}), 422
    except CitizenError as refused:
        if refused.status != 412:
            raise
        return _page(template, told, {"code": _("这个代号刚被别人写过新的一版，请先看那一版")}), 412
    return redirect(LIST, 303)


def templates_for(ticket: Any) -> dict[str, str]:
    """The templates for what may be done to a ticket now, by code."""
    purposes = {purpose.value for purpose in Purpose} & set(ticket.actions)
    if not purposes:
        return {}
    found = actions.list_templates(
        current_session(), current_actor(), purposes=purposes, category=ticket.category
    )
    title = _title_in()
    return {one.code: f"{_(PURPOSE_TITLES[Purpose(one.purpose)])} · {getattr(one, title)}" for one in found}


def _page(template: Any, form: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "hotline/template.html",
        template=template,
        form=form,
        errors=errors,
        title=_title_in(),
        actor=current_actor(),
        **_words(),
        **words(),
    )


def _words() -> dict[str, object]:
    return {
        "purposes": {purpose.value: _(title) for purpose, title in PURPOSE_TITLES.items()},
        "places": {f"{{{place.value}}}": _(title) for place, title in PLACE_TITLES.items()},
    }


def _faults(told: Mapping[str, str]) -> dict[str, str]:
    errors = {
        name: _("写 1 到 %(most)d 个字", most=most)
        for name, most in TEXTS.items()
        if not 0 < len(told[name]) <= most
    }
    if told["purpose"] not in set(Purpose):
        errors["purpose"] = _("请选一个")
    return errors


def _expected(wrong: Invalid) -> str:
    """What would do; a list of places is said as such."""
    expected = str(wrong.facts["expected"])
    return _("只能用这些填空：%(places)s", places=expected) if "{" in expected else _(expected)


def _title_in() -> str:
    return "title_en" if current_language() == "en" else "title"
