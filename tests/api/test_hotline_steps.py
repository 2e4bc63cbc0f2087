"""The ticket's life through the doors: leases and fences, objections, replies, timers, chain and tracking code."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hotline import actions
from hotline.errors import ActionNotAllowed, ClaimNotHeld, TooLateToDispute
from hotline.rules import Action
from services import clock
from services.actor import Actor, ActorKind, system
from services.database.roles import Role, role_of
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.hotline import act

TICKET = {
    "category": "street_light",
    "text": "三号楼前的路灯坏了",
    "district": "东岸区",
    "place": "和平路 12 号",
}


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


@pytest.fixture
def officer(app):
    return staff_bearer(app, "officer", "WORKS-DA")


@pytest.fixture
def ticket(reporter):
    return reporter.post("/hotline/v1/tickets", json=TICKET).get_json()


def reply(who, ticket, action, **more):
    return who.post(f"/hotline/v1/tickets/{ticket['id']}/replies", json={"action": action, **more})


def claim(who, ticket):
    return who.post(f"/hotline/v1/tickets/{ticket['id']}/claim")


def later(minutes):
    return clock.held(datetime.now(UTC) + timedelta(minutes=minutes))


def act_later(database, who, ticket, action, minutes, role="operator", **more):
    """The same act when tokens have long run out: the action itself, with the clock held."""
    kind = ActorKind.RESIDENT if role == "resident" else ActorKind.STAFF
    actor = Actor(
        kind=kind,
        account=who.account,
        subject=who.account if role == "resident" else None,
        roles=frozenset() if role == "resident" else frozenset({role}),
    )
    subjects = (who.account,) if role == "resident" else ()
    opening = Opening(role=role_of(actor), service="hotline", account=who.account, subjects=subjects)
    with later(minutes), database.transaction(opening) as session:
        ticket_id = UUID(ticket["id"])
        if action == "claim":
            return actions.claim_ticket(session, actor, ticket_id=ticket_id)
        return actions.change_ticket(session, actor, ticket_id=ticket_id, action=Action(action), **more)


def walk(ticket, *steps):
    for who, action, *more in steps:
        answer = claim(who, ticket) if action == "claim" else act(who, ticket, action, **(more or [{}])[0])
        assert answer.status_code == 200, answer.text
    return answer.get_json()


def run_timer(database, ticket, since):
    """What the worker does when a timer of this ticket is due."""
    opening = Opening(role=Role.WORKER, service="hotline")
    with database.transaction(opening) as session:
        return actions.take_timed_step(
            session, system("hotline.take_timed_step"), ticket_id=UUID(ticket["id"]), since=since
        )


def timers(database):
    rows = database.read_as(
        Role.WORKER,
        "SELECT args::text FROM jobs.procrastinate_jobs WHERE task_name = 'hotline.take_timed_step' ORDER BY id",
    )
    return [json.loads(row) for row in rows]


def test_expired_lease_cannot_write(database, ticket, operator) -> None:
    claim(operator, ticket)
    with pytest.raises(ClaimNotHeld):
        act_later(database, operator, ticket, "dispatch", 10)
    assert operator.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()["state"] == "triage"


def test_renewed_lease_writes_until_its_new_end(database, ticket, operator) -> None:
    claim(operator, ticket)
    act_later(database, operator, ticket, "renew", 9)
    assert act_later(database, operator, ticket, "dispatch", 18).state == "dispatched"


def test_write_under_an_older_fence_is_refused_though_the_operator_holds_the_newest_claim(
    database, ticket, operator
) -> None:
    old = claim(operator, ticket).get_json()["fence"]
    new = act_later(database, operator, ticket, "claim", 11).fence
    assert new == old + 1
    with pytest.raises(ClaimNotHeld):
        act_later(database, operator, ticket, "dispatch", 11, fence=old)
    assert act_later(database, operator, ticket, "dispatch", 11, fence=new).state == "dispatched"


def test_lease_that_ran_out_goes_to_the_next_operator_with_both_steps_in_the_history(
    app, database, ticket, reporter, operator
) -> None:
    claim(operator, ticket)
    act_later(database, staff_bearer(app, "operator", "HOTLINE"), ticket, "claim", 10)
    read = reporter.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert [event["action"] for event in read["events"]] == ["submit", "claim", "expire", "claim"]


def test_claim_next_gives_the_oldest_and_supervised_ones_first(reporter, operator, supervisor) -> None:
    first, second = (reporter.post("/hotline/v1/tickets", json=TICKET).get_json() for _ in range(2))
    act(supervisor, second, "supervise")
    for expected in (second, first):
        assert operator.post("/hotline/v1/queue/claim-next").get_json()["id"] == expected["id"]
    answer = operator.post("/hotline/v1/queue/claim-next")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "hotline.queue_empty")


def test_timer_of_the_lease_puts_the_ticket_back_and_does_nothing_twice(database, ticket, operator) -> None:
    claim(operator, ticket)
    (timer,) = timers(database)
    assert timer["since"] == 2
    with later(10):
        assert run_timer(database, ticket, 2) is True
        assert run_timer(database, ticket, 2) is False
    read = operator.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert (read["state"], read["claimed_until"]) == ("received", None)


def test_timer_set_before_the_ticket_moved_changes_nothing(database, ticket, operator) -> None:
    walk(ticket, (operator, "claim"), (operator, "dispatch"))
    with later(10):
        assert run_timer(database, ticket, 2) is False


def test_objection_twice_goes_to_adjudication_and_the_appointed_may_not_object(
    ticket, operator, officer, supervisor
) -> None:
    why = {"note": "不归我单位"}
    state = walk(
        ticket,
        (operator, "claim"),
        (operator, "dispatch"),
        (officer, "object", why),
        (operator, "uphold", why),
        (operator, "dispatch", {"unit": "WORKS-DA"}),
        (officer, "object", why),
    )["state"]
    assert state == "adjudication"
    walk(ticket, (supervisor, "appoint", {"unit": "WORKS-DA", "note": "由你单位牵头"}))
    answer = act(officer, ticket, "object", note="还是不归我们")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "hotline.objections_spent")


def test_objection_without_a_ruling_is_adjudicated_and_then_goes_to_the_backstop(
    database, ticket, operator, officer
) -> None:
    walk(ticket, (operator, "claim"), (operator, "dispatch"), (officer, "object", {"note": "不归我们"}))
    with later(24 * 60):
        assert run_timer(database, ticket, 4) is True
    with later(48 * 60):
        assert run_timer(database, ticket, 5) is True
    read = officer.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert (read["state"], read["unit"]) == ("dispatched", "WORKS-DA")


def test_reopened_ticket_is_back_with_the_same_lead_at_once_and_supervised(
    ticket, reporter, operator, officer
) -> None:
    walk(
        ticket,
        (operator, "claim"),
        (operator, "dispatch", {"unit": "WORKS-DA"}),
        (officer, "sign"),
        (officer, "start"),
        (officer, "resolve", {"note": "修好了"}),
    )
    answer = reply(reporter, ticket, "reopen", note="还是不亮").get_json()
    assert (answer["state"], answer["unit"], answer["is_supervised"]) == ("dispatched", "WORKS-DA", True)
    assert act(officer, ticket, "object", note="不办").status_code == 409


RESOLVED = (("claim", "operator"), ("dispatch", "operator"), ("sign", "officer"), ("start", "officer"))


def walk_to_resolved(ticket, operator, officer) -> None:
    for action, who in RESOLVED:
        walk(ticket, (operator if who == "operator" else officer, action))
    walk(ticket, (officer, "resolve", {"note": "修好了"}))


def test_closed_ticket_may_be_disputed_for_15_days(database, ticket, reporter, operator, officer) -> None:
    walk_to_resolved(ticket, operator, officer)
    assert reply(reporter, ticket, "close").get_json()["state"] == "closed"
    with pytest.raises(TooLateToDispute):
        act_later(database, reporter, ticket, "dispute", 15 * 24 * 60 + 1, role="resident", note="又坏了")
    after = act_later(database, reporter, ticket, "dispute", 14 * 24 * 60, role="resident", note="又坏了")
    assert (after.state, after.is_supervised) == ("dispatched", True)


def test_unreachable_on_three_days_closes_and_never_twice_on_one(database, ticket, operator, officer) -> None:
    walk_to_resolved(ticket, operator, officer)
    for day in range(3):
        with pytest.raises(ActionNotAllowed):
            act_later(database, operator, ticket, "close_unverified", day * 24 * 60)
        act_later(database, operator, ticket, "call_missed", day * 24 * 60)
        with pytest.raises(ActionNotAllowed):
            act_later(database, operator, ticket, "call_missed", day * 24 * 60)
    assert act_later(database, operator, ticket, "close_unverified", 2 * 24 * 60).state == "closed"


def test_resident_cannot_work_and_staff_cannot_reply(ticket, reporter, operator, officer) -> None:
    assert act(reporter, ticket, "dispatch").status_code == 403
    assert reply(officer, ticket, "close").status_code == 403
    assert reply(reporter, ticket, "dispatch").status_code == 422


def track(client, ticket, code=None):
    asked = {"number": ticket["number"], "tracking_code": code or ticket["tracking_code"]}
    return client.post("/hotline/v1/track", json=asked)


def test_resident_recomputes_the_chain_with_number_and_code_alone(client, ticket, operator, officer) -> None:
    walk(ticket, (operator, "claim"), (operator, "dispatch"), (officer, "object", {"note": "不归我们"}))
    told = track(client, ticket).get_json()
    assert (told["state"], told["is_intact"]) == ("objection", True)
    previous = None
    for link in told["chain"]:
        said = json.dumps(link["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert link["content"]["previous"] == previous
        assert hashlib.sha256(said.encode()).hexdigest() == link["digest"]
        previous = link["digest"]
    last = told["chain"][-1]
    salted = bytes.fromhex(last["note_salt"]) + last["note"].encode()
    assert hashlib.sha256(salted).hexdigest() == last["content"]["note"]


def test_track_with_a_wrong_code_finds_nothing(client, ticket) -> None:
    answer = track(client, ticket, "AAAAAAAAAAAAAAAA")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "hotline.tracking_code_unknown")


def test_history_altered_in_the_database_is_named_to_the_resident(committed, settings, server) -> None:
    from wsgi import make_app

    app = make_app(settings, committed)
    reporter, operator = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    ticket = reporter.post("/hotline/v1/tickets", json=TICKET).get_json()
    walk(ticket, (operator, "claim"), (operator, "dispatch"))
    assert track(app.test_client(), ticket).get_json()["is_intact"] is True
    with server.admin(committed.engine.url.database) as connection:
        connection.execute("UPDATE hotline.ticket_events SET at = at - interval '1 day' WHERE sequence = 2")
    told = track(app.test_client(), ticket).get_json()
    assert (told["is_intact"], told["broken_at"]) == (False, 2)


def test_history_is_append_only_for_every_role(database, ticket, operator) -> None:
    import psycopg

    for role in (Role.RESIDENT, Role.STAFF, Role.WORKER):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            database.transaction(Opening(role=role, service="hotline")) as session,
        ):
            session.raw("UPDATE hotline.ticket_events SET action = 'sign'")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"action": "transfer", "service": "999"}, "/service"),
        ({"action": "transfer"}, "/service"),
        ({"action": "dispatch", "unit": "NOWHERE"}, "/unit"),
        ({"action": "answer"}, "/note"),
        ({"action": "dispatch", "fence": "1"}, "/fence"),
        ({"action": "weather"}, "/action"),
    ],
)
def test_step_that_lacks_what_must_come_with_it_names_the_field(ticket, operator, more, field) -> None:
    claim(operator, ticket)
    answer = operator.post(f"/hotline/v1/tickets/{ticket['id']}/actions", json=more)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.get_json()["errors"]]
