"""Resources about no resident: the directory that everybody reads, the units' shelves, and what is about somebody."""

import gzip
import json
from decimal import Decimal

import pytest

from health_file.fhir import text
from health_file.rules import DIRECTORY_TYPES, SHELF_TYPES, UNIT_SYSTEM
from services.settings import CHECKOUT
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, owner_bearer, write

CORPUS = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"


@pytest.fixture
def other(app):
    return staff_bearer(app, "practitioner", "CL-BJ")


def path_of(answer):
    return answer.headers["Location"].partition("8000")[2].partition("/_history")[0]


@pytest.mark.parametrize("resource_type", [*DIRECTORY_TYPES, *SHELF_TYPES])
def test_official_examples_about_nobody_come_back_equal(resource_type, clinic) -> None:
    for line in gzip.decompress(CORPUS.read_bytes()).splitlines():
        example = json.loads(line, parse_float=Decimal)
        if example["resourceType"] != resource_type:
            continue
        answer = clinic.post(f"{BASE}/{resource_type}", data=text.write(example), headers=FHIR)
        assert answer.status_code == 201, (example["id"], answer.text)
        accept = {"Accept": "application/fhir+json"}
        stored = text.read(clinic.get(path_of(answer), headers=accept).get_data())
        for body in (stored, example):
            body.pop("id", None)
            meta = body.pop("meta", {})
            body["meta"] = {key: meta[key] for key in meta if key not in {"versionId", "lastUpdated"}}
        assert text.write(stored) == text.write(example)


def test_directory_is_read_by_everybody_and_changed_by_its_author(app, clinic, other) -> None:
    body = {"resourceType": "Organization", "name": "和平社区卫生中心"}
    made = write(clinic, body)
    assert made.status_code == 201, made.text
    stranger = resident_bearer(app)
    for reader in (clinic, other, stranger):
        assert reader.get(path_of(made)).get_json()["name"] == body["name"]
        assert reader.get(f"{BASE}/Organization?_id={made.get_json()['id']}").get_json()["total"] == 1
    changed = json.dumps({**made.get_json(), "name": "x"})
    headers = {**FHIR, "If-Match": 'W/"1"'}
    assert other.put(path_of(made), data=changed, headers=headers).status_code == 403
    assert other.delete(path_of(made)).status_code == 403
    assert clinic.put(path_of(made), data=changed, headers=headers).status_code == 200
    assert clinic.get("/health-file/v1/resources").get_json()["items"] == []
    assert stranger.get("/health-file/v1/resources").get_json()["items"] == []


def test_code_of_another_unit_is_not_claimed(clinic) -> None:
    def organisation(unit):
        return {"resourceType": "Organization", "identifier": [{"system": UNIT_SYSTEM, "value": unit}]}

    assert write(clinic, organisation("CL-HP")).status_code == 201
    refused = write(clinic, organisation("CL-BJ"))
    assert refused.status_code == 422
    (issue,) = refused.get_json()["issue"]
    assert (issue["code"], issue["expression"]) == ("business-rule", ["Organization.identifier[0].value"])


def test_shelf_of_a_unit_is_seen_by_that_unit_alone(app, clinic, other) -> None:
    made = write(clinic, {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="})
    assert made.status_code == 201, made.text
    fhir = {"Accept": "application/fhir+json"}
    assert clinic.get(path_of(made), headers=fhir).get_json()["data"] == "eA=="
    for reader in (other, resident_bearer(app)):
        assert reader.get(path_of(made), headers=fhir).status_code == 404
        assert reader.get(f"{path_of(made)}/_history/1", headers=fhir).status_code == 404
        assert reader.get(f"{BASE}/Binary?_id={made.get_json()['id']}").get_json()["total"] == 0


def test_what_names_a_resident_stands_in_that_file(app, clinic, other) -> None:
    file = open_file(app, clinic)
    owner = owner_bearer(app, file)
    patient = {"reference": f"Patient/{file.patient}"}
    seen = write(
        clinic, {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": patient}
    ).get_json()
    target = f"Observation/{seen['id']}/_history/1"
    document = {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {
            "system": "urn:ietf:rfc:3986",
            "value": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        },
        "timestamp": "2026-11-26T10:00:00+08:00",
        "entry": [
            {
                "fullUrl": "urn:uuid:9a1f0c7e-4f2d-4c8e-9a51-2f2c9f3d1c11",
                "resource": {
                    "resourceType": "Composition",
                    "status": "final",
                    "type": {"text": "x"},
                    "subject": patient,
                    "date": "2026-11-26",
                    "author": [{"display": "x"}],
                    "title": "x",
                },
            }
        ],
    }
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": target}],
        "recorded": "2026-11-26T10:00:00+08:00",
        "agent": [{"who": {"display": "x"}}],
    }
    binary = {
        "resourceType": "Binary",
        "contentType": "text/plain",
        "securityContext": patient,
        "data": "eA==",
    }
    for body in (document, provenance, binary):
        made = write(clinic, body)
        assert made.status_code == 201, made.text
        assert owner.get(path_of(made), headers={"Accept": "application/fhir+json"}).status_code == 200
    second = open_file(app, clinic)
    provenance["target"].append({"reference": f"Patient/{second.patient}"})
    refused = write(clinic, provenance)
    assert refused.status_code == 422
    assert refused.get_json()["issue"][0]["code"] == "business-rule"


def test_log_of_readers_is_not_written_from_outside(clinic) -> None:
    refused = write(clinic, {"resourceType": "AuditEvent"})
    assert refused.status_code == 405
    assert refused.get_json()["resourceType"] == "OperationOutcome"
