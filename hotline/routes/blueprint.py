"""The hotline's JSON API: one blueprint, filled by the modules beside it."""

from services.web.blueprints import ApiBlueprint

blueprint = ApiBlueprint(
    "hotline", "hotline", service="hotline", url_prefix="/hotline/v1", description="Resident hotline"
)
