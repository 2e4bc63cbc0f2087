"""Years and rules of time from files: checked, tried without effect, published once."""

import json
from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from hotline.commands import hotline
from hotline.rules.calendar import DayKind
from hotline.rules.publications import check_categories, document_in, policy_in, year_in
from services.errors import Invalid

YEAR = {
    "year": 2027,
    "source": "a test",
    "days": {"2027-01-01": "holiday", "2027-02-06": "makeup"},
}
POLICY = {
    "spans": [[540, 720], [810, 1080]],
    "minutes": {"accept": 60, "sign": 225, "contact": 450, "resolve": 2250, "call_back": 1350},
    "calendar": ["accept"],
    "redo": 1350,
    "pause_cap": 4320,
    "levels": [50, 100],
}
CSV = "day,kind\n2027-01-01,holiday\n2027-02-06,makeup\n"


@pytest.fixture
def run(committed, settings, tmp_path, monkeypatch):
    """A subcommand over a file of this content, on a database that really commits."""
    monkeypatch.setattr("hotline.commands.open_database", lambda _: nullcontext(committed))

    def run_over(command, content, *options):
        path = tmp_path / "told"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return CliRunner().invoke(hotline, [command, str(path), *options], obj=settings)

    return run_over


def test_year_is_tried_published_once_and_corrected_by_a_version_of_its_own(run) -> None:
    assert "would be published" in run("publish-year", YEAR, "--dry-run").output
    assert "published, version 2" in run("publish-year", YEAR).output
    assert "holds already, version 2" in run("publish-year", YEAR).output
    assert "holds already, version 2" in run("publish-year", CSV, "--source", "a test").output
    corrected = {**YEAR, "days": {"2027-01-01": "holiday"}}
    assert "published, version 3" in run("publish-year", corrected).output


def test_policy_is_published_once(run) -> None:
    assert run("publish-policy", POLICY, "--dry-run").exit_code == 0
    assert run("publish-policy", POLICY).output.endswith("published\n")
    assert run("publish-policy", POLICY).output.endswith("holds already\n")


def test_backstops_are_published_once(run) -> None:
    content = {"": "WORKS", "东岸区": "WORKS-DA"}
    assert run("publish-backstops", content, "--dry-run").exit_code == 0
    assert run("publish-backstops", content).output == "version 2: published\n"
    assert run("publish-backstops", content).output == "version 2: holds already\n"
    assert "NOWHERE" not in run("publish-backstops", {"": "NOWHERE"}).output


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ([], "/rules/0"),
        ({"minutes": {"resolve": 60}}, "/rules/0"),
        ({"minutes": {"resolve": 60}, "source": "a test", "more": 1}, "/rules/0"),
        ({"minutes": {}, "source": "a test"}, "/rules/0/minutes"),
        ({"minutes": {"resolve": 0}, "source": "a test"}, "/rules/0/minutes/resolve"),
        ({"minutes": {"never": 1}, "source": "a test"}, "/rules/0/minutes"),
        ({"minutes": {"resolve": 60}, "calendar": ["sign"], "source": "a test"}, "/rules/0/minutes"),
        ({"minutes": {"resolve": 60}, "source": " "}, "/rules/0/source"),
        ({"minutes": {"resolve": 60}, "urgencies": ["never"], "source": "a test"}, "/rules/0/urgencies"),
        ({"minutes": {"resolve": 60}, "categories": "road", "source": "a test"}, "/rules/0/categories"),
        ({"minutes": {"resolve": 60}, "categories": ["nothing"], "source": "a test"}, "/rules/0/categories"),
    ],
)
def test_wrong_rule_of_time_names_its_field(rule, field) -> None:
    with pytest.raises(Invalid) as wrong:
        check_categories(policy_in(2, {**POLICY, "rules": [rule]}))
    assert wrong.value.field == field


def test_wrong_file_is_named_in_one_line_and_publishes_nothing(run) -> None:
    wrong = run("publish-year", {**YEAR, "days": {"2027-01-02": "holiday"}})
    assert (wrong.exit_code, "2027-01-02" in wrong.output) == (1, True)
    assert run("publish-policy", "{}").exit_code == 1
    assert "would be published" in run("publish-year", YEAR, "--dry-run").output


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (json.dumps({**YEAR, "source": ""}), "/source"),
        (json.dumps({**YEAR, "year": 2026}), "/days/2027-01-01"),
        (json.dumps({**YEAR, "year": True}), "/year"),
        (json.dumps({**YEAR, "more": 1}), ""),
        (json.dumps({**YEAR, "days": {"2027-01-01": "makeup"}}), "/days/2027-01-01"),
        (json.dumps({**YEAR, "days": {"2027-13-01": "holiday"}}), "/days"),
        ('{"year": 2027, "source": "a", "days": {"2027-01-01": "holiday", "2027-01-01": "holiday"}}', ""),
        ("{", ""),
        ("", ""),
        ("day,kind\n2027-01-01", "/days"),
        (CSV, "/source"),
        (CSV + "2027-01-01,holiday\n", "/days/2027-01-01"),
    ],
)
def test_wrong_year_names_its_field(text, field) -> None:
    with pytest.raises(Invalid) as wrong:
        year_in(text, "" if field == "/source" else "a test")
    assert wrong.value.field == field


def test_both_forms_of_a_year_say_the_same() -> None:
    assert year_in(json.dumps(YEAR)) == year_in("\ufeff" + CSV, "a test")
    assert set(year_in(CSV, "a test").days.values()) == {DayKind.HOLIDAY, DayKind.MAKEUP}


@pytest.mark.parametrize(
    "changed",
    [
        {"spans": []},
        {"spans": [[720, 540]]},
        {"spans": [[540, 720], [700, 900]]},
        {"spans": [[540, 1441]]},
        {"minutes": {"accept": 60}},
        {"minutes": {**POLICY["minutes"], "resolve": 0}},
        {"minutes": {**POLICY["minutes"], "resolve": 1.5}},
        {"calendar": ["never"]},
        {"calendar": [[]]},
        {"redo": True},
        {"pause_cap": "1"},
        {"levels": [80, 50]},
        {"levels": [50, 50]},
        {"more": 1},
    ],
)
def test_wrong_rules_of_time_are_refused(changed) -> None:
    with pytest.raises(Invalid):
        policy_in(2, document_in(json.dumps({**POLICY, **changed})))
