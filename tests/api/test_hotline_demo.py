"""The demo city's tickets: one in every state at which a ticket can rest, each history whole."""

from hotline import demo, store
from hotline.actions.steps import standing_of
from hotline.models import tickets
from hotline.rules import State, broken_link
from services import vault
from services.database.roles import Role
from services.database.session import Opening
from services.demo.city import invent_city


def test_demo_tickets_stand_in_every_state_and_their_chains_hold(database) -> None:
    city = invent_city()
    with database.transaction(Opening(role=Role.GATEWAY)) as session:
        for resident in city.adults():
            vault.create_data_key(session, resident.subject_id, "resident")
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        steps = list(demo.seed(session, city))
    assert len(steps) == 3 * len(demo.PATHS)
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        rows = session.execute(tickets.select()).all()
        standings = [standing_of(session, store.get_ticket_by_id(session, row.id)) for row in rows]
    for standing in standings:
        assert standing.facts.state == standing.ticket.state
        assert broken_link(standing.ticket.number, standing.events) is None
    assert {standing.facts.state for standing in standings} == set(State) - {State.REOPENED}
