"""Dispatch by rule table and catalogue: dry run, explanation, and what the history keeps."""

import pytest

from hotline import actions
from hotline.rules import CATEGORIES
from hotline.rules.catalogue import GROUP_TITLES
from hotline.rules.publications import backstops_in
from hotline.rules.routing import Backstops, RoutingRule, route
from hotline.rules.units import UNIT_TABLE, UNITS, unit_for
from services.actor import system
from services.database.roles import Role
from services.errors import Invalid
from tests.api.test_hotline_clocks import worker
from tests.api.test_hotline_steps import later, run_timer, walk
from tests.support.doors import resident_bearer, staff_bearer

RULES = [
    RoutingRule(version=3, rank=20, category="other", district=None, unit="GREEN-XP"),
    RoutingRule(version=3, rank=10, category="other", district="南苑区", unit="HOUSING-NY"),
]


BACKSTOPS = Backstops(version=7, units={"": "WORKS", "东岸区": "GREEN-DA", "南苑区": "HOUSING-NY"})


@pytest.mark.parametrize(
    ("category", "district", "unit", "rank", "differs"),
    [
        ("other", "南苑区", "HOUSING-NY", 10, [None]),
        ("other", "东岸区", "GREEN-XP", 20, ["district", None]),
        ("road", "南苑区", "WORKS-NY", None, ["category", "category"]),
    ],
)
def test_first_rule_that_fits_decides_and_each_that_was_asked_says_why(
    category, district, unit, rank, differs
) -> None:
    found = route(category, district, RULES, BACKSTOPS)
    assert (found.unit, found.rank, found.version) == (unit, rank, 3)
    assert [one.differs_in for one in found.considered] == differs


@pytest.mark.parametrize(
    ("category", "district", "unit"),
    [
        ("noise", "东岸区", "ENFORCE-DA"),
        ("street_light", "西浦区", "WORKS-XP"),
        ("street_light", "一个没有的区", "WORKS"),
        ("water", "西浦区", "WATER"),
    ],
)
def test_no_rules_leave_the_duty_to_the_districts_own_unit_else_to_the_citys(
    category: str, district: str, unit: str
) -> None:
    assert route(category, district, [], BACKSTOPS).unit == unit


def test_catalogue_of_every_kind_finds_a_unit_in_every_district_and_outside_of_all() -> None:
    districts = {unit.district or "" for unit in UNIT_TABLE}
    duties = {category.duty for category in CATEGORIES.values()} - {None}
    found = {unit_for(duty, district) for duty in duties for district in districts}
    assert found == UNITS
    assert {category.group for category in CATEGORIES.values()} == set(GROUP_TITLES)


@pytest.mark.parametrize(
    ("district", "unit", "rule"), [("南苑区", "HOUSING-NY", 20), ("东岸区", "WORKS-DA", None)]
)
def test_dry_run_sends_nothing_and_dispatch_goes_where_it_said(app, database, district, unit, rule) -> None:
    reporter, operator = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    asked = {"category": "other", "text": "公交站牌看不清", "district": district, "place": ""}
    ticket = reporter.post("/hotline/v1/tickets", json=asked).get_json()
    path = f"/hotline/v1/tickets/{ticket['id']}"
    planned = operator.get(f"{path}/route").get_json()
    assert (planned["unit"], planned["rank"]) == (unit, rule)
    assert operator.get(path).get_json()["version"] == 1
    operator.post(f"{path}/claim")
    sent = operator.post(f"{path}/actions", json={"action": "dispatch"}).get_json()
    assert (sent["state"], sent["unit"]) == ("dispatched", unit)
    kept = database.read_as(
        Role.WORKER, "SELECT details->>'rule' FROM hotline.ticket_events WHERE action = 'dispatch'"
    )
    assert kept == [None if rule is None else str(rule)]
    assert reporter.get(f"{path}/route").status_code == 403


