"""Create, read, vread, update and delete."""

from flask import Response, request

from health_file import access, actions
from health_file.fhir import negotiation
from health_file.fhir.conditions import condition_of
from health_file.fhir.query.values import id_of
from health_file.fhir.routes import answers, binary
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.answers import deleted, written
from health_file.fhir.routes.blueprint import blueprint
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/<string:resource_type>", methods=["POST"])
@scopes(access.WRITE)
def create(resource_type: str) -> Response:
    """Keep a new resource in the file of the resident that it names."""
    binary.require_answerable(resource_type)
    negotiation.require_no_parameters()
    resource = binary.read_body(resource_type)
    session, actor = current_session(), current_actor()
    condition = request.headers.get("If-None-Exist")
    if condition is None:
        return written(
            actions.create_resource(session, actor, resource_type=resource_type, resource=resource), 201
        )
    wanted = condition_of(resource_type, condition, base_url=base_url(), name="If-None-Exist")
    view, is_new = actions.create_unless_found(session, actor, wanted, resource=resource)
    response = written(view, 201 if is_new else 200)
    if not is_new and not actor.has(access.READ):
        # What was there already is shown to those alone who may read.
        response.set_data(b"")
    return response


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["GET"])
@scopes(access.READ)
def read(resource_type: str, resource_id: str) -> Response:
    """Read the current version of a resource."""
    binary.require_answerable(resource_type)
    part = answers.part_asked(resource_type)
    view = actions.read_resource(
        current_session(), current_actor(), resource_type=resource_type, resource_id=id_of(resource_id)
    )
    return answers.read(view, part)


@blueprint.route("/<string:resource_type>/<string:resource_id>/_history/<string:version>", methods=["GET"])
@scopes(access.READ)
def vread(resource_type: str, resource_id: str, version: str) -> Response:
    """Read one version of a resource."""
    binary.require_answerable(resource_type)
    part = answers.part_asked(resource_type)
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound
    view = actions.read_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=id_of(resource_id),
        version=int(version),
    )
    return answers.read(view, part)


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["PUT"])
@scopes(access.WRITE)
def update(resource_type: str, resource_id: str) -> Response:
    """Put a new version in the place of the one that If-Match names."""
    binary.require_answerable(resource_type)
    negotiation.require_no_parameters()
    seen = negotiation.seen_version(is_required=True)
    resource = binary.read_body(resource_type, resource_id)
    view = actions.change_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=id_of(resource_id),
        seen=seen or 0,
        resource=resource,
    )
    return written(view, 200)


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["DELETE"])
@scopes(access.WRITE)
def delete(resource_type: str, resource_id: str) -> Response:
    """Delete a resource; its history stays."""
    negotiation.require_no_parameters()
    view = actions.delete_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=id_of(resource_id),
        seen=negotiation.seen_version(is_required=False),
    )
    return deleted(view)
