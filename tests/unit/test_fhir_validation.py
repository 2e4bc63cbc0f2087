"""HL7's official examples are accepted, and what breaks FHIR R4 is refused by path."""

import json

import pytest

from health_file.errors import ResourceInvalid, TypeNotSupported
from health_file.fhir.validation import validate
from services.settings import CHECKOUT

OFFICIAL = sorted((CHECKOUT / "tests" / "official" / "hl7").glob("*.json"))
OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
PATIENT = {"resourceType": "Patient"}


@pytest.mark.parametrize("path", OFFICIAL, ids=lambda path: path.name)
def test_official_example_is_accepted(path) -> None:
    resource = json.loads(path.read_text())
    before = json.dumps(resource)
    validate(resource, resource["resourceType"])
    assert json.dumps(resource) == before


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"status": None}, "Observation.status"),
        ({"status": "done"}, "Observation.status"),
        ({"code": None}, "Observation.code"),
        ({"colour": "red"}, "Observation.colour"),
        ({"valueString": "a", "valueInteger": 1}, "Observation.valueString"),
        ({"effectiveDateTime": "2023-02-30"}, "Observation.effectiveDateTime"),
        ({"valueInteger": 1.5}, "Observation.valueInteger"),
        ({"note": []}, "Observation.note"),
        ({"valueString": "a", "dataAbsentReason": {"text": "x"}}, "Observation.dataAbsentReason"),
        ({"id": "a" * 65}, "Observation.id"),
    ],
)
def test_observation_that_breaks_a_rule_is_refused_by_path(change, path) -> None:
    resource = {name: value for name, value in {**OBSERVATION, **change}.items() if value is not None}
    with pytest.raises(ResourceInvalid) as caught:
        validate(resource, "Observation")
    assert path in [issue[0] for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"gender": "male1"}, "Patient.gender"),
        ({"birthDate": "1980-13-01"}, "Patient.birthDate"),
        ({"contact": [{"gender": "male"}]}, "Patient.contact[0]"),
        ({"name": {}}, "Patient.name"),
        ({"deceasedBoolean": False, "deceasedDateTime": "2020"}, "Patient.deceasedDateTime"),
    ],
)
def test_patient_that_breaks_a_rule_is_refused_by_path(change, path) -> None:
    with pytest.raises(ResourceInvalid) as caught:
        validate({**PATIENT, **change}, "Patient")
    assert path in [issue[0] for issue in caught.value.issues]


def test_resource_of_another_type_than_its_address_is_refused() -> None:
    with pytest.raises(ResourceInvalid):
        validate(PATIENT, "Observation")
    with pytest.raises(TypeNotSupported):
        validate({"resourceType": "Account"}, "Account")
