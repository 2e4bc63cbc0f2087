"""The hotline: file, follow, claim, work, answer; and everything that is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from hotline.rules import TRANSITIONS, Action
from services.database.roles import Role
from tests.support.doors import key, resident_bearer, staff_bearer
from tests.support.hotline import act

TICKET = {
    "category": "street_light",
    "text": "三号楼前的路灯坏了",
    "district": "东岸区",
    "place": "和平路 12 号",
}


@pytest.fixture
def reporter(app, privacy):
    privacy.watch(TICKET["text"], TICKET["place"])
    return resident_bearer(app)


@pytest.fixture
def officer(app):
    return staff_bearer(app, "officer", "WORKS-DA")


def filed(reporter):
    answer = reporter.post("/hotline/v1/tickets", json=TICKET)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_create_ticket_gives_number_and_code_and_can_be_read_back(reporter) -> None:
    ticket = filed(reporter)
    assert len(ticket["number"]) == 12
    read = reporter.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert (read["text"], read["place"], read["state"]) == (TICKET["text"], TICKET["place"], "received")
    assert [event["action"] for event in read["events"]] == ["submit"]


def test_create_ticket_stores_only_ciphertext(reporter, database) -> None:
    filed(reporter)
    rows = database.read_as(Role.WORKER, "SELECT row_to_json(t)::text FROM hotline.tickets t")
    assert len(rows) == 1
    assert TICKET["text"] not in rows[0]
    assert TICKET["place"] not in rows[0]


def test_create_ticket_pressed_twice_files_one_and_answers_the_same(reporter, database) -> None:
    once = key()
    first, again = (reporter.post("/hotline/v1/tickets", json=TICKET, headers=once) for _ in range(2))
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [1]


def test_create_ticket_with_a_used_key_and_another_body_is_refused(reporter) -> None:
    once = key()
    reporter.post("/hotline/v1/tickets", json=TICKET, headers=once)
    answer = reporter.post("/hotline/v1/tickets", json={**TICKET, "text": "另一件事"}, headers=once)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "web.idempotency_key_reused")


def test_key_of_somebody_else_is_independent(app, reporter) -> None:
    once, other = key(), resident_bearer(app)
    first = reporter.post("/hotline/v1/tickets", json=TICKET, headers=once).get_json()
    second = other.post("/hotline/v1/tickets", json=TICKET, headers=once).get_json()
    assert first["number"] != second["number"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "weather"}, "/category"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 20_001}, "/text"),
        ({"district": "a\nb"}, "/district"),
        ({"state": "closed"}, "/state"),
    ],
)
def test_create_ticket_with_a_wrong_field_names_it_and_not_the_value(reporter, change, field) -> None:
    answer = reporter.post("/hotline/v1/tickets", json={**TICKET, **change})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert field in [error["field"] for error in answer.get_json()["errors"]]


def test_ticket_of_somebody_else_does_not_exist(app, reporter) -> None:
    ticket, other = filed(reporter), resident_bearer(app)
    assert other.get(f"/hotline/v1/tickets/{ticket['id']}").status_code == 404
    assert other.get("/hotline/v1/tickets").get_json()["items"] == []


def test_claim_by_an_operator_wins_once_and_the_second_hears_who_was_first(app, reporter, operator) -> None:
    ticket, second = filed(reporter), staff_bearer(app, "operator", "HOTLINE")
    won = operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    assert (won.status_code, won.get_json()["state"]) == (200, "triage")
    lost = second.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    assert (lost.status_code, lost.get_json()["code"]) == (409, "hotline.ticket_already_claimed")
    assert operator.account.hex[-4:].upper() in lost.get_json()["title"]


def test_claim_by_a_resident_or_officer_lacks_the_scope(reporter, officer) -> None:
    ticket = filed(reporter)
    for who in (reporter, officer):
        answer = who.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
        assert answer.status_code == 403
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_ticket_walked_through_a_department_ends_closed(reporter, operator, officer) -> None:
    ticket = filed(reporter)
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    assert act(operator, ticket, "dispatch").get_json()["state"] == "dispatched"
    for action, note in (("sign", None), ("start", None), ("resolve", "已修好")):
        assert act(officer, ticket, action, **({"note": note} if note else {})).status_code == 200
    read = reporter.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert (read["state"], read["events"][-1]["note"]) == ("resolved", "已修好")


def test_step_that_the_table_does_not_know_is_refused_and_changes_nothing(reporter, operator) -> None:
    ticket = filed(reporter)
    for action in Action:
        if ("received", action) in {(state.value, name) for state, name in TRANSITIONS}:
            continue
        assert act(operator, ticket, action.value, note="x").status_code == 409
    assert reporter.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()["version"] == 1


def test_step_that_needs_a_claim_without_one_is_refused(app, reporter, operator) -> None:
    ticket, second = filed(reporter), staff_bearer(app, "operator", "HOTLINE")
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    assert act(second, ticket, "dispatch").status_code == 409


def test_officer_of_another_unit_sees_nothing(app, reporter, operator) -> None:
    ticket, other = filed(reporter), staff_bearer(app, "officer", "GREEN-XP")
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    act(operator, ticket, "dispatch")
    assert other.get(f"/hotline/v1/tickets/{ticket['id']}").status_code == 404


def test_list_paged_with_a_cursor_shows_each_ticket_once(reporter) -> None:
    numbers = {filed(reporter)["number"] for _ in range(5)}
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = reporter.get("/hotline/v1/tickets", query_string=query).get_json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == numbers


def test_cursor_of_somebody_else_is_refused(app, reporter) -> None:
    for _ in range(3):
        filed(reporter)
    cursor = reporter.get("/hotline/v1/tickets", query_string={"limit": 1}).get_json()["next_cursor"]
    answer = resident_bearer(app).get("/hotline/v1/tickets", query_string={"cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "web.cursor_invalid")


def test_read_is_audited_without_values(reporter, database) -> None:
    ticket = filed(reporter)
    reporter.get(f"/hotline/v1/tickets/{ticket['id']}")
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    assert any('"event":"hotline.ticket.read"' in leaf and str(reporter.account) in leaf for leaf in leaves)


def test_open311_discovery_and_services_are_public_and_bare(client) -> None:
    found = client.get("/hotline/open311/v2/discovery").get_json()
    assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert isinstance(client.get("/hotline/open311/v2/services.json").get_json(), list)
    assert client.get("/hotline/open311/v2/services.xml").data.startswith(b"<?xml")


@pytest.mark.fault
def test_claim_raced_by_eight_operators_has_one_winner(settings, committed) -> None:
    from wsgi import make_app

    app = make_app(settings, committed)
    reporter = resident_bearer(app)
    operators = [staff_bearer(app, "operator", "HOTLINE") for _ in range(8)]
    for _ in range(10):
        ticket = filed(reporter)
        barrier = Barrier(8)

        def run(who, ticket=ticket, barrier=barrier):
            barrier.wait()
            # A busy machine sheds some of the eight; they try again, as they are told to.
            while (answer := who.post(f"/hotline/v1/tickets/{ticket['id']}/claim")).status_code == 503:
                pass
            return answer.status_code

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(run, operators))
        assert sorted(answers) == [200] + [409] * 7


@pytest.mark.fault
def test_claim_next_raced_by_eight_operators_gives_every_ticket_once(settings, committed) -> None:
    from wsgi import make_app

    app = make_app(settings, committed)
    reporter = resident_bearer(app)
    operators = [staff_bearer(app, "operator", "HOTLINE") for _ in range(8)]
    numbers = {filed(reporter)["number"] for _ in range(40)}

    def run(who):
        won = []
        while (answer := who.post("/hotline/v1/queue/claim-next")).status_code != 404:
            if answer.status_code == 200:
                won.append(answer.get_json()["number"])
        return won

    with ThreadPoolExecutor(8) as pool:
        won = [number for numbers in pool.map(run, operators) for number in numbers]
    assert len(won) == 40
    assert set(won) == numbers
