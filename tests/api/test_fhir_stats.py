"""`Observation/$stats`: over what the reader sees, for each code and unit, and in the reader log."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health_file.fhir.statistics import KNOWN, Asked, statistics_of
from tests.support.consents import owner_of
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write

LOINC = "http://loinc.org"
NAMES = ("average", "maximum", "minimum", "count", "total-count", "median", "std-dev", "4-dev")


@pytest.fixture
def clinic(app):
    return staff_bearer(app, "practitioner", "CL-HP")


@pytest.fixture
def file(app, clinic):
    return open_file(app, clinic)


def measured(clinic, file, value, *, code="8480-6", day="2026-05-01", unit="mm[Hg]", **elements):
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{file.patient}"},
        "effectiveDateTime": day,
        **elements,
    }
    if value is not None:
        body["valueQuantity"] = {
            "value": value,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        }
    assert write(clinic, body).status_code == 201


def figures(observation):
    return {
        one["code"]["coding"][0]["code"]: one["valueQuantity"]["value"]
        for one in observation["component"]
        if "valueQuantity" in one
    }


def asked(bearer, file, **more):
    values = [{"name": "subject", "valueUri": f"Patient/{file.patient}"}]
    values += [{"name": "statistic", "valueCode": one} for one in NAMES]
    values += [{"name": name, **value} for name, value in more.items()]
    body = json.dumps({"resourceType": "Parameters", "parameter": values})
    return bearer.post(f"{BASE}/Observation/$stats", data=body, headers=FHIR)


def test_statistics_of_a_code_over_a_period(clinic, file) -> None:
    for value, day in ((120, "2026-05-01"), (130, "2026-05-02"), (125.5, "2026-05-03"), (200, "2020-01-01")):
        measured(clinic, file, value, day=day)
    measured(clinic, file, None, day="2026-05-02")
    measured(clinic, file, 17, unit="kPa", day="2026-05-02")
    measured(clinic, file, 900, day="2026-05-02", status="entered-in-error")
    measured(clinic, file, 37, code="8310-5", day="2026-05-02")
    code = {"valueCoding": {"system": LOINC, "code": "8480-6"}}
    period = {"valuePeriod": {"start": "2026-05-01", "end": "2026-05-31"}}
    answer = asked(clinic, file, coding=code, period=period, include={"valueBoolean": True})
    assert answer.status_code == 200, answer.text
    found = [one["resource"] for one in answer.get_json()["parameter"] if one["name"] == "statistics"]
    by_unit = {one["component"][0]["valueQuantity"]["unit"]: one for one in found}
    assert figures(by_unit["mm[Hg]"]) == {
        "average": 125.166667, "maximum": 130, "minimum": 120, "count": 3, "total-count": 5, "median": 125.5,
        "std-dev": 5.008326, "4-dev": 5,
    }  # fmt: skip
    assert figures(by_unit["kPa"])["maximum"] == 17
    assert by_unit["mm[Hg]"]["effectivePeriod"] == period["valuePeriod"]
    assert sum(one["name"] == "source" for one in answer.get_json()["parameter"]) == 5
    plain = f"{BASE}/Observation/$stats?subject=Patient/{file.patient}&code=8480-6&system={LOINC}&statistic=maximum"
    [one] = [one for one in clinic.get(plain).get_json()["parameter"] if "mm[Hg]" in str(one)]
    assert figures(one["resource"]) == {"maximum": 200}


def test_stranger_learns_nothing_and_the_resident_that_they_asked(app, clinic, file) -> None:
    measured(clinic, file, 120)
    hospital = staff_bearer(app, "practitioner", "CL-BJ")
    answer = asked(hospital, file, code={"valueString": "8480-6"})
    [one] = answer.get_json()["parameter"]
    assert figures(one["resource"]) == {"count": 0, "total-count": 0}
    items = owner_of(app, file).bearer.get("/health-file/v1/access-log?limit=100").get_json()["items"]
    assert "health_file.resources.asked" in {item["event"] for item in items}


@pytest.mark.parametrize(
    "query",
    [
        "code=x&statistic=average",
        "subject=Patient/{patient}&statistic=average",
        "subject=Patient/{patient}&code=x",
        "subject=Patient/{patient}&code=x&statistic=regression",
        "subject=Patient/{patient}&code=x&statistic=average&duration=nan",
        "subject=Patient/{patient}&code=x&statistic=average&duration=-1",
        "subject=Patient/{patient}&code=x&statistic=average&duration=1e400",
        "subject=Patient/{patient}&code=x&statistic=average&period=2026",
        "subject=Patient/{patient}&code=x&statistic=average&limit=0&include=true",
        "subject=Patient/{patient}&code=x&statistic=average&include=maybe",
        "subject=Patient/{patient}&subject=Patient/{patient}&code=x&statistic=average",
        "subject=Patient/{patient}&code=x&statistic=average&other=1",
        "subject=Device/1&code=x&statistic=average",
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(clinic, file, query) -> None:
    answer = clinic.get(f"{BASE}/Observation/$stats?{query.format(patient=file.patient)}")
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["issue"][0]["diagnostics"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals(-(10**6), 10**6, places=3), max_size=12))
def test_any_values_have_statistics_or_say_that_they_have_none(values) -> None:
    code = {"coding": [{"code": "c"}]}
    bodies = [{"code": code, "valueQuantity": {"value": one}} for one in values]
    [found] = statistics_of(Asked("Patient/1", (("", "c"),), KNOWN), bodies)
    assert len(found["component"]) == len(KNOWN)
    shown = figures(found)
    assert shown["count"] == shown["total-count"] == len(values)
    if values:
        assert shown["minimum"] <= shown["4-lower"] <= shown["median"] <= shown["4-upper"] <= shown["maximum"]
        assert all("E" not in str(one) for one in shown.values())
