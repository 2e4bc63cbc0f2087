"""The patient summary over HTTP: a document that HL7's profiles take, from what the reader may see."""

import json

import pytest

from health_file.fhir.validation import validate
from health_file.ips.profiles import BASE as PROFILE
from health_file.rules import ID_NUMBER_SYSTEM, SUBJECTS
from services import pdf
from services.database.roles import Role
from tests.support.doors import resident_bearer
from tests.support.fhir import BASE, FHIR, owner_bearer, write
from tests.support.ips import check_document, examples

REQUIRED = {"11450-4", "48765-2", "10160-0"}
RECOMMENDED = {"11369-6", "30954-2", "47519-4"}


def fill(clinic, file):
    """Write every example of the package, and of the documents among them, into the file."""
    written = 0
    listed = [one for one in examples() if one["resourceType"] != "Bundle"]
    bundles = [one for one in examples() if one["resourceType"] == "Bundle"]
    listed += [entry["resource"] for one in bundles for entry in one["entry"]]
    for example in listed:
        kind = example["resourceType"]
        if kind not in SUBJECTS or kind in {"Composition", "Consent"}:
            continue
        body = {name: value for name, value in example.items() if name not in {"id", "text"}}
        body[SUBJECTS[kind]] = {"reference": f"Patient/{file.patient}"}
        answer = write(clinic, body)
        assert answer.status_code == 201, (example["id"], answer.text)
        written += 1
    return written


def summary(bearer, file, query="", **headers):
    answer = bearer.get(f"{BASE}/Patient/{file.patient}/$summary{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def sections(bundle):
    found = bundle["entry"][0]["resource"]["section"]
    return {one["code"]["coding"][0]["code"]: one for one in found}


def test_summary_of_an_empty_file_says_that_nothing_is_there(app, clinic, file) -> None:
    bundle = summary(owner_bearer(app, file), file)
    assert check_document(bundle) == []
    assert sections(bundle).keys() == REQUIRED | RECOMMENDED
    for section in sections(bundle).values():
        assert section["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert section["text"]["div"].startswith('<div xmlns="http://www.w3.org/1999/xhtml" lang="zh-Hans"')


def test_summary_of_a_full_file_validates(app, clinic, file) -> None:
    assert fill(clinic, file) > 60
    owner = owner_bearer(app, file)
    for language in ("zh-CN", "en"):
        bundle = summary(owner, file, **{"Accept-Language": language})
        assert check_document(bundle) == []
        kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
        assert kinds > {"Condition", "AllergyIntolerance", "MedicationStatement", "Immunization", "Procedure",
                        "Observation", "DiagnosticReport", "Flag"}  # fmt: skip
        for entry in bundle["entry"]:
            assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"
            validate(entry["resource"], entry["resource"]["resourceType"])
        names = {one["fullUrl"] for one in bundle["entry"]}
        assert len(names) == len(bundle["entry"])
    claimed = {
        one for entry in bundle["entry"] for one in entry["resource"].get("meta", {}).get("profile", [])
    }
    assert {PROFILE + "Bundle-uv-ips"} == set(bundle["meta"]["profile"])
    assert {
        f"{PROFILE}{name}-uv-ips" for name in ("Composition", "Patient", "Condition", "Flag-alert")
    } < claimed


def test_summary_speaks_the_language_that_was_asked(app, clinic, file) -> None:
    coded = {
        "coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}],
        "text": "心率",
    }
    observed(clinic, file, "vital-signs", code=coded, valueQuantity={"value": 71, "unit": "/min"})
    owner = owner_bearer(app, file)
    found = {tag: summary(owner, file, **{"Accept-Language": tag}) for tag in ("zh", "en")}
    assert [found[tag]["language"] for tag in found] == ["zh-Hans", "en"]
    titles = {tag: sections(found[tag])["8716-3"]["title"] for tag in found}
    assert titles == {"zh": "生命体征", "en": "Vital signs"}
    assert "心率" in sections(found["zh"])["8716-3"]["text"]["div"]
    assert "Heart rate" in sections(found["en"])["8716-3"]["text"]["div"]


def observed(clinic, file, category, **elements):
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    body = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": system, "code": category}]}],
        "effectiveDateTime": "2026-03-04",
        "subject": {"reference": f"Patient/{file.patient}"},
        **elements,
    }
    answer = write(clinic, body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_what_a_record_says_cannot_become_markup(app, clinic, file) -> None:
    observed(clinic, file, "laboratory", code={"text": "<b onload=x>&amp;\"'"}, valueString="</td><script>")
    bundle = summary(owner_bearer(app, file), file)
    assert check_document(bundle) == []
    div = sections(bundle)["30954-2"]["text"]["div"]
    assert "<script" not in div
    assert "<b " not in div
    assert "&lt;script&gt;" in div


def test_every_reference_stays_inside(app, clinic, file) -> None:
    organisation = write(clinic, {"resourceType": "Organization", "name": "东岸医院"}).get_json()
    doctor = write(clinic, {"resourceType": "Practitioner", "name": [{"text": "王医生"}]}).get_json()
    visit = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{file.patient}"},
    }
    encounter = write(clinic, visit).get_json()
    observed(
        clinic, file, "laboratory", code={"text": "x"}, valueString="y",
        performer=[{"reference": f"Organization/{organisation['id']}"},
                   {"reference": f"Practitioner/{doctor['id']}/_history/1"},
                   {"reference": "http://elsewhere.example/fhir/Practitioner/7"}],
        encounter={"reference": f"Encounter/{encounter['id']}"},
    )  # fmt: skip
    bundle = summary(owner_bearer(app, file), file)
    assert check_document(bundle) == []
    kept = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Observation"]
    assert [one.get("reference") for one in kept[0]["performer"]] == [
        f"urn:uuid:{organisation['id']}", f"urn:uuid:{doctor['id']}", None,
    ]  # fmt: skip
    assert kept[0]["performer"][2]["identifier"]["value"] == "http://elsewhere.example/fhir/Practitioner/7"
    assert "reference" not in kept[0]["encounter"]
    assert encounter["id"] in kept[0]["encounter"]["identifier"]["value"]


def test_old_and_wrong_statements_are_left_out(app, clinic, file) -> None:
    subject = {"reference": f"Patient/{file.patient}"}

    def condition(code, **more):
        body = {"resourceType": "Condition", "code": {"text": code}, "subject": subject, **more}
        assert write(clinic, body).status_code == 201

    def coded(system, code):
        return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}

    condition("still there", clinicalStatus=coded("condition-clinical", "active"))
    condition("over", clinicalStatus=coded("condition-clinical", "resolved"))
    condition("never was", verificationStatus=coded("condition-ver-status", "entered-in-error"))
    found = sections(summary(owner_bearer(app, file), file))
    assert "still there" in found["11450-4"]["text"]["div"]
    assert "over" not in found["11450-4"]["text"]["div"]
    assert "over" in found["11348-0"]["text"]["div"]
    assert "never was" not in json.dumps(found)


