"""What each of the three steps asks, and what is wrong with its answers."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from hotline.rules import CATEGORIES
from hotline.rules.coordinates import CoordinateSystem, Point, point_of
from hotline.rules.questions import answers_of, questions_of
from hotline.rules.report import MOST_DISTRICT, MOST_PLACE, Contact, Report, report_of
from hotline.rules.texts import MOST_TEXT, one_line, tidy
from services.errors import Invalid
from services.web.language import gettext as _

STEPS = (1, 2, 3)
WHERE = ("address", "landmark", "described")
QUESTION = "attribute."


def answers_on(step: int, form: MultiDict[str, str]) -> dict[str, Any]:
    """The answers that a step's form brought."""
    if step == 1:
        return {"text": tidy(form.get("text", "")).text, "category": form.get("category", "")}
    if step == 2:
        told: dict[str, Any] = {
            name: one_line(form.get(name, "")).text for name in ("district", *WHERE, "lat", "long")
        }
        told["coordinate_system"] = form.get("coordinate_system", "")
        told["attributes"] = {
            name.removeprefix(QUESTION): form.getlist(name) for name in form if name.startswith(QUESTION)
        }
        return told
    return {
        "phone": one_line(form.get("phone", "")).text,
        "is_confidential": form.get("is_confidential") == "yes",
        "is_anonymous": form.get("is_anonymous") == "yes",
        "alike": form.get("alike", "").strip(),
    }


def faults_of(step: int, answers: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a step's answers, by field."""
    return {1: _faults_of_what, 2: _faults_of_where, 3: _faults_of_who}[step](answers)


def first_unfinished(answers: Mapping[str, Any]) -> int:
    """The first step whose answers do not stand yet; the last one when all before it do."""
    return next((step for step in STEPS[:-1] if faults_of(step, answers)), STEPS[-1])


def report_in(answers: Mapping[str, Any]) -> Report:
    """The report that finished answers make. Raises: Invalid 422."""
    return report_of(**told_in(answers))


def told_in(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Finished answers as `report_of` takes them. Raises: Invalid 422."""
    return {
        "category": answers["category"],
        "text": answers["text"],
        "district": answers["district"],
        "place": place_in(answers),
        "attributes": _attributes(answers),
        "contact": Contact(phone=answers.get("phone", "")),
        "point": _point(answers),
        "is_confidential": bool(answers.get("is_confidential")),
        "is_anonymous": bool(answers.get("is_anonymous")),
    }


def place_in(answers: Mapping[str, Any]) -> str:
    """Address, landmark and description as one line."""
    return "；".join(answers[name] for name in WHERE if answers.get(name))


def _faults_of_what(answers: Mapping[str, Any]) -> dict[str, str]:
    faults = {}
    if not answers.get("text"):
        faults["text"] = _("写一两句发生了什么")
    elif len(answers["text"]) > MOST_TEXT:
        faults["text"] = _("最多写 20000 字")
    if answers.get("category") not in CATEGORIES:
        faults["category"] = _("选一类，选不准就选“其他”")
    return faults


def _faults_of_where(answers: Mapping[str, Any]) -> dict[str, str]:
    faults = {}
    district = answers.get("district", "")
    if not district or len(district) > MOST_DISTRICT:
        faults["district"] = _("写明在哪个区")
    if len(place_in(answers)) > MOST_PLACE:
        faults["address"] = _("地点最多写 500 字")
    try:
        _point(answers)
    except Invalid as wrong:
        faults[(wrong.field or "/lat").strip("/")] = _(str(wrong.facts["expected"]))
    try:
        answers_of(answers.get("category", ""), _attributes(answers))
    except Invalid as wrong:
        name = QUESTION + (wrong.field or "").rpartition("/")[2]
        faults[name] = _(str(wrong.facts["expected"]))
    return faults


def _faults_of_who(answers: Mapping[str, Any]) -> dict[str, str]:
    if len(answers.get("phone", "")) > 40:
        return {"phone": _("写得太长了")}
    return {}


def _attributes(answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Answers to the questions of the category that is chosen now; it may have been changed since."""
    asked = {question.code for question in questions_of(answers.get("category", ""))}
    return {code: values for code, values in answers.get("attributes", {}).items() if code in asked}


def _point(answers: Mapping[str, Any]) -> Point | None:
    latitude, longitude = answers.get("lat", ""), answers.get("long", "")
    if not latitude and not longitude:
        return None
    numbers = []
    for name, text in (("/lat", latitude), ("/long", longitude)):
        try:
            numbers.append(float(text))
        except ValueError:
            raise Invalid(field=name, expected="写一个数字") from None
    is_gcj = answers.get("coordinate_system") == CoordinateSystem.GCJ_02.value
    return point_of(numbers[0], numbers[1], CoordinateSystem.GCJ_02 if is_gcj else CoordinateSystem.WGS_84)
