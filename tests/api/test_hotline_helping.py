"""Units that help the one that answers: appointed, at work, done; the ticket has one owner all the while."""

from uuid import UUID

import pytest

from hotline import actions
from hotline.actions.clocks import forget_versions
from services.actor import Actor, ActorKind
from services.database.roles import Role
from services.database.session import Opening
from tests.api.test_hotline_clocks import check, worker
from tests.api.test_hotline_steps import TICKET, act, reply, track, walk
from tests.fault.test_hotline_survives import UNOWNED
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.oauth import Door

WHY = {"note": "树枝挡住了路灯，请绿化单位一起办"}


@pytest.fixture(autouse=True)
def versions():
    forget_versions()
    yield
    forget_versions()


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


@pytest.fixture
def ticket(reporter):
    told = {**TICKET, "contact": {"name": "李梅", "phone": "13812345678"}}
    return reporter.post("/hotline/v1/tickets", json=told).get_json()


@pytest.fixture
def people(app):
    """Everybody who has to do with it."""
    units = {"lead": "WORKS-DA", "green": "GREEN-DA", "housing": "HOUSING-DA"}
    staff = {name: staff_bearer(app, "officer", unit) for name, unit in units.items()}
    return staff | {
        "operator": staff_bearer(app, "operator", "HOTLINE"),
        "supervisor": staff_bearer(app, "supervisor", "HOTLINE"),
    }


def read(who, ticket, status=200):
    answer = who.get(f"/hotline/v1/tickets/{ticket['id']}")
    assert answer.status_code == status, answer.text
    return answer.get_json()


def sent(people, ticket) -> None:
    walk(ticket, (people["operator"], "claim"), (people["operator"], "dispatch", {"unit": "WORKS-DA"}))


def working(people, ticket, *units) -> None:
    sent(people, ticket)
    walk(ticket, (people["lead"], "sign"), (people["lead"], "start"))
    if units:
        walk(ticket, (people["supervisor"], "appoint_co_units", {"co_units": list(units), **WHY}))


def test_ruling_appoints_lead_and_helpers_and_leaves_out_whom_it_does_not_name(
    database, people, ticket
) -> None:
    sent(people, ticket)
    walk(
        ticket,
        (people["supervisor"], "appoint_co_units", {"co_units": ["HOUSING-DA"], **WHY}),
        (people["lead"], "object", WHY),
        (people["operator"], "uphold", WHY),
        (people["operator"], "dispatch", {"unit": "WORKS-DA"}),
        (people["lead"], "object", WHY),
    )
    named = {"unit": "WORKS-DA", "co_units": ["GREEN-DA", "WORKS-DA"], **WHY}
    ruled = walk(ticket, (people["supervisor"], "appoint", named))
    assert (ruled["state"], ruled["unit"], ruled["co_units"]) == ("dispatched", "WORKS-DA", ["GREEN-DA"])
    read(people["housing"], ticket, 404)
    assert read(people["green"], ticket)["open_parts"] == ["GREEN-DA"]
    assert check(database) == 0


def test_helper_sees_the_ticket_without_the_contact_and_takes_no_step_of_the_leads(people, ticket) -> None:
    working(people, ticket)
    read(people["green"], ticket, 404)
    walk(ticket, (people["supervisor"], "appoint_co_units", {"co_units": ["GREEN-DA"], **WHY}))
    shown = read(people["green"], ticket)
    assert set(shown["actions"]) == {"contribute", "finish_part", "attach"}
    assert shown["contact"] is None
    assert read(people["lead"], ticket)["contact"]["name"] == "李梅"
    listed = people["green"].get("/hotline/v1/tickets").get_json()["items"]
    assert [one["id"] for one in listed] == [ticket["id"]]
    found = people["green"].post("/hotline/v1/tickets/search", json={"words": "路灯"}).get_json()
    assert [one["id"] for one in found["items"]] == [ticket["id"]]
    for action in ("resolve", "hand_over", "ask_resident", "ask_extension", "inform", "ask_co_units", "sign"):
        given = {"note": "不该由协办单位做", "unit": "GREEN-DA", "days": 2, "co_units": ["HOUSING-DA"]}
        assert act(people["green"], ticket, action, **given).status_code == 409
    read(people["housing"], ticket, 404)


