"""The FHIR base at `/health-file/fhir`: one view per interaction.

Standard: FHIR R4 4.0.1, http.html.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Response, current_app, request

from health_file import access, actions
from health_file.errors import ParameterInvalid, TypeNotSupported
from health_file.fhir import capability, negotiation, outcomes, query
from health_file.rules import HELD_TYPES
from services.errors import NotFound
from services.web import json_reader
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.language import gettext as _
from services.web.pagination import decode_cursor, encode_cursor

blueprint = ApiBlueprint(
    "fhir", __name__, service="health_file", url_prefix="/health-file/fhir", description="FHIR R4"
)
blueprint.problem_renderer = outcomes.render_problem
# A repeated search parameter asks for both (search.html#combining).
blueprint.takes_repeats = True
DEFAULT_COUNT = 20
MOST_COUNT = 100
HISTORY = "health_file.history"
SEARCH = "health_file.search"


@blueprint.route("/metadata", methods=["GET"])
@public("every FHIR server says publicly what it can do")
def metadata() -> Response:
    """The CapabilityStatement."""
    negotiation.require_format()
    return outcomes.answer(capability.statement(_base().removesuffix("/health-file/fhir")), 200)


@blueprint.route("/<string:resource_type>", methods=["POST"])
@scopes(access.WRITE)
def create(resource_type: str) -> Response:
    """Keep a new resource in the file of the resident that it names."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    resource = json_reader.read(negotiation.require_json_body(), exact=True)
    session, actor = current_session(), current_actor()
    condition = request.headers.get("If-None-Exist")
    if condition is None:
        return _written(
            actions.create_resource(session, actor, resource_type=resource_type, resource=resource), 201
        )
    wanted = _condition(resource_type, condition)
    view, is_new = actions.create_unless_found(session, actor, wanted, resource=resource)
    response = _written(view, 201 if is_new else 200)
    if not is_new and not actor.has(access.READ):
        # What was there already is shown to those alone who may read.
        response.set_data(b"")
    return response


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["GET"])
@scopes(access.READ)
def read(resource_type: str, resource_id: str) -> Response:
    """Read the current version of a resource."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    view = actions.read_resource(
        current_session(), current_actor(), resource_type=resource_type, resource_id=_uuid(resource_id)
    )
    return negotiation.unless_known(_shown(view, 200))


@blueprint.route("/<string:resource_type>/<string:resource_id>/_history/<string:version>", methods=["GET"])
@scopes(access.READ)
def vread(resource_type: str, resource_id: str, version: str) -> Response:
    """Read one version of a resource."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound
    view = actions.read_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=_uuid(resource_id),
        version=int(version),
    )
    return negotiation.unless_known(_shown(view, 200))


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["PUT"])
@scopes(access.WRITE)
def update(resource_type: str, resource_id: str) -> Response:
    """Put a new version in the place of the one that If-Match names."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    seen = negotiation.seen_version(is_required=True)
    resource = json_reader.read(negotiation.require_json_body(), exact=True)
    view = actions.change_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=_uuid(resource_id),
        seen=seen or 0,
        resource=resource,
    )
    return _written(view, 200)


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["DELETE"])
@scopes(access.WRITE)
def delete(resource_type: str, resource_id: str) -> Response:
    """Delete a resource; its history stays."""
    negotiation.require_no_parameters()
    view = actions.delete_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=_uuid(resource_id),
        seen=negotiation.seen_version(is_required=False),
    )
    response = Response(status=204)
    if view is not None:
        response.headers["ETag"] = f'W/"{view.version}"'
    return response


@blueprint.route("/<string:resource_type>/<string:resource_id>/_history", methods=["GET"])
@scopes(access.READ)
def history(resource_type: str, resource_id: str) -> Response:
    """All versions of a resource, newest first, as a history Bundle."""
    negotiation.require_format()
    negotiation.require_no_parameters("_count", "_since", "_cursor")
    session, actor, count, since = current_session(), current_actor(), _count(), _since()
    list_name = f"{HISTORY}:{resource_type}/{resource_id}"
    before = None
    if "_cursor" in request.args:
        before = int(decode_cursor(session, actor, list_name, request.args["_cursor"])[0])
    found, total = actions.list_versions(
        session,
        actor,
        resource_type=resource_type,
        resource_id=_uuid(resource_id),
        limit=count + 1,
        before=before,
        since=since,
    )
    links = [{"relation": "self", "url": request.url}]
    if len(found) > count:
        cursor = encode_cursor(session, actor, list_name, [str(found[count - 1].version)])
        links.append({"relation": "next", "url": _following(cursor)})
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


@blueprint.route("/<string:resource_type>", methods=["GET"])
@scopes(access.READ)
def search(resource_type: str) -> Response:
    """Resources of a type that match and that the reader may see, as a searchset Bundle."""
    negotiation.require_format()
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    session, actor = current_session(), current_actor()
    general = negotiation.GENERAL | {"_cursor"}
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in general]
    wanted = query.parse(resource_type, pairs, base_url=_base(), is_lenient=negotiation.is_lenient())
    list_name, after = f"{SEARCH}:{resource_type}:{sorted(pairs)}", None
    if "_cursor" in request.args:
        at, last_id = decode_cursor(session, actor, list_name, request.args["_cursor"])
        after = (datetime.fromisoformat(at), UUID(last_id))
    found = actions.search_resources(session, actor, wanted, after=after)
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if found.total is not None:
        bundle["total"] = found.total
    bundle["link"] = [{"relation": "self", "url": request.url}]
    if found.has_more:
        last = found.views[-1]
        cursor = encode_cursor(session, actor, list_name, [last.recorded_at.isoformat(), str(last.id)])
        bundle["link"].append({"relation": "next", "url": _following(cursor)})
    if found.views:
        bundle["entry"] = [
            {"fullUrl": _address(view), "resource": view.as_fhir(), "search": {"mode": "match"}}
            for view in found.views
        ]
    return outcomes.answer(bundle, 200)


def _condition(resource_type: str, text: str) -> query.Query:
    """The search in If-None-Exist; one that asks for nothing would match everything."""
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    pairs = parse_qsl(text.partition("?")[2] if "?" in text else text, keep_blank_values=True)
    wanted = query.parse(resource_type, pairs, base_url=_base(), is_lenient=False)
    if not wanted.is_narrowed:
        raise ParameterInvalid("If-None-Exist", "a search parameter")
    return wanted


def _base() -> str:
    return f"{current_app.extensions['citizen_settings'].base_url}/health-file/fhir"


def _address(view: actions.ResourceView) -> str:
    return f"{_base()}/{view.type}/{view.id}"


def _uuid(text: str) -> UUID:
    """Ids here are UUIDs in one spelling; any other names nothing."""
    try:
        found = UUID(text)
    except ValueError:
        raise NotFound from None
    if str(found) != text:
        raise NotFound
    return found


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


def _following(cursor: str) -> str:
    """The address of the next page: this one's parameters, and where it goes on."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "_cursor"]
    return (
        f"{_base()}{request.path.removeprefix('/health-file/fhir')}?{urlencode([*kept, ('_cursor', cursor)])}"
    )


