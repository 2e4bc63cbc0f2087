"""Answer templates."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from hotline.rules.templates import Filled
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import in_language


@blueprint.route("/templates", methods=["GET"])
@scopes(access.WORK)
@blueprint.arguments(schemas.TemplateQuerySchema, location="query")
@blueprint.response(200, schemas.TemplateSchema(many=True))
def list_templates(query: Mapping[str, Any]) -> Sequence[Any]:
    """List answer templates, their newest version each."""
    purpose = query["purpose"]
    return actions.list_templates(
        current_session(),
        current_actor(),
        purposes=None if purpose is None else {purpose.value},
        category=query["category"],
        with_retired=query["with_retired"],
    )


@blueprint.route("/templates/<string:code>", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.TemplateSchema)
def read_template(code: str) -> Any:
    """Read the newest version of a template."""
    return actions.read_template(current_session(), current_actor(), code=code)


@blueprint.route("/templates/<string:code>/versions/<int:version>", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.TemplateSchema)
def read_template_version(code: str, version: int) -> Any:
    """Read an earlier version of a template."""
    return actions.read_template(current_session(), current_actor(), code=code, version=version)


@blueprint.route("/templates/<string:code>", methods=["PUT"])
@scopes(access.WORK)
@blueprint.arguments(schemas.TemplateWriteSchema)
@blueprint.response(200, schemas.TemplateSchema)
def write_template(body: Mapping[str, Any], code: str) -> Any:
    """Write the next version of a template, or retire it; supervisors do."""
    return actions.write_template(current_session(), current_actor(), code=code, **body)


@blueprint.route("/tickets/<uuid:ticket_id>/templates/<string:code>", methods=["GET"])
@scopes(access.WORK)
@blueprint.arguments(schemas.TemplateFillQuerySchema, location="query")
@blueprint.response(200, schemas.FilledSchema)
def fill_template(query: Mapping[str, Any], ticket_id: UUID, code: str) -> Filled:
    """Fill a template for a ticket, to be read over before it is sent."""
    language = query["language"]
    return actions.fill_template(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        code=code,
        is_english=language == "en",
        say=partial(in_language, language),
    )
