"""HL7's official examples are accepted, and what breaks FHIR R4 is refused by path."""

import pytest

from health_file.errors import ResourceInvalid, TypeNotSupported
from health_file.fhir import text
from health_file.fhir.r4.definitions import KEPT_TYPES
from health_file.fhir.r4.xhtml import is_narrative
from health_file.fhir.validation import validate
from tests.support.fhir import official_examples

OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
PATIENT = {"resourceType": "Patient"}


@pytest.mark.parametrize("resource_type", KEPT_TYPES)
def test_official_examples_of_a_type_are_all_accepted(resource_type) -> None:
    examples = [example for example in official_examples() if example["resourceType"] == resource_type]
    assert examples
    for example in examples:
        before = text.write(example)
        validate(example, resource_type)
        assert text.write(example) == before


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
        ({"status": None, "_status": {}}, "Observation._status"),
        ({"code": {"coding": [{"code": " x"}]}}, "Observation.code.coding[0].code"),
        ({"code": {"coding": [{"colour": "x"}]}}, "Observation.code.coding[0].colour"),
        ({"component": [{"valueString": "a"}]}, "Observation.component[0].code"),
        (
            {"component": [{"code": {"text": "a"}, "valueString": "a", "valueInteger": 1}]},
            "Observation.component[0].valueString",
        ),
        ({"component": {"code": {"text": "a"}}}, "Observation.component"),
        ({"subject": {"reference": "nowhere"}}, "Observation.subject.reference"),
        ({"subject": {"reference": "Medication/1"}}, "Observation.subject.reference"),
        ({"subject": {"reference": "#p"}}, "Observation"),
        ({"issued": "2020-01-01T00:00:00"}, "Observation.issued"),
        ({"issued": "2020-02-30T00:00:00Z"}, "Observation.issued"),
        ({"valueQuantity": {"value": "1"}}, "Observation.valueQuantity.value"),
        ({"valueQuantity": {"value": 1, "comparator": "~"}}, "Observation.valueQuantity.comparator"),
        ({"valueQuantity": {"value": 1, "code": "mg"}}, "Observation.valueQuantity"),
        ({"valueString": "a\u0001b"}, "Observation.valueString"),
        ({"valueInteger": 2**31}, "Observation.valueInteger"),
        ({"valueBoolean": "true"}, "Observation.valueBoolean"),
        ({"valueAttachment": {}}, "Observation.valueAttachment"),
        ({"effectivePeriod": {"start": "2021-02-01", "end": "2021-01-01"}}, "Observation.effectivePeriod"),
        ({"referenceRange": [{"appliesTo": [{"text": "a"}]}]}, "Observation.referenceRange[0]"),
        ({"extension": [{"url": "http://a.b"}]}, "Observation.extension[0]"),
        ({"extension": [{"valueString": "x"}]}, "Observation.extension[0].url"),
        ({"_status": {"extension": [{"url": "u"}]}}, "Observation._status.extension[0]"),
        ({"contained": [{"resourceType": "Patient", "id": "p"}]}, "Observation.contained[0]"),
        (
            {
                "contained": [{"resourceType": "Patient", "id": "p", "gender": "x"}],
                "subject": {"reference": "#p"},
            },
            "Observation.contained[0].gender",
        ),
        ({"contained": [{"resourceType": "Nothing", "id": "p"}]}, "Observation.contained[0].resourceType"),
        (
            {
                "contained": [
                    {
                        "resourceType": "Bundle",
                        "id": "b",
                        "type": "collection",
                        "entry": [{"resource": {"resourceType": "Patient", "gender": "x"}}],
                    }
                ]
            },
            "Observation.contained[0].entry[0].resource.gender",
        ),
        ({"text": {"status": "generated", "div": "<p>x</p>"}}, "Observation.text.div"),
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


XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">%s</div>'


@pytest.mark.parametrize(
    "inner",
    [
        "<script>x</script>",
        "<iframe>x</iframe>",
        "<form>x</form>",
        '<p onclick="x()">x</p>',
        '<a href="javascript:x()">x</a>',
        '<a href=" java&#10;script:x()">x</a>',
        '<img src="data:image/svg+xml;base64,AA=="/>',
        '<p style="background:url(http://x)">x</p>',
        "<p>x",
        "&nbsp;",
        " ",
        "<object>x</object>",
        '<x:p xmlns:x="urn:x">x</x:p>',
    ],
)
def test_narrative_that_acts_or_says_nothing_is_refused(inner) -> None:
    assert not is_narrative(XHTML % inner)


def test_narrative_with_declarations_is_refused() -> None:
    assert not is_narrative('<!DOCTYPE div [<!ENTITY a "b">]>' + XHTML % "&a;")
    assert is_narrative(XHTML % '<p class="a">x <b>y</b><a href="#z">z</a></p>')


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ({"resourceType": "Condition", "subject": {"display": "x"}, "clinicalStatus": {"text": "active"}},
         "Condition.clinicalStatus"),
        ({"resourceType": "AllergyIntolerance", "patient": {"display": "x"}}, "AllergyIntolerance.clinicalStatus"),
        ({"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": "x"},
          "patient": {"display": "x"}}, "Immunization.occurrenceDateTime"),
        ({"resourceType": "Bundle", "type": "document"}, "Bundle.identifier"),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": PATIENT}]}, "Bundle.entry"),
        ({"resourceType": "Consent", "status": "active"}, "Consent.scope"),
    ],
)  # fmt: skip
def test_resource_that_breaks_a_rule_of_its_type_is_refused_by_path(resource, path) -> None:
    with pytest.raises(ResourceInvalid) as caught:
        validate(resource, resource["resourceType"])
    assert path in [issue.expression for issue in caught.value.issues]


def test_faults_never_hold_what_was_sent() -> None:
    secret = "张三的秘密"
    resource = {**OBSERVATION, "status": secret, secret: 1, "issued": secret, "code": {"coding": secret}}
    with pytest.raises(ResourceInvalid) as caught:
        validate(resource, "Observation")
    assert len(caught.value.issues) == 4
    assert secret not in str(caught.value.issues)