def _of_version(view: actions.ResourceView) -> dict[str, Any]:
    method = "DELETE" if view.is_deleted else "POST" if view.version == 1 else "PUT"
    place = view.type if method == "POST" else f"{view.type}/{view.id}"
    entry: dict[str, Any] = {"fullUrl": _address(view)}
    if not view.is_deleted:
        entry["resource"] = view.as_fhir()
    entry["request"] = {"method": method, "url": place}
    entry["response"] = {
        "status": {"DELETE": "204", "POST": "201", "PUT": "200"}[method],
        "etag": f'W/"{view.version}"',
        "lastModified": view.recorded_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return entry


def _written(view: actions.ResourceView, status: int) -> Response:
    """What a writer hears: where the version stands, and as much of it as they prefer."""
    response = _shown(view, status)
    wanted = negotiation.preferred_return()
    if wanted == "minimal":
        response.set_data(b"")
    elif wanted == "OperationOutcome":
        outcome = outcomes.answer(outcomes.informational(_("已保存")), status)
        response.set_data(outcome.get_data())
    response.headers["Location"] = f"{_address(view)}/_history/{view.version}"
    return response


def _shown(view: actions.ResourceView, status: int) -> Response:
    response = outcomes.answer(view.as_fhir(), status)
    response.last_modified = view.recorded_at
    # FHIR's ETag is weak (http.html#versioning).
    response.headers["ETag"] = f'W/"{view.version}"'
    return response