def test_what_departments_write_to_one_another_is_theirs_and_the_chain_holds(
    client, people, reporter, ticket
) -> None:
    working(people, ticket, "GREEN-DA")
    walk(
        ticket,
        (people["green"], "contribute", {"note": "明天上午派人修剪"}),
        (people["lead"], "contribute", {"note": "我们后天修灯"}),
        (people["green"], "finish_part", {"note": "树枝已修剪"}),
    )
    among = ["appoint_co_units", "contribute", "contribute", "finish_part"]
    for who in ("lead", "green", "operator"):
        notes = [one["note"] for one in read(people[who], ticket)["events"] if one["action"] in among]
        assert notes == [WHY["note"], "明天上午派人修剪", "我们后天修灯", "树枝已修剪"]
    told = [one for one in read(reporter, ticket)["events"] if one["action"] in among]
    assert [one["action"] for one in told] == among
    assert {one["note"] for one in told} == {None}
    tracked = track(client, ticket)
    assert tracked.get_json()["is_intact"] is True
    assert "修剪" not in tracked.text
    assert act(people["green"], ticket, "finish_part", note="再报一次").status_code == 409
    noted = people["green"].post(f"/hotline/v1/tickets/{ticket['id']}/notes", json={"text": "备注"})
    assert noted.status_code == 201


def test_lead_says_done_only_when_parts_are_done_or_it_says_that_it_does_not_wait(people, ticket) -> None:
    working(people, ticket, "GREEN-DA", "HOUSING-DA")
    walk(ticket, (people["green"], "finish_part", {"note": "修好了"}))
    answer = act(people["lead"], ticket, "resolve", note="修好了")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "hotline.parts_open")
    assert "HOUSING-DA" in answer.get_json()["title"]
    assert "GREEN-DA" not in answer.get_json()["title"]
    done = act(people["lead"], ticket, "resolve", note="灯亮了，不等房管", despite_open_parts=True)
    assert done.get_json()["state"] == "resolved"
    assert read(people["operator"], ticket)["open_parts"] == ["HOUSING-DA"]


def test_history_says_which_parts_were_left_open_and_nothing_where_none_was(
    database, people, reporter, ticket
) -> None:
    working(people, ticket, "GREEN-DA")
    act(people["lead"], ticket, "resolve", note="灯亮了", despite_open_parts=True)
    kept = "SELECT details->>'open_parts' FROM hotline.ticket_events WHERE action = 'resolve' ORDER BY at"
    assert database.read_as(Role.WORKER, kept) == ["GREEN-DA"]
    assert reply(reporter, ticket, "reopen", note="还是不亮").get_json()["state"] == "dispatched"
    assert read(people["green"], ticket)["open_parts"] == ["GREEN-DA"]
    walk(
        ticket,
        (people["green"], "finish_part", {"note": "又修剪了一次"}),
        (people["lead"], "sign"),
        (people["lead"], "start"),
        (people["lead"], "resolve", {"note": "这次好了", "despite_open_parts": True}),
    )
    assert database.read_as(Role.WORKER, kept) == ["GREEN-DA", None]


def test_lead_asks_and_a_supervisor_appoints_or_refuses(people, ticket) -> None:
    working(people, ticket)
    walk(ticket, (people["lead"], "ask_co_units", {"co_units": ["GREEN-DA", "HOUSING-DA"], **WHY}))
    shown = read(people["lead"], ticket)
    assert (shown["co_units"], shown["co_asked"]) == ([], ["GREEN-DA", "HOUSING-DA"])
    read(people["green"], ticket, 404)
    assert act(people["lead"], ticket, "appoint_co_units", co_units=["GREEN-DA"], **WHY).status_code == 409
    walk(
        ticket,
        (people["supervisor"], "appoint_co_units", {"co_units": ["GREEN-DA"], **WHY}),
        (people["supervisor"], "refuse_co_units", {"co_units": ["HOUSING-DA"], **WHY}),
    )
    shown = read(people["lead"], ticket)
    assert (shown["co_units"], shown["co_asked"]) == (["GREEN-DA"], [])
    assert (
        act(people["supervisor"], ticket, "refuse_co_units", co_units=["HOUSING-DA"], **WHY).status_code
        == 409
    )
    walk(ticket, (people["supervisor"], "excuse_co_units", {"co_units": ["GREEN-DA"], **WHY}))
    read(people["green"], ticket, 404)


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({**WHY}, 422, "/co_units"),
        ({"co_units": ["GREEN-DA"]}, 422, "/note"),
        ({"co_units": ["NOWHERE"], **WHY}, 422, "/co_units"),
        ({"co_units": [], **WHY}, 422, "/co_units"),
        ({"co_units": ["GREEN-DA,HOUSING-DA"], **WHY}, 422, "/co_units"),
        ({"co_units": ["WORKS-DA"], **WHY}, 409, None),
        (
            {
                "co_units": [f"WORKS-{one}" for one in ("XP", "LG", "NY")] + ["GREEN", "GREEN-NY", "WATER"],
                **WHY,
            },
            422,
            "/co_units",
        ),
    ],
)
def test_helpers_are_units_of_ours_a_few_and_never_the_lead(people, ticket, more, status, field) -> None:
    working(people, ticket)
    answer = act(people["supervisor"], ticket, "appoint_co_units", **more)
    assert answer.status_code == status, answer.text
    if field:
        assert any(error["field"].startswith(field) for error in answer.get_json()["errors"])


