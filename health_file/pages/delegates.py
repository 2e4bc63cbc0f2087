"""Who sees a file for somebody: what guardians and carers see, what is kept from them, and where that is changed."""

from health_file import access
from health_file.pages.blueprint import blueprint, open_file, page
from services.actor import Relation
from services.gateway.people.persons import list_people
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/my/health/delegates")
@scopes(access.READ)
def show_delegates() -> str:
    """For whom the reader sees a file, and where the reader decides who sees theirs."""
    people = list_people(current_session(), current_actor())
    return page(
        "delegates",
        open_file(),
        children=[one for one in people if one.relation is Relation.GUARDIAN],
        cared_for=[one for one in people if one.relation is Relation.CARER],
    )
