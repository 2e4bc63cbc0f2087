"""Telling the hotline in three steps: what, where, who. Each step is kept; the way back keeps the answers."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import filing
from hotline.pages.receipts import receipt_of, told_on
from hotline.pages.steps import STEPS, answers_on, faults_of, first_unfinished, report_in
from hotline.pages.words import answers_shown, words
from hotline.rules.pictures import Picture, picture_of
from hotline.rules.questions import questions_of
from services.errors import CitizenError, Invalid, NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _


@filing.route("/my/tickets/new", methods=["GET"])
@scopes(access.CREATE)
def begin() -> str:
    """The first step."""
    return _page(1, actions.read_draft(current_session(), current_actor()), {})


@filing.route("/my/tickets/new/<int:step>", methods=["GET"])
@scopes(access.CREATE)
def show_step(step: int) -> str | Response:
    """A step with what was answered before; one before it that is not finished comes first."""
    if step not in STEPS:
        raise NotFound
    answers = actions.read_draft(current_session(), current_actor())
    unfinished = first_unfinished(answers)
    if unfinished < step:
        return redirect(_address(unfinished), 303)
    return _page(step, answers, {})


@filing.route("/my/tickets/new/<int:step>", methods=["POST"])
@scopes(access.CREATE)
def take_step(step: int) -> Response | tuple[str, int]:
    """Keep a step's answers and go on, or show what to mend."""
    if step not in STEPS:
        raise NotFound
    session, actor = current_session(), current_actor()
    answers = actions.read_draft(session, actor) | answers_on(step, request.form)
    errors = faults_of(step, answers)
    if errors:
        return _page(step, answers, errors), 422
    if step != STEPS[-1]:
        actions.save_draft(session, actor, answers=answers)
        return redirect(_address(step + 1), 303)
    unfinished = first_unfinished(answers)
    if unfinished < step:
        actions.save_draft(session, actor, answers=answers)
        return redirect(_address(unfinished), 303)
    try:
        picture = _picture()
    except CitizenError as error:
        return _page(step, answers, {"photo": _(error.title)}), 422
    try:
        return _file(answers, picture)
    except Invalid as wrong:
        if wrong.field != "/alike":
            raise
        return _page(step, answers, {"alike": _(str(wrong.facts["expected"]))}), 422


@filing.route("/my/tickets/new", methods=["POST"])
@scopes(access.CREATE)
def file_at_once() -> Response | tuple[str, int]:
    """All answers in one form, for whoever has them ready."""
    answers: dict[str, Any] = {}
    for step in STEPS:
        answers |= answers_on(step, request.form)
    if request.form.get("place"):
        answers["address"] = request.form["place"].strip()
    for step in STEPS:
        errors = faults_of(step, answers)
        if errors:
            return _page(step, answers, errors), 422
    return _file(answers, None)


@filing.route("/my/tickets/filed")
@scopes(access.READ)
def show_receipt() -> str:
    """Number and tracking code, to whoever filed it; an anonymous ticket stands nowhere else."""
    return render_template("hotline/filed.html", told=told_on(request.args.get("receipt", "")))


def _file(answers: Mapping[str, Any], picture: Picture | None) -> Response:
    session, actor = current_session(), current_actor()
    report = report_in(answers)
    noted = actions.joined_to(session, answers.get("alike", ""))
    filed = actions.file_report(session, actor, report, channel="web", noted=noted)
    if picture is not None:
        actions.attach_at_once(session, actor, filed=filed, picture=picture)
    actions.forget_draft(session, actor)
    receipt = receipt_of(filed, is_anonymous=report.is_anonymous)
    return redirect(f"/my/tickets/filed?receipt={receipt}", 303)


def _picture() -> Picture | None:
    sent = request.files.get("photo")
    raw = b"" if sent is None else sent.read()
    return picture_of(raw) if raw else None


def _page(step: int, answers: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    questions = questions_of(answers.get("category", ""))
    asked = {question.code: question for question in questions}
    given = {code: values for code, values in answers.get("attributes", {}).items() if any(values)}
    return render_template(
        f"hotline/file_{step}.html",
        step=step,
        similar=_similar(answers) if step == STEPS[-1] else [],
        form=answers,
        errors=errors,
        questions=questions,
        told=answers_shown(asked, {code: given[code] for code in given if code in asked}),
        answered=MultiDict(answers.get("attributes", {})),
        **words(),
    )


def _similar(answers: Mapping[str, Any]) -> list[actions.Similar]:
    """What everybody may read of like matters, beside the answers on the last step."""
    return actions.list_similar(current_session(), text=answers["text"], district=answers["district"])


def _address(step: int) -> str:
    return f"/my/tickets/new/{step}"
