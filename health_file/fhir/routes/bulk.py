"""Bulk export: kick-off, status, files, cancelling.

Standard: FHIR Bulk Data Access 2.0.0, export.html; FHIR R4 async.html.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from health_file import access, actions
from health_file.actions.exporting.wanted import Kind, State, Wanted
from health_file.errors import AsynchronousOnly, ParameterInvalid
from health_file.fhir import negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.errors import NotFound
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language
from services.web.language import gettext as _

FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
NDJSON = "application/fhir+ndjson"
KNOWN = ("_outputFormat", "_since", "_type")
# Parameters of the guide that are not done here; to be asked for one is an error, not a surprise in the files.
NOT_DONE = frozenset(
    {
        "_typeFilter",
        "_elements",
        "patient",
        "includeAssociatedData",
        "organizeOutputBy",
        "allowPartialManifests",
    }
)
POLL_SECONDS = 5


@blueprint.route("/Patient/$export", methods=["GET", "POST"])
@scopes(access.READ)
def export_patients() -> Response:
    """Begin an export of residents' files: one's own, or all that an institution's system may see."""
    return _begin(Kind.PATIENT)


@blueprint.route("/Group/<string:group>/$export", methods=["GET", "POST"])
@scopes(access.READ)
def export_group(group: str) -> Response:
    """Begin an export of the residents whose files an institution may see; the group's id is its unit's code."""
    return _begin(Kind.GROUP, group=group)


@blueprint.route("/$export", methods=["GET", "POST"])
@scopes(access.READ)
def export_system() -> Response:
    """Begin an export of all that an institution's system may see."""
    return _begin(Kind.SYSTEM)


@blueprint.route("/$export-status/<string:export_id>", methods=["GET"])
@scopes(access.READ)
def export_status(export_id: str) -> Response:
    """How far an export has come; of a finished one, its manifest."""
    session, actor = current_session(), current_actor()
    export = actions.read_export(session, actor, id_of(export_id))
    if export.kind == Kind.ARCHIVE:
        raise NotFound
    if export.state == State.FAILED:
        issue = {"severity": "error", "code": "exception", "details": {"text": _("导出没有做成，请再要一次")}}
        return outcomes.answer({"resourceType": "OperationOutcome", "issue": [issue]}, 500)
    if export.state != State.COMPLETE:
        response = Response(status=202)
        response.headers["X-Progress"] = f"{export.state}: {export.done} resources"
        response.headers["Retry-After"] = str(POLL_SECONDS)
        return response
    response = outcomes.answer(_manifest(export, actions.list_files(session, export)), 200)
    response.mimetype = "application/json"
    response.expires = export.expires_at
    return response


@blueprint.route("/$export-status/<string:export_id>", methods=["DELETE"])
@scopes(access.READ)
def cancel_export(export_id: str) -> Response:
    """Give an export up, or have its files deleted before their time is over."""
    actions.cancel_export(current_session(), current_actor(), id_of(export_id))
    return Response(status=202)


@blueprint.route("/$export-file/<string:export_id>/<string:name>", methods=["GET"])
@scopes(access.READ)
def export_file(export_id: str, name: str) -> Response:
    """One file of a finished export."""
    number, dot, ending = name.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 8) or dot + ending != ".ndjson":
        raise NotFound
    content = actions.take_file(current_session(), current_actor(), id_of(export_id), int(number))
    return Response(content, mimetype=NDJSON)


def _begin(kind: Kind, *, group: str = "") -> Response:
    negotiation.require_format()
    prefer = {part.strip() for part in request.headers.get("Prefer", "").replace(";", ",").split(",")}
    if "respond-async" not in prefer:
        raise AsynchronousOnly
    given = _given(is_lenient="handling=lenient" in prefer)
    wanted = Wanted(
        kind=kind,
        request=_asked(given),
        language=current_language(),
        types=tuple(
            dict.fromkeys(part for text in given.get("_type", []) for part in text.split(",") if part)
        ),
        since=_since(given),
    )
    for text in given.get("_outputFormat", []):
        if text.replace(" ", "+") not in FORMATS:
            raise ParameterInvalid("_outputFormat", " | ".join(sorted(FORMATS)), "not-supported")
    export_id = actions.ask_for_export(current_session(), current_actor(), wanted, group=group)
    response = outcomes.answer(outcomes.informational(_("已受理，请到 Content-Location 看进度")), 202)
    response.headers["Content-Location"] = f"{base_url()}/$export-status/{export_id}"
    return response


def _given(*, is_lenient: bool) -> Mapping[str, list[str]]:
    """The parameters by name, from the query or a Parameters resource; what is not done is refused by its name."""
    pairs = list(request.args.items(multi=True))
    if request.method == "POST" and request.get_data():
        body = json_reader.read(negotiation.require_json_body())
        listed = body.get("parameter", []) if isinstance(body, dict) else None
        if not isinstance(listed, list) or body.get("resourceType") != "Parameters":
            raise ParameterInvalid("body", "a Parameters resource", "structure")
        pairs += [pair for one in listed for pair in _pair(one)]
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in negotiation.GENERAL:
            continue
        if name not in KNOWN:
            if is_lenient:
                continue
            raise ParameterInvalid(
                name if name in NOT_DONE else "parameter", " | ".join(KNOWN), "not-supported"
            )
        given.setdefault(name, []).append(value)
    if any(len(given.get(name, [])) > 1 for name in ("_since", "_outputFormat")):
        raise ParameterInvalid("parameter", "once", "value")
    return given


def _pair(one: Any) -> list[tuple[str, str]]:
    values = [one[key] for key in one if key.startswith("value")] if isinstance(one, dict) else []
    if len(values) != 1 or not isinstance(values[0], str) or not isinstance(one.get("name"), str):
        raise ParameterInvalid("parameter", "a name and one value", "structure")
    return [(one["name"], values[0])]


def _since(given: Mapping[str, list[str]]) -> datetime | None:
    if "_since" not in given:
        return None
    try:
        # A plus in a query stands for a space to those who decode it as a form.
        found = datetime.fromisoformat(given["_since"][0].replace(" ", "+"))
    except ValueError:
        raise ParameterInvalid("_since", "instant") from None
    if found.tzinfo is None:
        raise ParameterInvalid("_since", "instant")
    return found.astimezone(UTC)


def _asked(given: Mapping[str, list[str]]) -> str:
    """The request as the manifest repeats it: its address, and what was understood of its parameters."""
    pairs = [(name, value) for name, values in sorted(given.items()) for value in values]
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{base_url()}{request.path.removeprefix('/health-file/fhir')}{query}"


def _manifest(export: Any, files: list[actions.ExportFile]) -> dict[str, Any]:
    listed: dict[str, list[dict[str, Any]]] = {"output": [], "deleted": []}
    for file in files:
        address = f"{base_url()}/$export-file/{export.id}/{file.number}.ndjson"
        shown = "Bundle" if file.listed == "deleted" else file.type
        listed[file.listed].append({"type": shown, "url": address, "count": file.count})
    return {
        "transactionTime": export.created_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "request": export.request,
        "requiresAccessToken": True,
        "output": listed["output"],
        "deleted": listed["deleted"],
        "error": [],
    }
