"""The archive of everything: asked for, followed, taken; each time only by who proves anew who they are."""

from uuid import UUID

from flask import Response, redirect, request

from health_file import access, actions
from health_file.actions.exporting.wanted import Kind, Wanted
from health_file.fhir.routes.addresses import base_url
from health_file.pages.blueprint import address, blueprint
from health_file.pages.summary import as_file
from services.web import exports
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language, gettext


@blueprint.route("/my/health/download/archives", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
def ask_for_archive() -> Response:
    """Have the archive made."""
    wanted = Wanted(kind=Kind.ARCHIVE, request=request.path, language=current_language())
    actions.ask_for_export(current_session(), current_actor(), wanted)
    return redirect(address("/download"), code=303)  # type: ignore[return-value]


@blueprint.route("/my/health/download/archives/<uuid:archive_id>/cancel", methods=["POST"])
@scopes(access.READ)
def cancel_archive(archive_id: UUID) -> Response:
    """Have it deleted before its time."""
    actions.cancel_export(current_session(), current_actor(), archive_id)
    return redirect(address("/download"), code=303)  # type: ignore[return-value]


@blueprint.route("/my/health/download/archives/<uuid:archive_id>.zip")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_archive(archive_id: UUID) -> Response:
    """Take the archive."""
    content = actions.take_archive(
        current_session(),
        current_actor(),
        archive_id,
        base_url=base_url(),
        language=current_language(),
        say=gettext,
    )
    return as_file(Response(content, mimetype="application/zip"), "health-file.zip")
