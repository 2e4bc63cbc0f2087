"""`Observation/$lastn`: the last observations of each kind (observation-operation-lastn.html)."""

from flask import Response

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import outcomes, query
from health_file.fhir.routes.addresses import asked_address, base_url
from health_file.fhir.routes.asked import asked
from health_file.fhir.routes.blueprint import blueprint
from health_file.fhir.routes.searchset import searchset
from services.actor import ActorKind
from services.web.current import current_actor, current_session
from services.web.declare import scopes

MOST_LAST = 100


@blueprint.route("/Observation/$lastn", methods=["GET", "POST"])
@scopes(access.READ)
def last_observations() -> Response:
    """The last `max` observations of each kind, by any parameter of an Observation."""
    pairs = asked()
    most = _most([value for name, value in pairs if name == "max"])
    filters = [pair for pair in pairs if pair[0] != "max"]
    actor = current_actor()
    names = {name.partition(":")[0].partition(".")[0] for name, _ in filters}
    if actor.kind is not ActorKind.RESIDENT and names.isdisjoint({"patient", "subject"}):
        raise ParameterInvalid("patient", "whose observations", "required")
    wanted = query.parse("Observation", filters, base_url=base_url())
    views = actions.read_last_observations(current_session(), actor, wanted, most=most)
    found = actions.Matches(views, len(views))
    return outcomes.answer(searchset(found, query.Results(), [("self", asked_address())]), 200)


def _most(given: list[str]) -> int:
    if not given:
        return 1
    most = query.read_count(given[0], most=MOST_LAST, name="max")
    if len(given) > 1 or not most:
        raise ParameterInvalid("max", f"1..{MOST_LAST}, once")
    return most