def test_helper_that_takes_it_over_answers_for_it_and_helps_no_more(database, people, ticket) -> None:
    working(people, ticket, "GREEN-DA", "HOUSING-DA")
    walk(ticket, (people["lead"], "hand_over", {"unit": "GREEN-DA", **WHY}))
    shown = read(people["green"], ticket)
    assert (shown["unit"], shown["co_units"]) == ("GREEN-DA", ["HOUSING-DA"])
    assert "sign" in shown["actions"]
    read(people["lead"], ticket, 404)
    with worker(database) as session:
        assert session.raw(UNOWNED).fetchall() == []


def test_rates_and_counts_are_the_leads_alone(database, people, reporter, ticket) -> None:
    working(people, ticket, "GREEN-DA")
    walk(
        ticket,
        (people["green"], "finish_part", {"note": "修剪了"}),
        (people["lead"], "resolve", {"note": "好了"}),
    )
    reply(reporter, ticket, "close", score=5)
    with worker(database) as session:
        actions.count_days(session)
    units = database.read_as(Role.WORKER, "SELECT DISTINCT unit FROM hotline.daily_counts")
    assert units == ["WORKS-DA"]
    assert check(database) == 0


def test_screens_of_whoever_helps_hear_that_it_moved(database, people, ticket) -> None:
    working(people, ticket, "GREEN-DA")
    opening = Opening(role=Role.STAFF, service="hotline", account=people["green"].account)
    with database.transaction(opening) as session:
        change = actions.list_queue_changes(session, since=session.at.replace(year=2020))[-1]
    assert (change.ticket_id, change.unit, change.co_units) == (UUID(ticket["id"]), "WORKS-DA", ["GREEN-DA"])
    units = (change.unit, *change.co_units)
    heard = {
        unit: actions.may_see_change(
            Actor(kind=ActorKind.STAFF, roles=frozenset({"officer"}), unit=unit), units
        )
        for unit in ("WORKS-DA", "GREEN-DA", "HOUSING-DA")
    }
    assert heard == {"WORKS-DA": True, "GREEN-DA": True, "HOUSING-DA": False}


def test_pages_show_who_helps_and_take_what_they_write(app, people, ticket) -> None:
    working(people, ticket)
    path = f"/console/hotline/{ticket['id']}"

    def door(role, unit):
        found = Door(app)
        found.sign_in(found.add_person(kind="staff", roles=(role,), unit=unit), unit=unit)
        return found.http

    def post(http, **form):
        token = http.get(path).text.split('name="form_token" value="')[1].split('"')[0]
        return http.post(path, data={"form_token": token, **form})

    supervisor, green, lead = (
        door("supervisor", "HOTLINE"),
        door("officer", "GREEN-DA"),
        door("officer", "WORKS-DA"),
    )
    assert green.get(path).status_code == 404
    answer = post(supervisor, action="appoint_co_units", co_units=["GREEN-DA", "HOUSING-DA"], note="一起办")
    assert answer.status_code == 303
    page = green.get(path).text
    assert "还在办" in page
    assert 'value="finish_part"' in page
    assert 'value="resolve"' not in page
    assert post(green, action="finish_part", note="修剪好了").status_code == 303
    page = lead.get(path).text
    assert "已办完" in page
    assert "修剪好了" in page
    assert 'name="despite_open_parts"' in page
    answer = post(lead, action="resolve", note="灯亮了，不等房管", despite_open_parts="yes")
    assert answer.status_code == 303
