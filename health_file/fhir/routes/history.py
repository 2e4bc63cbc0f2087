"""The versions of a resource, of all resources of a type, of all that somebody sees (http.html#history)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import address_of, asked_address, following
from health_file.fhir.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import decode_cursor, encode_cursor

DEFAULT_COUNT = 20
MOST_COUNT = 100
LIST = "health_file.history"


@blueprint.route("/<string:resource_type>/<string:resource_id>/_history", methods=["GET"])
@scopes(access.READ)
def history(resource_type: str, resource_id: str) -> Response:
    """All versions of a resource, newest first, as a history Bundle."""
    return _versions(resource_type, resource_id)


@blueprint.route("/Patient/<string:resource_id>/_history", methods=["GET"])
@scopes(access.READ)
def history_of_patient(resource_id: str) -> Response:
    """The same of a Patient, whose address would else be that of a search in its file."""
    return _versions("Patient", resource_id)


def _versions(resource_type: str, resource_id: str) -> Response:
    negotiation.require_format()
    negotiation.require_no_parameters("_count", "_since", "_cursor")
    session, actor, count, since = current_session(), current_actor(), _count(), _since()
    list_name = f"{LIST}:{resource_type}/{resource_id}"
    before = None
    if "_cursor" in request.args:
        before = int(decode_cursor(session, actor, list_name, request.args["_cursor"])[0])
    found, total = actions.list_versions(
        session,
        actor,
        resource_type=resource_type,
        resource_id=id_of(resource_id),
        limit=count + 1,
        before=before,
        since=since,
    )
    links = [{"relation": "self", "url": asked_address()}]
    if len(found) > count:
        cursor = encode_cursor(session, actor, list_name, [str(found[count - 1].version)])
        links.append({"relation": "next", "url": following(cursor)})
    bundle = {
        "resourceType": "Bundle",
        "type": "history",
        "total": total,
        "link": links,
        "entry": [_of_version(view) for view in found[:count]],
    }
    if not found:
        del bundle["entry"]
    return outcomes.answer(bundle, 200)


@blueprint.route("/<string:resource_type>/_history", methods=["GET"])
@scopes(access.READ)
def history_of_type(resource_type: str) -> Response:
    """Versions of all resources of a type, newest first."""
    return _changes(resource_type)


@blueprint.route("/_history", methods=["GET"])
@scopes(access.READ)
def history_of_all() -> Response:
    """Versions of all resources, newest first."""
    return _changes(None)


def _changes(resource_type: str | None) -> Response:
    negotiation.require_format()
    negotiation.require_no_parameters("_count", "_since", "_cursor")
    session, actor, count, since = current_session(), current_actor(), _count(), _since()
    list_name, before = f"{LIST}:{resource_type or ''}", None
    if "_cursor" in request.args:
        at, own, version = decode_cursor(session, actor, list_name, request.args["_cursor"])
        before = (datetime.fromisoformat(at), UUID(own), int(version))
    found = actions.list_changes(
        session, actor, resource_type=resource_type, limit=count + 1, before=before, since=since
    )
    shown = found[:count]
    links = [{"relation": "self", "url": asked_address()}]
    if len(found) > count:
        last = shown[-1]
        place = [last.recorded_at.isoformat(), str(last.id), str(last.version)]
        following_page = following(encode_cursor(session, actor, list_name, place))
        links.append({"relation": "next", "url": following_page})
    bundle = {
        "resourceType": "Bundle",
        "type": "history",
        "link": links,
        "entry": [_of_version(view) for view in shown],
    }
    if not shown:
        del bundle["entry"]
    return outcomes.answer(bundle, 200)


def _count() -> int:
    given = request.args.get("_count", str(DEFAULT_COUNT))
    if not (given.isascii() and given.isdigit() and len(given) < 10) or int(given) == 0:
        raise ParameterInvalid("_count", f"1..{MOST_COUNT}")
    return min(int(given), MOST_COUNT)


def _since() -> datetime | None:
    given = request.args.get("_since")
    if given is None:
        return None
    try:
        # A plus in a query stands for a space to those who decode it as a form.
        found = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError:
        raise ParameterInvalid("_since", "instant") from None
    if found.tzinfo is None:
        raise ParameterInvalid("_since", "instant")
    return found.astimezone(UTC)


def _of_version(view: actions.ResourceView) -> dict[str, Any]:
    method = "DELETE" if view.is_deleted else "POST" if view.version == 1 else "PUT"
    place = view.type if method == "POST" else f"{view.type}/{view.id}"
    entry: dict[str, Any] = {"fullUrl": address_of(view)}
    if not view.is_deleted:
        entry["resource"] = view.as_fhir()
    entry["request"] = {"method": method, "url": place}
    entry["response"] = {
        "status": {"DELETE": "204", "POST": "201", "PUT": "200"}[method],
        "etag": f'W/"{view.version}"',
        "lastModified": view.recorded_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return entry
