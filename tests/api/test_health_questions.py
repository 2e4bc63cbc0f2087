"""The reader log of what shows nothing: questions, counts, HEAD and 304 name who asked about whom."""

import pytest

from tests.support.consents import give, owner_of, unit
from tests.support.fhir import BASE, open_file, write

ASKED, READ = "health_file.resources.asked", "health_file.resources.read"


@pytest.fixture
def owner(app, clinic):
    return owner_of(app, open_file(app, clinic))


def log(owner, event):
    items = owner.bearer.get("/health-file/v1/access-log?limit=100").get_json()["items"]
    return [one for one in items if one["event"] == event]


@pytest.mark.parametrize(
    "query",
    [
        "Observation?patient={patient}",
        "Observation?subject=Patient/{patient}&_summary=count",
        "Observation?patient={patient}&_count=0",
        "Condition?patient={patient}&code=x",
        "Patient?_id={patient}",
        "Patient/{patient}/Observation",
        "Observation/$lastn?patient={patient}",
    ],
)
@pytest.mark.parametrize("is_let_in", [True, False])
def test_question_about_a_resident_stands_in_their_log(hospital, owner, query, is_let_in) -> None:
    if is_let_in:
        give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
    answer = hospital.get(f"{BASE}/{query.format(patient=owner.file.patient)}")
    assert answer.status_code == 200, answer.text
    if is_let_in and query.startswith("Patient?"):
        return
    [one] = log(owner, ASKED)
    assert (one["reader"]["person"], one["reader"]["unit"], one["count"]) == (
        str(hospital.account),
        "CL-BJ",
        0,
    )
    assert one["consent"].startswith("consent:") is is_let_in
    assert is_let_in or one["consent"] == "none"
    assert owner.file.patient not in str(one["resources"])


def test_question_that_names_nobody_is_about_nobody(hospital, owner) -> None:
    hospital.get(f"{BASE}/Observation?code=x")
    hospital.get(f"{BASE}/Patient?name=x")
    owner.bearer.get(f"{BASE}/Organization?name=x")
    assert log(owner, ASKED) == []


def test_head_and_not_modified_are_readings(clinic, owner) -> None:
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    kept = write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}})
    address, tag = f"{BASE}/Observation/{kept.get_json()['id']}", kept.headers["ETag"]
    known = clinic.get(address, headers={"If-None-Match": tag})
    assert (known.status_code, known.data) == (304, b"")
    head = clinic.http.head(address, headers={"Authorization": f"Bearer {clinic.token}"})
    assert (head.status_code, head.data) == (200, b"")
    counted = clinic.get(f"{BASE}/Observation?patient={owner.file.patient}&_summary=count")
    assert counted.get_json()["total"] == 1
    assert len(log(owner, "health_file.resource.read")) == 2
    assert [one["count"] for one in log(owner, READ)] == [1]
