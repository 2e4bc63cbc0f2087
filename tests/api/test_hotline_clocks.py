"""Deadlines through the doors: stored with each step, shown, recomputed on publication, checked against the history."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from hotline import actions
from hotline.rules import Action
from hotline.rules.calendar import DayKind
from services import clock
from services.actor import Actor, ActorKind, system
from services.database.roles import Role
from services.database.session import Opening
from services.errors import Invalid
from tests.support.doors import resident_bearer

TICKET = {"category": "road", "text": "井盖松了", "district": "东岸区", "place": "和平路 12 号"}


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


@pytest.fixture
def ticket(reporter):
    return reporter.post("/hotline/v1/tickets", json=TICKET).get_json()


def read(who, ticket):
    return who.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()


def worker(database):
    return database.transaction(Opening(role=Role.WORKER, service="hotline"))


def dispatch_at(database, operator, ticket, at) -> None:
    """Claim and dispatch at an instant of one's choice."""
    actor = Actor(kind=ActorKind.STAFF, account=operator.account, roles=frozenset({"operator"}))
    opening = Opening(role=Role.STAFF, service="hotline", account=operator.account)
    with clock.held(at), database.transaction(opening) as session:
        actions.claim_ticket(session, actor, ticket_id=UUID(ticket["id"]))
        actions.change_ticket(session, actor, ticket_id=UUID(ticket["id"]), action=Action.DISPATCH)


def publish(database, year, days) -> int:
    with worker(database) as session:
        return actions.publish_year(session, system("hotline.publish"), year=year, source="a test", days=days)


def recalculate(database) -> int:
    with worker(database) as session:
        return actions.recalculate(session, system("hotline.recalculate"))


def check(database) -> int:
    with worker(database) as session:
        return actions.check_clocks(session, system("hotline.check_clocks"))


def test_new_ticket_is_to_be_accepted_within_two_hours(reporter, ticket) -> None:
    shown = read(reporter, ticket)
    spent = datetime.fromisoformat(shown["due_at"]) - datetime.fromisoformat(shown["created_at"])
    assert 7199 <= spent.total_seconds() <= 7200
    assert [one["kind"] for one in shown["clocks"]] == ["accept"]
    listed = reporter.get("/hotline/v1/tickets").get_json()["items"][0]
    assert listed["due_at"][:19] == shown["due_at"][:19]


def test_december_deadline_is_provisional_until_its_year_is_published_and_moves_by_an_event(
    database, operator, ticket
) -> None:
    dispatch_at(database, operator, ticket, datetime(2026, 12, 29, 1, tzinfo=UTC))
    (before,) = (one for one in read(operator, ticket)["clocks"] if one["kind"] == "resolve")
    assert before["is_provisional"] is True
    assert recalculate(database) == 0
    assert publish(database, 2027, {date(2027, 1, 1): DayKind.HOLIDAY}) == 2
    assert recalculate(database) == 1
    assert recalculate(database) == 0
    shown = read(operator, ticket)
    (after,) = (one for one in shown["clocks"] if one["kind"] == "resolve")
    assert after["is_provisional"] is False
    assert after["due_at"] > before["due_at"]
    assert shown["events"][-1]["action"] == "recalculate"
    assert check(database) == 0


def test_publication_of_a_day_that_says_nothing_new_is_refused(database) -> None:
    for days in ({date(2027, 1, 2): DayKind.HOLIDAY}, {date(2026, 1, 1): DayKind.HOLIDAY}):
        with pytest.raises(Invalid):
            publish(database, 2027, days)


def test_check_finds_an_altered_deadline_puts_it_right_and_finds_nothing_more(database, ticket) -> None:
    assert check(database) == 0
    with worker(database) as session:
        session.raw("UPDATE hotline.ticket_clocks SET due_at = due_at + interval '1 day'")
    assert check(database) == 1
    assert check(database) == 0


def test_pages_show_deadlines_and_say_which_are_provisional(app, database, operator, ticket, client) -> None:
    dispatch_at(database, operator, ticket, datetime(2026, 12, 29, 1, tzinfo=UTC))
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/track").text)
    answer = client.post(
        "/track",
        data={
            "number": ticket["number"],
            "code": ticket["tracking_code"],
            "form_token": token.group(1),
        },
    )
    assert answer.status_code == 200
    assert "暂定" in answer.text
    assert "2027" in answer.text
