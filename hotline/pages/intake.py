"""An operator files for whoever is on the line or at the counter, and sees what was told like it before."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.receipts import receipt_of, told_on
from hotline.pages.steps import STEPS, answers_on, faults_of, told_in
from hotline.pages.words import words
from hotline.rules.questions import questions_of
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes

FORM = "/console/hotline/new"


@blueprint.route(FORM)
@scopes(access.CREATE, access.CLAIM)
def new_case() -> str:
    """The form, empty; on a call with the caller beside it."""
    return _page({}, {}, None)


@blueprint.route(FORM, methods=["POST"])
@scopes(access.CREATE, access.CLAIM)
def take_case() -> Response | str | tuple[str, int]:
    """Show what is like it and what else is asked, or file it."""
    session, actor = current_session(), current_actor()
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for step in STEPS:
        answers |= answers_on(step, request.form)
    for step in STEPS:
        errors |= faults_of(step, answers)
    if request.form.get("act") != "file":
        # What is still missing is asked when it is filed.
        text, district = answers["text"], answers["district"]
        alike = actions.find_alike(session, actor, text=text, district=district) if text and district else []
        return _page(answers, {}, alike)
    if errors:
        return _page(answers, errors, None), 422
    told, call_id = told_in(answers), _call()
    if call_id is None:
        filed = actions.create_ticket(session, actor, channel="phone", **told)
    else:
        filed = actions.file_on_call(session, actor, call_id=call_id, **told)
    receipt = receipt_of(filed, is_anonymous=bool(answers["is_anonymous"]))
    return redirect(f"/console/hotline/filed?receipt={receipt}", 303)


@blueprint.route("/console/hotline/filed")
@scopes(access.CREATE, access.CLAIM)
def show_filed() -> str:
    """Number and tracking code, to be read out."""
    return render_template("hotline/filed_desk.html", told=told_on(request.args.get("receipt", "")))


def _page(
    answers: Mapping[str, Any], errors: Mapping[str, str], alike: Sequence[actions.Alike] | None
) -> str:
    session, actor, call_id = current_session(), current_actor(), _call()
    return render_template(
        "hotline/intake.html",
        form=answers,
        errors=errors,
        alike=alike,
        call=None if call_id is None else actions.read_call(session, actor, call_id=call_id),
        questions=questions_of(answers.get("category", "")),
        answered=MultiDict(answers.get("attributes", {})),
        **words(),
    )


def _call() -> UUID | None:
    """The call on which it is told, if it is on one. Raises: NotFound 404."""
    given = request.values.get("call", "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound from None
