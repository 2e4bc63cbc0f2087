"""The escalation ladder through the doors: each level once and in order, in duty hours, shown where it is needed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from hotline import actions
from services import clock
from services.actor import Actor, ActorKind, system
from services.clock import SHANGHAI
from services.database.roles import Role
from services.database.session import Opening
from tests.api.test_hotline_clocks import TICKET, dispatch_at, read, worker
from tests.support.doors import resident_bearer, staff_bearer

THURSDAY = datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.fixture
def ticket(app):
    with clock.held(THURSDAY):
        return resident_bearer(app).post("/hotline/v1/tickets", json=TICKET).get_json()


def sweep(database, at) -> int:
    with clock.held(at), worker(database) as session:
        return actions.escalate(session, system("hotline.escalate"))


def rungs(database, kind) -> list[tuple[int, datetime]]:
    with worker(database) as session:
        rows = session.raw(
            "SELECT level, reached_at FROM hotline.escalations WHERE kind = %s ORDER BY level", (kind,)
        )
        return [(row[0], row[1]) for row in rows]


def levels(database, kind) -> list[int]:
    return [level for level, _ in rungs(database, kind)]


def test_levels_come_once_in_order_and_at_half_as_much_again_the_system_supervises(
    database, operator, ticket
) -> None:
    for minutes, expected in ((59, []), (60, [50]), (61, [50]), (119, [50, 80]), (120, [50, 80, 100])):
        sweep(database, THURSDAY + timedelta(minutes=minutes))
        assert levels(database, "accept") == expected
    assert read(operator, ticket)["is_supervised"] is False
    assert sweep(database, THURSDAY + timedelta(minutes=181)) == 1
    assert sweep(database, THURSDAY + timedelta(minutes=181)) == 0
    shown = read(operator, ticket)
    assert shown["is_supervised"] is True
    assert shown["level"] == 150
    assert shown["events"][-1]["action"] == "supervise"
    with clock.held(THURSDAY + DAY), worker(database) as session:
        assert actions.check_clocks(session, system("hotline.check_clocks")) == 0


def test_late_sweep_takes_all_levels_that_have_come_and_dates_them_where_they_fell(database, ticket) -> None:
    assert sweep(database, THURSDAY + timedelta(hours=30)) == 4
    fell = [THURSDAY + timedelta(minutes=minutes) for minutes in (60, 96, 120, 180)]
    assert rungs(database, "accept") == list(zip((50, 80, 100, 150), fell, strict=True))


def test_working_clocks_wait_for_duty_hours_and_day_and_night_clocks_do_not(
    database, operator, ticket
) -> None:
    dispatch_at(database, operator, ticket, THURSDAY + timedelta(minutes=1))
    sweep(database, datetime(2026, 11, 28, 12, tzinfo=SHANGHAI))
    assert levels(database, "sign") == []
    sweep(database, datetime(2026, 11, 30, 9, tzinfo=SHANGHAI))
    assert levels(database, "sign") == [50, 80, 100, 150]
    assert levels(database, "accept") == []


def test_sweeps_at_once_tell_each_level_once(committed, settings) -> None:
    from wsgi import make_app

    with clock.held(THURSDAY):
        resident_bearer(make_app(settings, committed)).post("/hotline/v1/tickets", json=TICKET)

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: sweep(committed, THURSDAY + DAY), range(8)))
    assert sum(taken) == 4
    assert levels(committed, "accept") == [50, 80, 100, 150]


def test_the_live_queue_and_the_lists_of_the_right_people_show_it(app, database, operator, ticket) -> None:
    dispatch_at(database, operator, ticket, THURSDAY + timedelta(minutes=1))
    opening = Opening(role=Role.STAFF, service="hotline", account=operator.account)
    with database.transaction(opening) as session:
        before = actions.newest_queue_change(session)
    sweep(database, datetime(2026, 11, 26, 11, tzinfo=SHANGHAI))
    with database.transaction(opening) as session:
        assert actions.newest_queue_change(session) != before
    officers = {unit: staff_bearer(app, "officer", unit) for unit in ("WORKS-DA", "GREEN-XP")}
    shown = {}
    for unit, officer in officers.items():
        actor = Actor(kind=ActorKind.STAFF, account=officer.account, roles=frozenset({"officer"}), unit=unit)
        with clock.held(THURSDAY + DAY), database.transaction(opening) as session:
            shown[unit] = [
                (one.ticket_id, one.kind, one.level) for one in actions.list_escalations(session, actor)
            ]
    assert shown == {"WORKS-DA": [(UUID(ticket["id"]), "sign", 50)], "GREEN-XP": []}
