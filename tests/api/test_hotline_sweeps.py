"""Sweeps go on past a broken ticket, and what they find reaches the people whose it is."""

from datetime import datetime, timedelta

import psycopg
import pytest

from services import clock, notices
from services.actor import Actor, ActorKind
from services.clock import SHANGHAI
from services.database.roles import Role
from services.database.session import Opening
from tests.api.test_hotline_clocks import TICKET, check, dispatch_at, publish, recalculate, worker
from tests.api.test_hotline_escalations import levels, sweep
from tests.api.test_hotline_urgency import WHY, act_at
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.oauth import Door

THURSDAY = datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)
# A step that the state table does not know from there: the history does not add up.
POISON = """
    INSERT INTO hotline.ticket_events
        (ticket_id, sequence, subject_id, at, action, from_state, to_state, actor, by, unit, details)
    SELECT id, version + 1, subject_id, created_at, 'close', state, 'closed', 'nobody', 'officer', unit, '{}'
    FROM hotline.tickets WHERE number = %s
"""


@pytest.fixture
def operator(app):
    return staff_bearer(app, "operator", "HOTLINE")


def file(app, at=THURSDAY, **more):
    with clock.held(at):
        return resident_bearer(app).post("/hotline/v1/tickets", json={**TICKET, **more}).get_json()


def poison(database, ticket) -> None:
    with worker(database) as session:
        session.raw(POISON, (ticket["number"],))
        session.raw("UPDATE hotline.tickets SET version = version + 1 WHERE number = %s", (ticket["number"],))


def told_of(caplog) -> list[tuple[str, str]]:
    return [
        (record.msg["kind"], record.msg["ticket"])
        for record in caplog.records
        if isinstance(record.msg, dict) and record.msg.get("event") == "a ticket stopped a sweep"
    ]


def test_ticket_with_a_broken_history_stops_no_sweep_and_is_named_to_the_operators_of_the_suite(
    app, database, operator, caplog
) -> None:
    broken = file(app)
    healthy = file(app, THURSDAY + timedelta(minutes=1), text="另一个井盖也松了")
    for ticket in (broken, healthy):
        dispatch_at(database, operator, ticket, datetime(2026, 12, 29, 1, tzinfo=SHANGHAI))
    poison(database, broken)
    publish(database, 2027, {})
    assert recalculate(database) == 1
    assert sweep(database, datetime(2026, 12, 29, 17, tzinfo=SHANGHAI)) == 4
    assert levels(database, "sign") == [50, 80, 100, 150]
    assert check(database) == 0
    counted = "SELECT details->>'broken' FROM audit.events WHERE event = 'hotline.clocks.checked'"
    assert database.read_as(Role.VERIFIER, counted) == ["1"]
    assert {sweep for sweep, _ in told_of(caplog)} == {"recalculate", "escalate", "check_clocks"}
    assert {ticket for _, ticket in told_of(caplog)} == {broken["id"]}
    assert TICKET["text"] not in caplog.text


def test_part_of_a_transaction_fails_alone_with_what_it_queued(database) -> None:
    with worker(database) as session:
        session.at_commit("SELECT %s", (1,))
        session.announce("kept")
        with pytest.raises(psycopg.errors.DivisionByZero), session.apart():
            session.at_commit("SELECT %s", (2,))
            session.announce("dropped")
            session.raw("CREATE TEMPORARY TABLE dropped (one integer)")
            session.raw("SELECT 1 / 0")
        assert session.closing == [("SELECT %s", (1,))]
        assert session.announced == {"kept"}
        assert session.raw("SELECT to_regclass('pg_temp.dropped')").fetchone() == (None,)
        with session.apart():
            session.at_commit("SELECT %s", (3,))
        assert [parameters for _, parameters in session.closing] == [(1,), (3,)]


@pytest.fixture
def people(app):
    """Staff of two departments, a supervisor, and whoever takes calls."""
    door = Door(app)
    return {
        name: door.add_person(kind="staff", roles=roles, unit=unit).account
        for name, roles, unit in (
            ("works", ("officer",), "WORKS-DA"),
            ("colleague", ("officer",), "WORKS-DA"),
            ("green", ("officer",), "GREEN-XP"),
            ("supervisor", ("supervisor", "operator"), "HOTLINE"),
            ("desk", ("operator",), "HOTLINE"),
        )
    }


def inbox(database, account) -> list[tuple[str, dict[str, str], str]]:
    actor = Actor(kind=ActorKind.STAFF, account=account)
    with database.transaction(Opening(role=Role.STAFF, service="notices", account=account)) as session:
        return [(one.kind.name, one.facts, one.link) for one in notices.list_messages(session, actor)]


def test_unit_hears_at_each_level_and_supervisors_of_what_is_late(app, database, operator, people) -> None:
    tickets = [file(app, text=text) for text in ("井盖松了", "井盖没了")]
    for ticket in tickets:
        dispatch_at(database, operator, ticket, THURSDAY)
    sweep(database, THURSDAY + timedelta(minutes=115))
    near = [
        (
            "hotline.time_runs_out",
            {"count": "2", "number": tickets[1]["number"], "level": "50"},
            "/console/desk",
        )
    ]
    assert inbox(database, people["works"]) == inbox(database, people["colleague"]) == near
    for name in ("green", "supervisor", "desk"):
        assert inbox(database, people[name]) == []
    sweep(database, THURSDAY + timedelta(minutes=116))
    assert len(inbox(database, people["works"])) == 1
    sweep(database, datetime(2026, 11, 26, 14, 30, tzinfo=SHANGHAI))
    late = (
        "hotline.time_ran_out",
        {"count": "2", "number": tickets[1]["number"], "level": "100"},
        "/console/desk",
    )
    assert inbox(database, people["supervisor"]) == [late]
    assert inbox(database, people["works"])[0] == late
    assert inbox(database, people["green"]) == []


def test_waiting_ticket_is_told_to_the_desk_and_one_alone_links_to_itself(app, database, people) -> None:
    ticket = file(app)
    sweep(database, THURSDAY + timedelta(minutes=61))
    ((kind, facts, link),) = inbox(database, people["desk"])
    assert (kind, facts["level"], link) == ("hotline.time_runs_out", "50", f"/console/hotline/{ticket['id']}")
    assert inbox(database, people["works"]) == []


def test_emergency_is_told_to_everybody_it_concerns_at_night_and_by_sms(
    app, database, operator, people
) -> None:
    night = datetime(2026, 11, 28, 23, tzinfo=SHANGHAI)
    ticket = file(app, night)
    act_at(database, operator, ticket, "claim", night)
    act_at(database, operator, ticket, "set_urgency", night, urgency="emergency", note=WHY)
    act_at(database, operator, ticket, "dispatch", night)
    sweep(database, night + timedelta(minutes=8))
    for name in ("works", "supervisor"):
        assert [kind for kind, _, _ in inbox(database, people[name])] == ["hotline.emergency_waits"]
    channels = database.read_as(Role.WORKER, "SELECT channel FROM notices.deliveries")
    # Two officers and the supervisor; whoever states it is no supervisor.
    assert channels == ["sms"] * 3
