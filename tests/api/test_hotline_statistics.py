"""Marks, counts with their denominators, the heat map, open data and the supervisors' wall."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from hotline import actions
from hotline.rules.statistics import MEASURES, heat_of, shares_of, worst_of
from services import clock
from services.actor import Actor, ActorKind
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer

TICKET = {"category": "street_light", "text": "三号楼前的路灯坏了", "district": "东岸区", "place": ""}
SUPERVISOR = Actor(kind=ActorKind.STAFF, roles=frozenset({"supervisor"}), unit="HOTLINE")


@pytest.fixture
def crew(app):
    return {
        "reporter": resident_bearer(app),
        "operator": staff_bearer(app, "operator", "HOTLINE"),
        "officer": staff_bearer(app, "officer", "WORKS-DA"),
    }


def resolved(crew, **changes) -> str:
    """The path of a ticket that its department says is done."""
    filed = crew["reporter"].post("/hotline/v1/tickets", json=TICKET | changes).get_json()
    path = f"/hotline/v1/tickets/{filed['id']}"
    crew["operator"].post(f"{path}/claim")
    for who, action in (
        ("operator", "dispatch"),
        ("officer", "sign"),
        ("officer", "contact"),
        ("officer", "start"),
        ("officer", "resolve"),
    ):
        answer = crew[who].post(f"{path}/actions", json={"action": action, "note": "已处理"})
        assert answer.status_code == 200, answer.text
    return path


def count(database) -> None:
    with database.transaction(Opening(role=Role.WORKER)) as session:
        actions.count_days(session)


def rates_of(answer) -> dict[str, tuple[int, int]]:
    return {rate["code"]: (rate["part"], rate["whole"]) for rate in answer.get_json()["total"]["rates"]}


def test_close_with_a_mark_keeps_it_and_a_second_mark_is_refused(crew) -> None:
    path = resolved(crew)
    reporter = crew["reporter"]
    closed = reporter.post(f"{path}/replies", json={"action": "close", "score": 5})
    assert closed.status_code == 200, closed.text
    assert "rate" not in closed.get_json()["actions"]
    assert reporter.post(f"{path}/replies", json={"action": "rate", "score": 1}).status_code == 409


def test_rate_after_closing_without_a_mark_takes_one(crew) -> None:
    path = resolved(crew)
    crew["reporter"].post(f"{path}/replies", json={"action": "close"})
    assert crew["reporter"].post(f"{path}/replies", json={"action": "rate"}).status_code == 422
    rated = crew["reporter"].post(f"{path}/replies", json={"action": "rate", "score": 2})
    assert (rated.status_code, rated.get_json()["state"]) == (200, "closed")


@pytest.mark.parametrize("body", [{"action": "reopen", "score": 5}, {"action": "close", "score": 6}])
def test_mark_where_none_belongs_or_out_of_range_is_422(crew, body) -> None:
    path = resolved(crew)
    assert crew["reporter"].post(f"{path}/replies", json={"note": "没好", **body}).status_code == 422


def test_statistics_contested_unreached_and_unmarked_are_never_satisfied(app, crew, database) -> None:
    reporter = crew["reporter"]
    happy, silent, angry = resolved(crew), resolved(crew), resolved(crew)
    reporter.post(f"{happy}/replies", json={"action": "close", "score": 5})
    reporter.post(f"{silent}/replies", json={"action": "close"})
    reporter.post(f"{angry}/replies", json={"action": "close", "score": 5})
    reporter.post(f"{angry}/replies", json={"action": "dispute", "note": "晚上又坏了"})
    reporter.post("/hotline/v1/tickets", json=TICKET | {"district": "南苑区"})
    count(database)
    answer = app.test_client().get("/hotline/v1/statistics?by=district")
    assert answer.status_code == 200, answer.text
    counts = answer.get_json()["total"]["counts"]
    assert (counts["filed"], counts["open"], counts["done"], counts["contested"]) == (4, 2, 3, 1)
    assert rates_of(answer) == {
        "response": (3, 3),
        "on_time": (3, 3),
        "resolution": (2, 3),
        "satisfaction": (1, 3),
        "satisfaction_of_marked": (1, 2),
    }
    by_district = {row["value"]: row["counts"]["filed"] for row in answer.get_json()["rows"]}
    assert by_district == {"东岸区": 3, "南苑区": 1}


def test_count_again_gives_the_same_and_follows_what_moved(app, crew, database) -> None:
    path = resolved(crew)
    count(database)
    before = app.test_client().get("/hotline/v1/statistics?by=unit").get_json()["rows"]
    count(database)
    assert app.test_client().get("/hotline/v1/statistics?by=unit").get_json()["rows"] == before
    crew["reporter"].post(f"{path}/replies", json={"action": "close", "score": 4})
    count(database)
    total = app.test_client().get("/hotline/v1/statistics?by=unit").get_json()["total"]["counts"]
    assert (total["satisfied"], total["open"]) == (1, 0)


def test_statistics_more_than_a_year_is_422(app) -> None:
    asked = "/hotline/v1/statistics?by=day&first=2024-01-01&last=2026-01-01"
    assert app.test_client().get(asked).status_code == 422
    assert app.test_client().get("/hotline/v1/statistics?by=colour").status_code == 422


def test_wall_and_heat_show_what_ran_out(app, crew, database) -> None:
    filed = crew["reporter"].post("/hotline/v1/tickets", json=TICKET).get_json()
    with clock.held(clock.now() + timedelta(days=30)):
        with database.transaction(Opening(role=Role.STAFF, service="hotline")) as session:
            late = actions.list_late(session, SUPERVISOR)
        assert [(unit.unit, unit.count) for unit in late.units] == [("HOTLINE", 1)]
        assert [str(ticket.id) for ticket in late.tickets] == [filed["id"]]


def test_wall_keeps_a_confidential_ticket_closed_as_every_list_does(crew, database) -> None:
    crew["reporter"].post("/hotline/v1/tickets", json=TICKET | {"is_confidential": True})
    staff = Opening(role=Role.STAFF, service="hotline")
    with clock.held(clock.now() + timedelta(days=30)), database.transaction(staff) as session:
        late = actions.list_late(session, SUPERVISOR)
    assert [ticket.text for ticket in late.tickets] == [""]


def test_open_data_shows_kind_and_released_words_never_what_was_reported(crew, privacy) -> None:
    privacy.watch(TICKET["text"])
    filed = crew["reporter"].post("/hotline/v1/tickets", json=TICKET).get_json()
    path = f"/hotline/v1/tickets/{filed['id']}"
    crew["operator"].post(f"{path}/claim")
    released = crew["operator"].post(f"{path}/publication", json={"text": "=HYPERLINK(1)"})
    assert released.status_code == 200, released.text
    answer = crew["reporter"].http.get("/hotline/v1/open-data/tickets.csv")
    assert answer.mimetype == "text/csv"
    (row,) = csv.DictReader(StringIO(answer.text))
    assert (row["number"], row["state"], row["category"]) == (filed["number"], "open", "street_light")
    assert row["text"] == "'=HYPERLINK(1)"


def test_heat_steps_and_worst_cell() -> None:
    cells = heat_of(
        [("东岸区", 9, 100, 99), ("东岸区", 10, 10, 5), ("南苑区", 9, 0, 0), ("南苑区", 10, 4, 2)]
    )
    assert [cell.step for cell in cells] == [1, 5, 0, 5]
    assert worst_of(cells) == cells[1]


def test_share_of_nothing_is_none_and_halves_round_up() -> None:
    counts = dict.fromkeys(MEASURES, 0) | {"done": 2000, "confirmed": 1}
    shares = {share.code: share.per_mille for share in shares_of(counts)}
    assert (shares["response"], shares["resolution"], shares["satisfaction"]) == (None, 1, 0)


def test_pages_of_statistics_and_wall_say_what_there_is(app, crew, database) -> None:
    resolved(crew)
    count(database)
    for language, words in (("zh-Hans", "热线数据"), ("en", "Hotline figures")):
        page = app.test_client().get("/hotline/statistics", headers={"Accept-Language": language})
        assert (page.status_code, words in page.text) == (200, True)
    assert app.test_client().get("/hotline/statistics?first=2020-01-01").status_code == 422
