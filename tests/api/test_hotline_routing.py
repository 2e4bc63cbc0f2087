"""Dispatch by rule table and catalogue: dry run, explanation, and what the history keeps."""

import pytest

from hotline.rules.routing import RoutingRule, route
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
        ("road", "南苑区", "WORKS-DA", None, ["category", "category"]),
    ],
)
def test_first_rule_that_fits_decides_and_each_that_was_asked_says_why(
    category, district, unit, rank, differs
) -> None:
    found = route(category, district, RULES)
    assert (found.unit, found.rank, found.version) == (unit, rank, 3)
    assert [one.differs_in for one in found.considered] == differs


def test_no_rules_leave_the_catalogue() -> None:
    assert route("noise", "东岸区", []).unit == "GREEN-XP"


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
