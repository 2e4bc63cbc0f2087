"""Interactions that name their resource by a search: conditional update, patch and delete; and patch by id.

Standard: FHIR R4 http.html#cond-update, http.html#patch, http.html#delete.
"""

from flask import Response, request

from health_file import access, actions
from health_file.errors import PatchTypeNotSupported
from health_file.fhir import negotiation
from health_file.fhir.bodies import body
from health_file.fhir.conditions import condition_of
from health_file.fhir.patches import JSON_PATCH, Patch
from health_file.fhir.query import Query
from health_file.fhir.query.values import id_of
from health_file.fhir.routes import binary
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.answers import deleted, written
from health_file.fhir.routes.blueprint import blueprint
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/<string:resource_type>", methods=["PUT"])
@scopes(access.WRITE)
def update_found(resource_type: str) -> Response:
    """Change the one resource that the address's search finds, or create it."""
    binary.require_answerable(resource_type)
    wanted = _condition(resource_type)
    resource = binary.read_body(resource_type)
    view, is_new = actions.change_found(
        current_session(),
        current_actor(),
        wanted,
        resource=resource,
        seen=negotiation.seen_version(is_required=False),
    )
    return written(view, 201 if is_new else 200)


@blueprint.route("/<string:resource_type>", methods=["DELETE"])
@scopes(access.WRITE)
def delete_found(resource_type: str) -> Response:
    """Delete the one resource that the address's search finds."""
    view = actions.delete_found(
        current_session(),
        current_actor(),
        _condition(resource_type),
        seen=negotiation.seen_version(is_required=False),
    )
    return deleted(view)


@blueprint.route("/<string:resource_type>", methods=["PATCH"])
@scopes(access.WRITE)
def patch_found(resource_type: str) -> Response:
    """Patch the one resource that the address's search finds."""
    negotiation.require_format()
    wanted, patch_sent = _condition(resource_type), _patch()
    view = actions.patch_found(
        current_session(),
        current_actor(),
        wanted,
        seen=negotiation.seen_version(is_required=False),
        patch=patch_sent,
    )
    return _patched(view)


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["PATCH"])
@scopes(access.WRITE)
def patch(resource_type: str, resource_id: str) -> Response:
    """Change what a patch names of the version that If-Match names."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    seen, patch_sent = negotiation.seen_version(is_required=True), _patch()
    view = actions.patch_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=id_of(resource_id),
        seen=seen or 0,
        patch=patch_sent,
    )
    return _patched(view)


def _patched(view: actions.ResourceView) -> Response:
    """A patch names a part of what is there: the whole is shown to those alone who may read it."""
    response = written(view, 200)
    if not access.may_read(current_actor(), view.body):
        response.set_data(b"")
    return response


def _condition(resource_type: str) -> Query:
    text = request.query_string.decode("ascii", "replace")
    kept = "&".join(one for one in text.split("&") if one.partition("=")[0] not in negotiation.GENERAL)
    return condition_of(resource_type, kept, base_url=base_url(), name="condition")


def _patch() -> Patch:
    """A JSON Patch, or a FHIRPath Patch in a Parameters resource. Raises: PatchTypeNotSupported 415."""
    if request.mimetype == JSON_PATCH:
        return Patch(json_reader.read(body(), exact=True), is_fhirpath=False)
    if request.mimetype in negotiation.JSON_TYPES:
        return Patch(json_reader.read(negotiation.require_json_body(), exact=True), is_fhirpath=True)
    raise PatchTypeNotSupported
