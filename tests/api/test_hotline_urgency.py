"""Urgency through the doors: who states it, what it moves, what keeps its own time, where it is shown."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from hotline import actions
from hotline.rules import Action
from services import clock
from services.actor import Actor, ActorKind, system
from services.clock import SHANGHAI
from services.database.roles import Role
from services.database.session import Opening
from tests.api.test_hotline_clocks import TICKET, check, read, worker
from tests.api.test_hotline_escalations import levels, sweep
from tests.api.test_hotline_publications import POLICY
from tests.api.test_hotline_steps import act, claim, track
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.oauth import Door

WHY = "燃气味很重，楼道里有人头晕"


@pytest.fixture
def operator(app):
    return staff_bearer(app, "operator", "HOTLINE")


@pytest.fixture
def ticket(app):
    return resident_bearer(app).post("/hotline/v1/tickets", json=TICKET).get_json()


def clock_in(shown, kind):
    return [one for one in shown["clocks"] if one["kind"] == kind][-1]


def minutes_of(one) -> float:
    spent = datetime.fromisoformat(one["due_at"]) - datetime.fromisoformat(one["started_at"])
    return spent.total_seconds() / 60


def test_operator_states_an_emergency_with_a_reason_and_clocks_events_and_nightly_check_agree(
    client, database, operator, ticket
) -> None:
    claim(operator, ticket)
    answer = act(operator, ticket, "set_urgency", urgency="emergency")
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "/note")
    answer = act(operator, ticket, "set_urgency", note=WHY)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "/urgency")
    assert act(operator, ticket, "set_urgency", urgency="emergency", note=WHY).status_code == 200
    shown = read(operator, ticket)
    assert (shown["urgency"], shown["policy"]) == ("emergency", 3)
    assert (shown["events"][-1]["action"], shown["events"][-1]["note"]) == ("set_urgency", WHY)
    accept = clock_in(shown, "accept")
    assert minutes_of(accept) < 16
    assert accept["is_day_and_night"] is True
    assert act(operator, ticket, "set_urgency", urgency="emergency", note=WHY).status_code == 409
    act(operator, ticket, "dispatch")
    sent = read(operator, ticket)
    assert minutes_of(clock_in(sent, "resolve")) == pytest.approx(120, abs=0.1)
    assert minutes_of(clock_in(sent, "sign")) == pytest.approx(15, abs=0.1)
    assert check(database) == 0
    assert track(client, ticket).get_json()["is_intact"] is True


def test_complex_is_a_supervisors_to_state_and_nobody_else_states_anything_after_triage(
    app, database, operator, supervisor, ticket
) -> None:
    claim(operator, ticket)
    answer = act(operator, ticket, "set_urgency", urgency="complex", note="要几个部门一起办")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "hotline.urgency_needs_approval")
    act(operator, ticket, "dispatch")
    officer = staff_bearer(app, "officer", "WORKS-DA")
    for who in (operator, officer):
        assert act(who, ticket, "set_urgency", urgency="emergency", note=WHY).status_code == 409
    before = clock_in(read(operator, ticket), "resolve")
    assert (
        act(supervisor, ticket, "set_urgency", urgency="complex", note="要几个部门一起办").status_code == 200
    )
    after = clock_in(read(officer, ticket), "resolve")
    spent = [datetime.fromisoformat(one["due_at"]).date() for one in (before, after)]
    assert timedelta(days=12) < spent[1] - spent[0]
    assert check(database) == 0


def test_ticket_keeps_the_rules_under_which_it_was_filed(app, database, operator, ticket) -> None:
    with worker(database) as session:
        published = actions.publish_policy(session, system("hotline.command"), content=POLICY)
    assert published == (4, True)
    later = resident_bearer(app).post("/hotline/v1/tickets", json=TICKET).get_json()
    assert [read(operator, one)["policy"] for one in (ticket, later)] == [3, 4]
    for one in (ticket, later):
        claim(operator, one)
        act(operator, one, "set_urgency", urgency="emergency", note=WHY)
    told = [minutes_of(clock_in(read(operator, one), "accept")) for one in (ticket, later)]
    assert told[0] < 16
    assert told[1] == pytest.approx(60, abs=0.1)
    assert check(database) == 0


def act_at(database, who, ticket, action, at, role="operator", **more) -> None:
    """One step at an instant of one's choice."""
    actor = Actor(kind=ActorKind.STAFF, account=who.account, roles=frozenset({role}))
    opening = Opening(role=Role.STAFF, service="hotline", account=who.account)
    with clock.held(at), database.transaction(opening) as session:
        if action == "claim":
            actions.claim_ticket(session, actor, ticket_id=UUID(ticket["id"]))
        else:
            actions.change_ticket(session, actor, ticket_id=UUID(ticket["id"]), action=Action(action), **more)


