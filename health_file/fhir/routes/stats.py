"""`Observation/$stats`: statistics over a resident's measurements (observation-operation-stats.html)."""

from datetime import UTC, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, request

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation, outcomes, query
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.asked import NOT_ASKED
from health_file.fhir.routes.blueprint import blueprint
from health_file.fhir.statistics import KNOWN, Asked
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import scopes

ONCE = ("subject", "system", "duration", "period", "include", "limit")
MANY = ("code", "coding", "statistic")
LONGEST_HOURS = 24 * 366 * 150
MOST_SOURCES = 1000
MOST_CODES = 50


@blueprint.route("/Observation/$stats", methods=["GET", "POST"])
@scopes(access.READ)
def statistics_of_observations() -> Response:
    """Statistics of each code that is asked for; with `include` also what they were made of."""
    negotiation.require_format()
    given = _given()
    asked = _asked(given)
    names = (f"{_escaped(system)}|{_escaped(code)}" for system, code in asked.codings)
    filters = [("subject", asked.subject), ("code", ",".join(one.removeprefix("|") for one in names))]
    filters += [("date", f"ge{asked.start}")] if asked.start else []
    filters += [("date", f"le{asked.end}")] if asked.end else []
    wanted = query.parse("Observation", filters, base_url=base_url())
    found, views = actions.read_statistics(current_session(), current_actor(), wanted, asked)
    parameters = [{"name": "statistics", "resource": one} for one in found]
    if _is_true(given):
        limit = _limit(given)
        parameters += [{"name": "source", "resource": view.as_fhir()} for view in views[:limit]]
    return outcomes.answer({"resourceType": "Parameters", "parameter": parameters}, 200)


def _given() -> dict[str, list[Any]]:
    """The parameters by name, from the address and from a Parameters resource. Raises: ParameterInvalid 400."""
    pairs: list[tuple[str, Any]] = [
        (name, value) for name, value in request.args.items(multi=True) if name not in NOT_ASKED
    ]
    if request.method == "POST" and request.get_data():
        body = json_reader.read(negotiation.require_json_body(), exact=True)
        listed = body.get("parameter", []) if isinstance(body, dict) else None
        if not isinstance(listed, list) or body.get("resourceType") != "Parameters":
            raise ParameterInvalid("body", "Parameters", "structure")
        pairs += [_pair(one) for one in listed]
    given: dict[str, list[Any]] = {}
    for name, value in pairs:
        if name not in {*ONCE, *MANY}:
            raise ParameterInvalid("parameter", " | ".join((*ONCE, *MANY)), "not-supported")
        given.setdefault(name, []).append(value)
    if any(len(given.get(name, [])) > 1 for name in ONCE):
        raise ParameterInvalid("parameter", " | ".join(ONCE) + ", each once", "value")
    return given


def _pair(parameter: Any) -> tuple[str, Any]:
    held = parameter if isinstance(parameter, dict) else {}
    values = [value for name, value in held.items() if name.startswith("value")]
    if len(values) != 1 or not isinstance(held.get("name"), str):
        raise ParameterInvalid("parameter", "a name and one value", "structure")
    return held["name"], values[0]


def _asked(given: dict[str, list[Any]]) -> Asked:
    statistics = tuple(dict.fromkeys(str(one) for one in given.get("statistic", [])))
    if not statistics or not set(statistics) <= set(KNOWN):
        raise ParameterInvalid("statistic", " | ".join(sorted(KNOWN)), "not-supported")
    subject = str(given.get("subject", [""])[0]).removeprefix(f"{base_url()}/")
    if not subject.startswith("Patient/"):
        raise ParameterInvalid("subject", "Patient/id", "required")
    codings = tuple(dict.fromkeys(_codings(given)))
    if not 0 < len(codings) <= MOST_CODES:
        raise ParameterInvalid("code", f"1..{MOST_CODES} codes or codings", "required")
    start, end = _times(given)
    return Asked(subject, codings, statistics, start, end)


def _codings(given: dict[str, list[Any]]) -> list[tuple[str, str]]:
    system = str(given.get("system", [""])[0])
    found = [(system, str(code)) for code in given.get("code", [])]
    for coding in given.get("coding", []):
        if isinstance(coding, str):
            own, bar, code = coding.rpartition("|")
            found.append((own if bar else "", code))
        elif isinstance(coding, dict) and isinstance(coding.get("code"), str):
            found.append((str(coding.get("system", "")), coding["code"]))
        else:
            raise ParameterInvalid("coding", "a Coding with a code", "structure")
    if any(not code for _, code in found):
        raise ParameterInvalid("code", "a code", "value")
    return found


def _times(given: dict[str, list[Any]]) -> tuple[str, str]:
    """From when until when, as dateTimes; the last `duration` hours until now, or a `period`."""
    if "duration" in given and "period" in given:
        raise ParameterInvalid("period", "a duration or a period", "value")
    if "period" in given:
        period = given["period"][0]
        held = period if isinstance(period, dict) else {"start": None}
        start, end = held.get("start", ""), held.get("end", "")
        if not isinstance(start, str) or not isinstance(end, str):
            raise ParameterInvalid("period", "a Period, in a Parameters resource", "structure")
        return start, end
    if "duration" not in given:
        return "", ""
    try:
        hours = Decimal(str(given["duration"][0]))
    except InvalidOperation:
        hours = Decimal(-1)
    if not hours.is_finite() or not 0 < hours <= LONGEST_HOURS:
        raise ParameterInvalid("duration", f"hours, up to {LONGEST_HOURS}", "value")
    now = current_session().at.astimezone(UTC)
    since = now - timedelta(hours=float(hours))
    return since.isoformat(timespec="seconds"), now.isoformat(timespec="seconds")


def _is_true(given: dict[str, list[Any]]) -> bool:
    value = str(given.get("include", [False])[0]).lower()
    if value not in {"true", "false"}:
        raise ParameterInvalid("include", "true | false", "value")
    return value == "true"


def _limit(given: dict[str, list[Any]]) -> int:
    limit = query.read_count(str(given.get("limit", [MOST_SOURCES])[0]), most=MOST_SOURCES, name="limit")
    if not limit:
        raise ParameterInvalid("limit", f"1..{MOST_SOURCES}", "value")
    return limit


def _escaped(text: str) -> str:
    """A text as a search value: FHIR R4 search.html#escaping."""
    for mark in "\\,$|":
        text = text.replace(mark, f"\\{mark}")
    return text
