"""The resources of the file, and copies of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from health_file import access, actions, schemas
from health_file.actions.exporting.wanted import Kind, Wanted
from health_file.fhir.routes.addresses import base_url
from health_file.routes.blueprint import blueprint
from services.web import exports
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.json_writer import json_response
from services.web.language import current_language, gettext
from services.web.pagination import decode_cursor, encode_cursor

LIST = "health_file.resources"


@blueprint.route("/resources", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(schemas.ResourceQuerySchema, location="query")
@blueprint.response(200, schemas.HealthResourcePageSchema)
def list_resources(query: Mapping[str, Any]) -> Response:
    """List the resources of the file, newest first."""
    session, actor = current_session(), current_actor()
    limit, after = query["limit"], None
    if query["cursor"]:
        at, resource_id = decode_cursor(session, actor, LIST, query["cursor"])
        after = (datetime.fromisoformat(at), UUID(resource_id))
    found = actions.list_resources(session, actor, limit=limit + 1, after=after, resource_type=query["type"])
    items = [view.as_item() for view in found[:limit]]
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor(session, actor, LIST, [last.recorded_at.isoformat(), str(last.id)])
    # Written here, not by the schema: decimals keep their digits.
    return json_response({"items": items, "next_cursor": following})


@blueprint.route("/exports", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(200, schemas.HealthResourceExportSchema)
def create_export() -> Response:
    """Take a copy of your whole health file."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_resources(session, actor, limit=exports.MOST + 1)
    return json_response(
        schemas.HealthResourceExportSchema().dump(exports.export_of([view.as_item() for view in found]))
    )


@blueprint.route("/applications", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.ApplicationListSchema)
def list_applications() -> Mapping[str, Any]:
    """List the applications that a practitioner can open on a patient."""
    return {"items": actions.list_applications(current_session(), current_actor())}


@blueprint.route("/launches", methods=["POST"])
@scopes(access.READ)
@blueprint.arguments(schemas.LaunchRequestSchema)
@blueprint.response(201, schemas.LaunchSchema)
def create_launch(asked: Mapping[str, Any]) -> actions.Launch:
    """Open an application on a patient: the address for the practitioner's browser (SMART EHR launch)."""
    return actions.launch_application(
        current_session(),
        current_actor(),
        base_url=base_url(),
        client_id=asked["client_id"],
        patient_id=asked["patient"],
    )


@blueprint.route("/summary.pdf", methods=["GET"])
@scopes(access.READ)
@blueprint.response(
    200, content_type="application/pdf", description="PDF/UA-1, PDF/A-3, the FHIR document inside"
)
def print_summary() -> Response:
    """Print the International Patient Summary of the file's resident."""
    bundle = actions.summarise(
        current_session(), current_actor(), base_url=base_url(), language=current_language(), say=gettext
    )
    return Response(actions.print_summary(bundle, gettext), mimetype="application/pdf")


@blueprint.route("/archives", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(202, schemas.HealthArchiveSchema)
def create_archive() -> dict[str, Any]:
    """Have an archive of the whole file made: every version, attachments, who read it."""
    session, actor = current_session(), current_actor()
    wanted = Wanted(kind=Kind.ARCHIVE, request="/health-file/v1/archives", language=current_language())
    return _archive(actions.read_export(session, actor, actions.ask_for_export(session, actor, wanted)))


@blueprint.route("/archives/<uuid:archive_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.HealthArchiveSchema)
def read_archive(archive_id: UUID) -> dict[str, Any]:
    """Read how far an archive has come."""
    return _archive(actions.read_export(current_session(), current_actor(), archive_id))


@blueprint.route("/archives/<uuid:archive_id>", methods=["DELETE"])
@scopes(access.READ)
@blueprint.response(204)
def delete_archive(archive_id: UUID) -> None:
    """Have an archive deleted before its time."""
    actions.cancel_export(current_session(), current_actor(), archive_id)


@blueprint.route("/archives/<uuid:archive_id>/content", methods=["GET"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(200, content_type="application/zip", description="The archive")
def download_archive(archive_id: UUID) -> Response:
    """Take an archive that is ready."""
    content = actions.take_archive(
        current_session(),
        current_actor(),
        archive_id,
        base_url=base_url(),
        language=current_language(),
        say=gettext,
    )
    return Response(content, mimetype="application/zip")


def _archive(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "state", "done", "created_at", "expires_at")}
