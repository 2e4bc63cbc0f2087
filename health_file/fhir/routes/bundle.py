"""A Bundle of requests: a transaction, which is all or nothing, or a batch, whose entries are each their own.

Standard: FHIR R4 http.html#transaction.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from http import HTTPStatus
from typing import Any

from flask import Response, request

from health_file import access, actions
from health_file.errors import Issue, ResourceInvalid
from health_file.fhir import bundles, negotiation, outcomes, text
from health_file.fhir.bundles import Entry
from health_file.fhir.routes.addresses import address_of, base_url
from health_file.fhir.routes.blueprint import blueprint
from health_file.fhir.routes.dispatch import answer_alone, content_of
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError
from services.gateway.guard import ScopeMissing
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import signed_in
from services.web.language import gettext as _
from services.web.problems import answer_error

# Where a batch's entries are told apart from what went before.
SAVEPOINT = ("SAVEPOINT entry", "RELEASE SAVEPOINT entry", "ROLLBACK TO SAVEPOINT entry")


@blueprint.route("/", methods=["POST"], strict_slashes=False)
@signed_in()
def process_bundle() -> Response:
    """Process a transaction or a batch; each entry needs the scope of the same interaction alone."""
    actor = current_actor()
    if not actor.scopes & {access.READ, access.WRITE} and not access.has_smart_scopes(actor):
        raise ScopeMissing(resource=None, scopes=frozenset({access.WRITE}))
    negotiation.require_format()
    negotiation.require_no_parameters()
    bundle = json_reader.read(negotiation.require_json_body(), exact=True)
    given, issues = bundles.read_shell(bundle)
    if bundle["type"] == "batch":
        entries = [_entry(index, one, issues) for index, one in enumerate(given)]
        return outcomes.answer(_response("batch", entries), 200)
    entries = _transaction(current_session(), actor, given, issues)
    return outcomes.answer(_response("transaction", entries), 200)


def _response(kind: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": f"{kind}-response"}
    if entries:
        bundle["entry"] = entries
    return bundle


def _transaction(
    session: Session, actor: Actor, given: Sequence[Mapping[str, Any]], issues: Sequence[Any]
) -> list[dict[str, Any]]:
    faults = actions.Faults()
    faults.add_issues(issues)
    entries = []
    for index, one in enumerate(given):
        if index not in faults.found:
            try:
                entries.append(bundles.read_entry(index, one, base_url=base_url()))
            except CitizenError as error:
                faults.add(index, error, ".request.url")
    writing = [one for one in entries if not one.is_reading]
    if not actor.scopes & {access.READ, access.WRITE}:
        # SMART scopes stand for ours here; each entry is held against them by itself.
        actor = replace(actor, implied=frozenset({access.WRITE}))
    steps = actions.apply_transaction(session, actor, writing, faults, base_url=base_url())
    answers = {step.entry.index: _of_step(step) for step in steps}
    for entry in entries:
        if entry.is_reading:
            answers[entry.index] = _read(entry, faults)
    faults.check()
    return [answers[index] for index in range(len(given))]


def _of_step(step: actions.Step) -> dict[str, Any]:
    status = HTTPStatus(step.status)
    answer: dict[str, Any] = {"status": f"{status.value} {status.phrase}"}
    view, row = step.view, step.row
    version = view.version if view else row.version if row is not None else None
    at = view.recorded_at if view else row.recorded_at if row is not None else None
    if version is not None and at is not None:
        if step.status != 204:
            answer["location"] = f"{base_url()}/{step.place}/_history/{version}"
        answer["etag"] = f'W/"{version}"'
        answer["lastModified"] = at.astimezone(UTC).isoformat(timespec="milliseconds")
    entry: dict[str, Any] = {"response": answer}
    wanted = negotiation.preferred_return(default="minimal")
    if view is not None and not view.is_deleted:
        entry["fullUrl"] = address_of(view)
        may_see = step.entry.method != "PATCH" or access.may_read(current_actor(), view.body)
        if wanted == "representation" and may_see:
            entry["resource"] = view.as_fhir()
    if wanted == "OperationOutcome":
        answer["outcome"] = outcomes.informational(_("已保存"))
    return entry


def _read(entry: Entry, faults: actions.Faults) -> dict[str, Any]:
    """A GET of a transaction: it sees what the others wrote, and fails the whole where it fails."""
    response = answer_alone(entry.method, entry.url, entry.headers, None)
    content = content_of(response)
    if response.status_code >= 400:
        faults.add_outcome(entry.index, response.status_code, content)
    return _of_response(response, content)


def _of_response(response: Response, content: Any) -> dict[str, Any]:
    status = HTTPStatus(response.status_code)
    answer: dict[str, Any] = {"status": f"{status.value} {status.phrase}"}
    if "Location" in response.headers:
        answer["location"] = response.headers["Location"]
    if "ETag" in response.headers:
        answer["etag"] = response.headers["ETag"]
    if response.last_modified is not None:
        answer["lastModified"] = response.last_modified.astimezone(UTC).isoformat(timespec="milliseconds")
    entry: dict[str, Any] = {"response": answer}
    if isinstance(content, dict):
        if content.get("resourceType") == "OperationOutcome":
            answer["outcome"] = content
        else:
            entry["resource"] = content
    return entry


def _entry(index: int, given: Mapping[str, Any], issues: Sequence[Issue]) -> dict[str, Any]:
    """One entry of a batch: answered, or refused where it is not even a request."""
    path = f"Bundle.entry[{index}]"
    own = [one for one in issues if one.expression == path or one.expression.startswith(f"{path}.")]
    if not own:
        return _answered(given)
    refusal = answer_error(ResourceInvalid(own))
    return _of_response(refusal, content_of(refusal))


def _answered(given: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of a batch: what it writes stays or goes by itself."""
    asked = given["request"]
    session = current_session()
    waiting = len(session.closing)
    session.raw(SAVEPOINT[0])
    response = answer_alone(
        asked["method"],
        _relative(asked["url"]),
        _headers(given),
        _body(given.get("resource"), asked["method"]),
    )
    if response.status_code >= 400:
        session.raw(SAVEPOINT[2])
        del session.closing[waiting:]
    session.raw(SAVEPOINT[1])
    return _of_response(response, content_of(response))


def _relative(url: str) -> str:
    return url.removeprefix(f"{base_url()}/")


def _headers(given: Mapping[str, Any]) -> dict[str, str]:
    asked = given["request"]
    named = {
        "ifMatch": "If-Match",
        "ifNoneMatch": "If-None-Match",
        "ifModifiedSince": "If-Modified-Since",
        "ifNoneExist": "If-None-Exist",
    }
    headers = {header: str(asked[name]) for name, header in named.items() if name in asked}
    resource = given.get("resource")
    if isinstance(resource, dict):
        is_patch = asked["method"] == "PATCH" and resource.get("resourceType") == "Binary"
        kind = str(resource.get("contentType", "")) if is_patch else outcomes.MEDIA_TYPE
        headers["Content-Type"] = kind
    if "Prefer" in request.headers:
        headers["Prefer"] = request.headers["Prefer"]
    return headers


def _body(resource: Any, method: str) -> bytes | None:
    """What the entry brings; a patch travels inside a Binary (http.html#transaction)."""
    if not isinstance(resource, dict):
        return None
    if method == "PATCH" and resource.get("resourceType") == "Binary":
        return base64.b64decode(str(resource.get("data", "")))
    return text.write(resource)
