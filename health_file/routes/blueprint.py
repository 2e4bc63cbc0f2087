"""The blueprint of the health file's JSON API at `/health-file/v1`."""

from health_file.fhir.purpose import actor_for
from services.web.blueprints import ApiBlueprint

blueprint = ApiBlueprint(
    "health_file",
    __name__,
    service="health_file",
    url_prefix="/health-file/v1",
    description="Electronic health file",
)
blueprint.actor_for = actor_for
