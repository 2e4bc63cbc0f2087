"""`$everything`: a whole file (patient-operation-everything.html)."""

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import outcomes, text
from health_file.fhir.dates import days_of
from health_file.fhir.query import read_count
from health_file.fhir.query.values import id_of, instant
from health_file.fhir.routes.addresses import address_of, base_url
from health_file.fhir.routes.asked import asked
from health_file.fhir.routes.blueprint import blueprint
from health_file.fhir.routes.searchset import outcome_of_cut
from health_file.rules import HELD_TYPES
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import decode_cursor, encode_cursor

LIST = "health_file.everything"
PAGE = 200
MOST = 500
ALLOWED = ("start", "end", "_since", "_type", "_count")


@blueprint.route("/Patient/<string:patient_id>/$everything", methods=["GET", "POST"])
@scopes(access.READ)
def everything(patient_id: str) -> Response:
    """Everything in the file of a Patient, page by page."""
    return _answer(patient_id)


@blueprint.route("/Patient/$everything", methods=["GET", "POST"])
@scopes(access.READ)
def own_everything() -> Response:
    """Everything in the resident's own file."""
    return _answer(None)


def _answer(patient_id: str | None) -> Response:
    session, actor, pairs = current_session(), current_actor(), asked()
    name, place = _list_name(pairs), None
    if "_cursor" in request.args:
        place = decode_cursor(session, actor, name, request.args["_cursor"])
    found = actions.read_everything(
        session,
        actor,
        patient_id=None if patient_id is None else id_of(patient_id),
        wanted=_period(pairs),
        count=_count(pairs),
        place=place,
    )
    links = [("self", _address(pairs))]
    if found.place is not None:
        links.append(
            ("next", _address([*pairs, ("_cursor", encode_cursor(session, actor, name, found.place))]))
        )
    return outcomes.answer(_bundle(found, links), 200)


def _bundle(found: actions.FilePage, links: Sequence[tuple[str, str]]) -> dict[str, Any]:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": found.total}
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in links]
    entries = [
        {"fullUrl": address_of(view), "resource": text.embedded(view.written), "search": {"mode": mode}}
        for mode, views in (("match", found.views), ("include", found.beside))
        for view in views
    ]
    if found.is_cut:
        entries.append({"resource": outcome_of_cut(), "search": {"mode": "outcome"}})
    return bundle | ({"entry": entries} if entries else {})


def _period(pairs: Sequence[tuple[str, str]]) -> actions.Period:
    types = [name for given, value in pairs if given == "_type" for name in value.split(",")]
    if not set(types) <= set(HELD_TYPES):
        raise ParameterInvalid("_type", " | ".join(HELD_TYPES), "not-supported")
    given = {name: value for name, value in pairs if name != "_type"}
    if set(given) - set(ALLOWED) or len(given) != len([name for name, _ in pairs if name != "_type"]):
        raise ParameterInvalid("parameter", f"{' | '.join(ALLOWED)}, each once", "not-supported")
    since = instant("_since", given["_since"]) if "_since" in given else None
    start = _day("start", given["start"], at=0) if "start" in given else None
    return actions.Period(
        types=types, since=since, start=start, end=_day("end", given["end"], at=1) if "end" in given else None
    )


def _day(name: str, text: str, *, at: int) -> date:
    try:
        return days_of(text)[at]
    except ValueError:
        raise ParameterInvalid(name, "a year, a month or a day") from None


def _count(pairs: Sequence[tuple[str, str]]) -> int:
    given = dict(pairs).get("_count", str(PAGE))
    count = read_count(given, most=MOST)
    if not count:
        raise ParameterInvalid("_count", f"1..{MOST}")
    return count


def _list_name(pairs: Sequence[tuple[str, str]]) -> str:
    content = json.dumps([request.path, sorted(pairs)]).encode()
    return f"{LIST}:{sha256(content).hexdigest()}"


def _address(pairs: Sequence[tuple[str, str]]) -> str:
    path = request.path.removeprefix("/health-file/fhir")
    return f"{base_url()}{path}?{urlencode(pairs)}" if pairs else f"{base_url()}{path}"