def test_front_page_is_drawn_from_the_same_data(app, clinic, file) -> None:
    observed(clinic, file, "laboratory", code={"coding": [{"system": "http://loinc.org", "code": "883-9"}]},
             valueCodeableConcept={"text": "A 型"})  # fmt: skip
    bundle = summary(owner_bearer(app, file), file, "?profile=cn-front-page")
    composition = bundle["entry"][0]["resource"]
    assert [one["title"] for one in composition["section"]] == ["健康标识", "基本信息", "服务活动记录"]
    assert "A 型" in composition["section"][0]["text"]["div"]
    for entry in bundle["entry"]:
        validate(entry["resource"], entry["resource"]["resourceType"])


def test_summary_by_identifier_and_by_post(app, clinic, file) -> None:
    owner = owner_bearer(app, file)
    token = f"{ID_NUMBER_SYSTEM}|{file.id_number}"
    found = owner.get(f"{BASE}/Patient/$summary", query_string={"identifier": token})
    assert found.status_code == 200, found.text
    body = {"resourceType": "Parameters", "parameter": [{"name": "identifier", "valueString": token}]}
    answer = owner.post(f"{BASE}/Patient/$summary", data=json.dumps(body), headers=FHIR)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["entry"][1]["resource"]["id"] == file.patient


@pytest.mark.parametrize(
    ("query", "status"),
    [("?profile=other", 400), ("?nonsense=1", 400), ("?profile=cn-front-page&profile=", 400)],
)
def test_summary_with_bad_parameters_is_refused_in_fhir(app, clinic, file, query, status) -> None:
    answer = owner_bearer(app, file).get(f"{BASE}/Patient/{file.patient}/$summary{query}")
    assert (answer.status_code, answer.get_json()["resourceType"]) == (status, "OperationOutcome")


def test_another_residents_file_is_not_there(app, clinic, file) -> None:
    stranger = resident_bearer(app)
    for address in (
        f"Patient/{file.patient}/$summary",
        f"Patient/$summary?identifier={ID_NUMBER_SYSTEM}|{file.id_number}",
    ):
        assert stranger.get(f"{BASE}/{address}").status_code == 404
    assert stranger.get(f"{BASE}/Patient/$summary").status_code == 400


def test_reading_is_logged_with_what_was_shown(app, clinic, file, database) -> None:
    bundle = summary(owner_bearer(app, file), file)
    details = database.read_as(
        Role.VERIFIER, "SELECT details FROM audit.events WHERE event = 'health_file.summary.read'"
    )
    assert details[0]["document_id"] == bundle["id"]


def test_summary_asked_as_pdf_is_for_the_owner_alone(app, clinic, file) -> None:
    if pdf.font_family() is None:
        pytest.skip("no Chinese font: install fonts-noto-cjk")
    answer = owner_bearer(app, file).get("/health-file/v1/summary.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.get_data().startswith(b"%PDF-1.7")
    assert clinic.get("/health-file/v1/summary.pdf").status_code == 400
