"""Who read a file, in FHIR: AuditEvent, and `$access-log`, which puts them together by visit."""

from uuid import UUID

from flask import Response, request

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import audit_event, negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import asked_address, base_url
from health_file.fhir.routes.blueprint import blueprint
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import decode_cursor, encode_cursor

LIST = "health_file.audit_events"
MOST = 100
DEFAULT = 20


@blueprint.route("/AuditEvent", methods=["GET"])
@scopes(access.READ)
def search_audit_events() -> Response:
    """Disclosures of one's own file, newest first, as a searchset Bundle."""
    negotiation.require_format()
    negotiation.require_no_parameters("patient", "entity", "_count", "_cursor", "_sort", "_total")
    session, actor = current_session(), current_actor()
    patient = _own_patient(request.args.get("patient") or request.args.get("entity"))
    count, before = _count(), None
    if "_cursor" in request.args:
        before = UUID(decode_cursor(session, actor, LIST, request.args["_cursor"])[0])
    found = actions.list_readings(session, actor, limit=count + 1, before=before)
    entries = [
        {
            "fullUrl": f"{base_url()}/AuditEvent/{one.id}",
            "resource": audit_event.audit_event_of(one, patient, base_url()),
            "search": {"mode": "match"},
        }
        for one in found[:count]
    ]
    links = [{"relation": "self", "url": asked_address()}]
    if len(found) > count:
        cursor = encode_cursor(session, actor, LIST, [str(found[count - 1].id)])
        following = f"{base_url()}/AuditEvent?patient={patient}&_count={count}&_cursor={cursor}"
        links.append({"relation": "next", "url": following})
    bundle = {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}
    if not entries:
        del bundle["entry"]
    return outcomes.answer(bundle, 200)


@blueprint.route("/AuditEvent/<string:resource_id>", methods=["GET"])
@scopes(access.READ)
def read_audit_event(resource_id: str) -> Response:
    """One disclosure of one's own file."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    found = actions.read_reading(current_session(), current_actor(), reading_id=id_of(resource_id))
    return outcomes.answer(audit_event.audit_event_of(found, _own_patient(None), base_url()), 200)


@blueprint.route("/Patient/<string:resource_id>/$access-log", methods=["GET"])
@scopes(access.READ)
def access_log(resource_id: str) -> Response:
    """Who read a file, visit by visit, newest first."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    _own_patient(str(id_of(resource_id)))
    visits = actions.list_readers(current_session(), current_actor())
    return outcomes.answer(audit_event.access_log_of(visits), 200)


def _own_patient(named: str | None) -> str:
    """The Patient whose log may be read; any other does not exist. Raises: NotFound 404, Denied 403."""
    own = actions.patient_of_log(current_session(), current_actor())
    if own is None or (named is not None and named.removeprefix("Patient/") != str(own)):
        raise NotFound
    return str(own)


def _count() -> int:
    given = request.args.get("_count", str(DEFAULT))
    if not (given.isascii() and given.isdigit() and len(given) < 10) or int(given) == 0:
        raise ParameterInvalid("_count", f"1..{MOST}")
    return min(int(given), MOST)