def test_catalogue_and_units_are_open_to_everybody_in_both_languages(app) -> None:
    client = app.test_client()
    kinds = {kind["code"]: kind for kind in client.get("/hotline/v1/categories").json}
    assert set(kinds) == set(CATEGORIES)
    assert kinds["gas"]["group"] == "水电燃气"
    assert "煤气" in kinds["gas"]["keywords"]
    units = client.get("/hotline/v1/units", headers={"Accept-Language": "en"}).json
    assert {
        "code": "WATER",
        "title": "City Water Centre",
        "duty": "Water and drainage",
        "district": None,
    } in units
    assert {unit["code"] for unit in units} == UNITS


@pytest.mark.parametrize(
    ("district", "place", "unit"),
    [
        ("东岸区", "", "GREEN-DA"),
        ("城中市东岸区", "", "GREEN-DA"),
        ("", "城中市南苑区和平路 12 号", "HOUSING-NY"),
        ("东岸区", "南苑区和平路", "GREEN-DA"),
        ("", "梧桐小区 3 号", "WORKS"),
        ("临港区", "", "WORKS"),
        ("", "", "WORKS"),
    ],
)
@pytest.mark.parametrize("category", ["other", "consult", "opinion"])
def test_kind_that_does_not_say_whose_it_is_goes_to_its_districts_backstop(
    category, district, place, unit
) -> None:
    found = route(category, district, [], BACKSTOPS, place)
    assert (found.unit, found.rank, found.backstops) == (unit, None, 7)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ([], ""),
        ({"东岸区": "WORKS-DA"}, ""),
        ({"": "NOWHERE"}, "/"),
        ({"": "WORKS", "东岸区": 1}, "/东岸区"),
        ({"": "WORKS", " 东岸区": "WORKS-DA"}, "/"),
    ],
)
def test_wrong_backstops_name_the_district(content, field) -> None:
    with pytest.raises(Invalid) as wrong:
        backstops_in(content)
    assert wrong.value.field == field


def test_newest_backstops_decide_from_then_on_and_the_history_names_the_version(app, database) -> None:
    reporter, operator = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    content = {"": "WORKS", "临港区": "GREEN-LG"}
    with worker(database) as session:
        told = [
            actions.publish_backstops(session, system("hotline.command"), content=content) for _ in range(2)
        ]
    assert told == [(2, True), (2, False)]
    asked = {"category": "opinion", "text": "建议多设几把长椅", "district": "", "place": "临港区望海街"}
    ticket = reporter.post("/hotline/v1/tickets", json=asked).get_json()
    if "id" not in ticket:
        asked["district"] = "临港区"
        ticket = reporter.post("/hotline/v1/tickets", json=asked).get_json()
    path = f"/hotline/v1/tickets/{ticket['id']}"
    planned = operator.get(f"{path}/route").get_json()
    assert (planned["unit"], planned["backstops"]) == ("GREEN-LG", 2)
    operator.post(f"{path}/claim")
    assert operator.post(f"{path}/actions", json={"action": "dispatch"}).get_json()["unit"] == "GREEN-LG"
    kept = "SELECT details->>'backstops' FROM hotline.ticket_events WHERE action = 'dispatch'"
    assert database.read_as(Role.WORKER, kept) == ["2"]


@pytest.mark.parametrize(
    ("district", "unit"), [("西浦区", "WORKS-XP"), ("临港区", "WORKS-LG"), ("外地", "WORKS")]
)
def test_ruling_that_did_not_come_leaves_a_ticket_with_its_districts_backstop(
    app, database, district, unit
) -> None:
    reporter, operator = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    asked = {"category": "road", "text": "井盖松了", "district": district, "place": ""}
    ticket = reporter.post("/hotline/v1/tickets", json=asked).get_json()
    sent = walk(ticket, (operator, "claim"), (operator, "dispatch"))
    officer = staff_bearer(app, "officer", sent["unit"])
    walk(ticket, (officer, "object", {"note": "不归我们"}))
    for hours, since in ((24, 4), (48, 5)):
        with later(hours * 60):
            assert run_timer(database, ticket, since) is True
    shown = operator.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert (shown["state"], shown["unit"]) == ("dispatched", unit)
