"""GeoReport v2: one blueprint, filled by the modules beside it.

Standard: http://wiki.open311.org/GeoReport_v2 — lists are bare arrays in JSON; every error is an array of code and
    description; the format is the end of the address.
"""

from flask import Response

from hotline.open311.formats import answer
from services.web.blueprints import ApiBlueprint
from services.web.problems import Problem

# The standard knows these; what is wrong in any other way is 400.
OWN = frozenset({400, 403, 404, 405, 413, 429, 500, 503})


def render_problem(problem: Problem) -> Response:
    """Errors in the standard's own shape, one for each field at fault."""
    status = 403 if problem.status == 401 else problem.status
    status = status if status in OWN else 400
    said = [f"{_argument(error['field'])}: {error['expected']}" for error in problem.errors]
    errors = [{"code": status, "description": description} for description in said or [problem.title]]
    return answer("errors", "error", errors, status)


def _argument(field: str) -> str:
    """A field of ours as the argument that a client of the standard sent."""
    name, _, rest = field.strip("/").partition("/")
    if name == "contact":
        return rest
    if name == "attributes":
        return f"attribute[{rest}]" if rest else "attribute"
    return {"category": "service_code", "text": "description", "place": "address_string"}.get(name, name)


blueprint = ApiBlueprint(
    "open311",
    "hotline",
    service="hotline",
    url_prefix="/hotline/open311/v2",
    description="Open311 GeoReport v2",
)
blueprint.problem_renderer = render_problem
# `status` and `service_code` may be declared several times.
blueprint.takes_repeats = True