def test_emergency_is_told_of_at_night_though_an_ordinary_ticket_waits_for_the_morning(
    app, database, operator
) -> None:
    saturday = datetime(2026, 11, 28, 23, tzinfo=SHANGHAI)
    with clock.held(saturday):
        first, second = (
            resident_bearer(app).post("/hotline/v1/tickets", json=TICKET).get_json() for _ in range(2)
        )
    for one in (first, second):
        act_at(database, operator, one, "claim", saturday)
    act_at(database, operator, first, "set_urgency", saturday, urgency="emergency", note=WHY)
    for one in (first, second):
        act_at(database, operator, one, "dispatch", saturday)
    sweep(database, saturday + timedelta(minutes=12))
    assert levels(database, "sign") == [50, 80]
    sweep(database, saturday + timedelta(minutes=60))
    assert levels(database, "resolve") == [50]


def test_clock_that_is_given_more_time_forgets_the_levels_that_are_not_behind_it_any_more(
    database, operator, supervisor, ticket
) -> None:
    now = clock.now()
    act_at(database, operator, ticket, "claim", now)
    act_at(database, operator, ticket, "set_urgency", now, urgency="emergency", note=WHY)
    act_at(database, operator, ticket, "dispatch", now)
    late = now + timedelta(hours=2)
    sweep(database, late)
    shown = read(operator, ticket)
    assert clock_in(shown, "resolve")["level"] == 100
    act_at(
        database, supervisor, ticket, "set_urgency", late, "supervisor", urgency="complex", note="查明不紧急"
    )
    assert clock_in(read(operator, ticket), "resolve")["level"] == 0


def test_catalogue_tells_every_kinds_times_with_their_sources(client) -> None:
    found = {one["code"]: one for one in client.get("/hotline/v1/categories").get_json()}
    assert {"consult", "opinion", "water"} <= set(found)
    times = {
        (one["urgency"], one["channel"], one["clock"]): one["minutes"] for one in found["consult"]["times"]
    }
    assert times["ordinary", None, "resolve"] == 450
    assert times["ordinary", "email", "accept"] == 1440
    assert times["emergency", None, "accept"] == 15
    assert ("emergency", "email", "accept") not in times
    (source,) = {
        one["source"]
        for one in found["consult"]["times"]
        if (one["urgency"], one["clock"]) == ("ordinary", "resolve")
    }
    assert "secondary" in source


def test_console_page_states_it_with_a_reason(app, database) -> None:
    resident = resident_bearer(app)
    ticket = resident.post("/hotline/v1/tickets", json=TICKET).get_json()
    door = Door(app)
    door.sign_in(door.add_person(kind="staff", roles=("operator",), unit="HOTLINE"), unit="HOTLINE")
    path = f"/console/hotline/{ticket['id']}"

    def post(url, **form):
        token = door.http.get(path).text.split('name="form_token" value="')[1].split('"')[0]
        return door.http.post(url, data={"form_token": token, **form})

    assert post(f"{path}/claim").status_code == 303
    assert '<option value="emergency">' in door.http.get(path).text
    answer = post(path, action="set_urgency", urgency="emergency", note=WHY)
    assert answer.status_code == 303
    page = door.http.get(path).text
    assert "紧急程度改为：紧急" in page
    assert WHY in page
    assert "紧急" in door.http.get("/console/hotline").text


def test_claim_next_takes_an_emergency_that_went_back_to_the_queue_before_what_waits_longer(
    app, operator, ticket
) -> None:
    urgent = (
        resident_bearer(app).post("/hotline/v1/tickets", json=TICKET | {"text": "楼道里有燃气味"}).get_json()
    )
    claim(operator, urgent)
    assert act(operator, urgent, "set_urgency", urgency="emergency", note=WHY).status_code == 200
    assert act(operator, urgent, "release").status_code == 200
    taken = [operator.post("/hotline/v1/queue/claim-next").get_json()["number"] for _ in range(2)]
    assert taken == [urgent["number"], ticket["number"]]
