"""What stands now, the national front page, consents in words, and files by their first bytes."""

from datetime import date

import pytest

from health_file.display import Reader, record_of, result_of
from health_file.display.attachments import attachments_of, content_of, sniff
from health_file.display.front_page import front_page
from health_file.display.reader import in_chinese
from health_file.display.standing import family_doctor, is_long_term, is_no_allergy, is_standing
from services import ids
from tests.unit.test_health_display import examples

READER = Reader("zh-Hans", in_chinese)
TODAY = date(2026, 11, 26)


def coded(code, system="urn:x"):
    return {"coding": [{"system": system, "code": code}]}


def condition(code="I10", status="active", **more):
    return {
        "resourceType": "Condition",
        "clinicalStatus": coded(status),
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}], "text": code},
        **more,
    }


def records(*bodies):
    return [record_of(ids.new_id(), body, READER) for body in bodies]


@pytest.mark.parametrize(
    ("body", "stands"),
    [
        (condition(), True),
        (condition(status="resolved"), False),
        (condition(abatementDateTime="2025-01"), False),
        (condition(abatementDateTime="2027-01"), True),
        (condition(verificationStatus=coded("refuted")), False),
        ({"status": "active", "effectivePeriod": {"start": "2020-01-01"}}, True),
        ({"status": "active", "effectivePeriod": {"end": "2026-11-26"}}, True),
        ({"status": "active", "effectivePeriod": {"end": "2026-11-25"}}, False),
        ({"status": "stopped"}, False),
        ({"status": "entered-in-error"}, False),
        ({}, True),
    ],
)
def test_record_stands_by_its_own_status_and_dates(body, stands) -> None:
    assert is_standing(body, TODAY) is stands


def test_visit_diagnosis_is_not_long_term() -> None:
    assert is_long_term(condition(category=[coded("problem-list-item")]), TODAY)
    assert is_long_term(condition(), TODAY)
    assert not is_long_term(condition(category=[coded("encounter-diagnosis")]), TODAY)


def test_no_known_allergy_is_told_apart_from_an_allergy() -> None:
    assert is_no_allergy({"code": coded("716186003")})
    assert not is_no_allergy({"code": coded("91936005")})


def test_family_doctor_is_of_the_standing_contract() -> None:
    old = {"resourceType": "EpisodeOfCare", "status": "finished", "careManager": {"display": "前医生"}}
    now = {"resourceType": "EpisodeOfCare", "status": "active", "careManager": {"display": "周医生"}}
    patient = {"generalPractitioner": [{"display": "别人"}]}
    assert family_doctor(records(old, now), patient, TODAY, READER) == "周医生"
    assert family_doctor(records(old), patient, TODAY, READER) == "别人"


def test_front_page_marks_only_what_records_say() -> None:
    patient = {"resourceType": "Patient", "birthDate": "1950-01-01", "name": [{"text": "甲"}]}
    found = records(condition("I10"), condition("B20"), condition("J06", status="resolved"))
    bmi = {
        "resourceType": "Observation",
        "status": "final",
        "code": coded("39156-5", "http://loinc.org"),
        "valueQuantity": {"value": 31, "unit": "kg/m2"},
        "referenceRange": [{"text": "18.5-23.9"}],
    }
    form = front_page(
        patient, found, [result_of(ids.new_id(), bmi, READER)], activities=[], today=TODAY, reader=READER
    )
    marks = dict(form.markers)
    assert marks["老年人群"] == "65 岁及以上"
    assert marks["慢病或重点疾病"] == "I10"
    assert marks["法定传染病"] == "B20"
    assert marks["妇幼人群"] == "没有记录"
    # Beside the range that was given; never a class of ours.
    assert "31 kg/m2" in marks["体重状况"]
    assert not {"肥胖", "超重"} & set(marks["体重状况"])


def test_front_page_of_nothing_says_so() -> None:
    form = front_page(None, [], [], activities=[], today=TODAY, reader=READER)
    assert {text for _, text in form.markers} == {"没有记录"}
    assert form.basics == ()


def test_every_official_document_is_told() -> None:
    for body in examples():
        attachments_of(body, READER)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("出院小结\n".encode(), "text/plain; charset=utf-8"),
        (b"<svg onload=alert(1)>", "text/plain; charset=utf-8"),
        (b"", "text/plain; charset=utf-8"),
        (b"MZ\x00\x01", "application/octet-stream"),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_file_is_what_its_bytes_show(content, kind) -> None:
    assert sniff(content) == kind


def test_base64_may_hold_white_space_and_nothing_else() -> None:
    assert content_of("aGVs\nbG8=") == b"hello"
    assert content_of("not base64!") is None
