"""The history of a type and of all: what the reader sees, newest first, each version once, and in the reader log."""

import json

import pytest

from tests.support.consents import give, owner_of, unit
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write


@pytest.fixture
def clinic(app):
    return staff_bearer(app, "practitioner", "CL-HP")


@pytest.fixture
def hospital(app):
    return staff_bearer(app, "practitioner", "CL-BJ")


@pytest.fixture
def owner(app, clinic):
    return owner_of(app, open_file(app, clinic))


def observation(owner, text="x"):
    subject = {"reference": f"Patient/{owner.file.patient}"}
    return {"resourceType": "Observation", "status": "final", "code": {"text": text}, "subject": subject}


def put(bearer, resource, version):
    headers = {**FHIR, "If-Match": f'W/"{version}"'}
    answer = bearer.put(f"{BASE}/Observation/{resource['id']}", data=json.dumps(resource), headers=headers)
    assert answer.status_code == 200, answer.text


def pages(bearer, address):
    """Every entry of every page, and how many pages there are."""
    found, count = [], 0
    while address:
        answer = bearer.get(address)
        assert answer.status_code == 200, answer.text
        bundle = answer.get_json()
        assert (bundle["type"], "total" in bundle) == ("history", False)
        links = {one["relation"]: one["url"] for one in bundle["link"]}
        assert all(url.startswith("http") for url in links.values())
        assert links["self"].partition("/health-file")[2] == address.partition("/health-file")[2]
        found += bundle.get("entry", [])
        count += 1
        address = links.get("next", "").partition("8000")[2]
    return found, count


def shape(entries):
    return [
        (one["request"]["method"], one["fullUrl"].rpartition("/")[2], one["response"]["etag"])
        for one in entries
    ]


def test_versions_of_a_type_come_newest_first_each_once(clinic, owner) -> None:
    first, second = (write(clinic, observation(owner, text)).get_json() for text in "ab")
    put(clinic, {**first, "code": {"text": "c"}}, 1)
    clinic.delete(f"{BASE}/Observation/{second['id']}")
    expected = [
        ("DELETE", second["id"], 'W/"2"'),
        ("PUT", first["id"], 'W/"2"'),
        ("POST", second["id"], 'W/"1"'),
        ("POST", first["id"], 'W/"1"'),
    ]
    found, count = pages(clinic, f"{BASE}/Observation/_history?_count=1")
    assert (shape(found), count) == (expected, 4)
    assert ["resource" in one for one in found] == [False, True, True, True]
    at = found[1]["resource"]["meta"]["lastUpdated"].replace("+", "%2B")
    assert shape(pages(clinic, f"{BASE}/Observation/_history?_since={at}")[0]) == expected[:2]
    everything, _ = pages(owner.bearer, f"{BASE}/_history?_count=2")
    assert shape(everything)[:4] == expected
    assert shape(everything)[4:] == [("POST", owner.file.patient, 'W/"1"')]


def test_history_shows_nobody_elses_versions_and_is_logged(clinic, hospital, owner) -> None:
    made = write(clinic, observation(owner)).get_json()
    for address in (f"{BASE}/Observation/_history", f"{BASE}/_history"):
        assert made["id"] not in str(pages(hospital, address)[0])
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
    assert shape(pages(hospital, f"{BASE}/Observation/_history")[0]) == [("POST", made["id"], 'W/"1"')]
    items = owner.bearer.get("/health-file/v1/access-log?limit=100").get_json()["items"]
    [one] = [one for one in items if one["event"] == "health_file.history.read"]
    assert (one["reader"]["unit"], one["resources"]) == ("CL-BJ", [f"Observation/{made['id']}"])


def test_history_is_declared_and_refuses_what_it_does_not_know(clinic) -> None:
    statement = clinic.get(f"{BASE}/metadata").get_json()["rest"][0]
    assert {"code": "history-system"} in statement["interaction"]
    assert all({"code": "history-type"} in one["interaction"] for one in statement["resource"])
    for address, status in (("Nothing/_history", 404), ("AuditEvent/_history", 404), ("_history?_at=2026", 400),
                            ("_history?_count=0", 400), ("_history?_since=yesterday", 400)):  # fmt: skip
        answer = clinic.get(f"{BASE}/{address}")
        assert (answer.status_code, answer.get_json()["resourceType"]) == (status, "OperationOutcome"), (
            address
        )
    assert clinic.get(f"{BASE}/Organization/_history").status_code == 200
