"""The FHIR base at `/health-file/fhir`.

Standard: FHIR R4 4.0.1, http.html.
"""

from health_file.fhir import outcomes
from health_file.fhir.purpose import actor_for
from health_file.smart.interactions import interaction_of
from services.web.blueprints import ApiBlueprint

blueprint = ApiBlueprint(
    "fhir", __name__, service="health_file", url_prefix="/health-file/fhir", description="FHIR R4"
)
blueprint.problem_renderer = outcomes.render_problem
# A repeated search parameter asks for both (search.html#combining).
blueprint.takes_repeats = True
# Transactions, documents and images.
blueprint.most_body_bytes = 10 * 1024 * 1024
blueprint.interaction_of = interaction_of
blueprint.actor_for = actor_for
blueprint.takes_cross_origin = True
