"""The knowledge base."""

from collections.abc import Mapping, Sequence
from typing import Any

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.database.roles import Role
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes

WHY = "the knowledge base is public"


@blueprint.route("/articles", methods=["GET"])
@public(WHY, role=Role.RESIDENT)
@blueprint.arguments(schemas.ArticleQuerySchema, location="query")
@blueprint.response(200, schemas.ArticleSchema(many=True))
def list_articles(query: Mapping[str, Any]) -> Sequence[Any]:
    """List articles that hold all of these words, their newest version each."""
    return actions.list_articles(current_session(), words=query["words"], category=query["category"])


@blueprint.route("/articles/<string:code>", methods=["GET"])
@public(WHY, role=Role.RESIDENT)
@blueprint.response(200, schemas.ArticleSchema)
def read_article(code: str) -> Any:
    """Read the newest version of an article."""
    return actions.read_article(current_session(), code=code)


@blueprint.route("/articles/<string:code>/versions/<int:version>", methods=["GET"])
@public(WHY, role=Role.RESIDENT)
@blueprint.response(200, schemas.ArticleSchema)
def read_article_version(code: str, version: int) -> Any:
    """Read the version that an answer was given from."""
    return actions.read_article(current_session(), code=code, version=version)


@blueprint.route("/articles/<string:code>", methods=["PUT"])
@scopes(access.WORK)
@blueprint.arguments(schemas.ArticleWriteSchema)
@blueprint.response(200, schemas.ArticleSchema)
def write_article(body: Mapping[str, Any], code: str) -> Any:
    """Write the next version of an article; supervisors do."""
    return actions.write_article(current_session(), current_actor(), code=code, **body)
