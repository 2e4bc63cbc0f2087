"""The patient summary to take along: as PDF to print or show, as JSON for another hospital or application."""

from typing import Any

from flask import Response, request

from health_file import access, actions
from health_file.fhir import outcomes
from health_file.fhir.routes.addresses import base_url
from health_file.ips.front_page import FRONT_PAGE
from health_file.pages.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language, gettext


@blueprint.route("/my/health/download/summary.pdf")
@scopes(access.READ)
def download_summary_pdf() -> Response:
    """The summary as a tagged PDF."""
    content = actions.print_summary(summary_of_subject(), gettext)
    return as_file(Response(content, mimetype="application/pdf"), "summary.pdf")


@blueprint.route("/my/health/download/summary.json")
@scopes(access.READ)
def download_summary_json() -> Response:
    """The summary as a FHIR document."""
    return as_file(outcomes.answer(summary_of_subject(), 200), "summary.json")


def summary_of_subject() -> dict[str, Any]:
    """The summary of whom the actor acts for; with `?profile=cn-front-page` the front page."""
    return actions.summarise(
        current_session(),
        current_actor(),
        base_url=base_url(),
        language=current_language(),
        say=gettext,
        profile=FRONT_PAGE if request.args.get("profile") == FRONT_PAGE else "",
    )


def as_file(response: Response, name: str) -> Response:
    """An answer that a browser keeps under a name."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
