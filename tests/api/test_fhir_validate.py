"""`$validate` finds what a write would refuse, and keeps nothing."""

import json

import pytest

from health_file.rules import ID_NUMBER_SYSTEM
from tests.support.doors import enrolled_id_number, resident_bearer
from tests.support.fhir import BASE, FHIR, open_file, write


@pytest.fixture
def body(file):
    subject = {"reference": f"Patient/{file.patient}"}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject}


def ask(bearer, path, content, query=""):
    return bearer.post(f"{BASE}/{path}/$validate{query}", data=json.dumps(content), headers=FHIR)


def found(answer):
    assert answer.status_code == 200, answer.text
    outcome = answer.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    return [(one["severity"], one["code"], *one.get("expression", [])) for one in outcome["issue"]]


def parameters(**given):
    listed = [
        {"name": name, **({"resource": value} if name == "resource" else {"valueCode": value})}
        for name, value in given.items()
    ]
    return {"resourceType": "Parameters", "parameter": listed}


FINE = [("information", "informational")]


def test_sound_resource_has_no_faults_and_is_not_kept(clinic, file, body) -> None:
    assert found(ask(clinic, "Observation", body)) == FINE
    assert found(ask(clinic, "Observation", parameters(resource=body, mode="create"))) == FINE
    profile = "http://hl7.org/fhir/StructureDefinition/Observation"
    assert found(ask(clinic, "Observation", parameters(resource=body, profile=profile))) == FINE
    assert clinic.get(f"{BASE}/Observation?patient={file.patient}").get_json()["total"] == 0


def test_every_fault_is_named_at_its_place(clinic, body) -> None:
    broken = {**body, "status": "x", "valueQuantity": {"value": "1"}}
    assert sorted(found(ask(clinic, "Observation", broken))) == [
        ("error", "code-invalid", "Observation.status"),
        ("error", "value", "Observation.valueQuantity.value"),
    ]


def test_mode_asks_whether_this_writer_could(app, clinic, file, body) -> None:
    made = write(clinic, body).get_json()
    path = f"Observation/{made['id']}"
    assert found(ask(clinic, path, made)) == FINE
    assert found(ask(clinic, path, {**made, "id": "x"}))[0][1:] == ("value", "Observation.id")
    assert found(ask(clinic, path, parameters(mode="delete"))) == FINE
    nobody = {**body, "subject": {"reference": "Patient/none"}}
    assert found(ask(clinic, "Observation", nobody)) == FINE
    assert found(ask(clinic, "Observation", nobody, "?mode=create"))[0][1] == "business-rule"
    other = open_file(app, clinic)
    moved = {**made, "subject": {"reference": f"Patient/{other.patient}"}}
    assert found(ask(clinic, path, moved))[0][1] == "business-rule"
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": ID_NUMBER_SYSTEM, "value": file.id_number}],
    }
    assert found(ask(clinic, "Patient", patient, "?mode=create"))[0][1] == "duplicate"
    patient["identifier"][0]["value"] = enrolled_id_number(app)[1]
    assert found(ask(clinic, "Patient", patient, "?mode=create")) == FINE


def test_request_that_asks_nothing_sensible_is_refused(app, clinic, body) -> None:
    for wrong in (
        parameters(mode="create"),
        parameters(resource=body, mode="x"),
        parameters(resource=body, profile="x"),
    ):
        assert ask(clinic, "Observation", wrong).status_code == 422
    assert ask(clinic, "Observation", parameters(colour="red")).status_code == 422
    assert ask(clinic, "Account", body).status_code == 404
    assert ask(clinic, f"Observation/{body['subject']['reference'][8:]}", body).status_code == 404
    assert ask(resident_bearer(app), "Observation", body).status_code == 403
