"""Dispatch by rule table and catalogue: dry run, explanation, and what the history keeps."""

import pytest

from hotline.rules import CATEGORIES
from hotline.rules.catalogue import GROUP_TITLES
from hotline.rules.routing import RoutingRule, route
from hotline.rules.units import UNIT_TABLE, UNITS, unit_for
from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer

RULES = [
    RoutingRule(version=3, rank=20, category="other", district=None, unit="GREEN-XP"),
    RoutingRule(version=3, rank=10, category="other", district="南苑区", unit="HOUSING-NY"),
]


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
    found = route(category, district, RULES)
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
    assert route(category, district, []).unit == unit


def test_catalogue_of_every_kind_finds_a_unit_in_every_district_and_outside_of_all() -> None:
    districts = {unit.district or "" for unit in UNIT_TABLE}
    found = {unit_for(category.duty, district) for category in CATEGORIES.values() for district in districts}
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
