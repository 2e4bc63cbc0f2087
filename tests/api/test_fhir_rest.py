"""The FHIR base over HTTP: versions, preconditions, deletions, and every refusal as an OperationOutcome."""

import json

import pytest

from health_file.fhir import text
from health_file.rules import HELD_TYPES, SUBJECTS
from services import clock
from tests.support.doors import bearer_for, resident_bearer, staff_bearer
from tests.support.fhir import BASE, FHIR, official_examples, open_file, write
from tests.support.oauth import Door, Person

OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}


def observed(clinic, file, **elements):
    body = {**OBSERVATION, "subject": {"reference": f"Patient/{file.patient}"}, **elements}
    answer = write(clinic, body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def put(bearer, resource, version, **options):
    headers = {**FHIR, **({} if version is None else {"If-Match": f'W/"{version}"'}), **options}
    address = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    return bearer.put(address, data=json.dumps(resource), headers=headers)


def outcome(answer, status):
    assert answer.status_code == status, answer.text
    found = answer.get_json()
    assert (found["resourceType"], answer.mimetype) == ("OperationOutcome", "application/fhir+json")
    return found["issue"][0]


@pytest.mark.parametrize("resource_type", SUBJECTS)
def test_official_examples_about_a_resident_come_back_equal(resource_type, clinic, file) -> None:
    for example in official_examples():
        if example["resourceType"] != resource_type:
            continue
        was = example.pop(SUBJECTS[resource_type], {}).get("reference", "")
        example[SUBJECTS[resource_type]] = {"reference": f"Patient/{file.patient}"}
        others = text.write(example).decode()
        contained = example.pop("contained", [])
        if kept := [one for one in contained if f"#{one['id']}" != was or f'"{was}"' in others]:
            example["contained"] = kept
        answer = clinic.post(f"{BASE}/{resource_type}", data=text.write(example), headers=FHIR)
        assert answer.status_code == 201, (example["id"], answer.text)
        stored = text.read(clinic.get(answer.headers["Location"].partition("8000")[2]).get_data())
        for body in (stored, example):
            body.pop("id", None)
            meta = body.pop("meta", {})
            body["meta"] = {key: meta[key] for key in meta if key not in {"versionId", "lastUpdated"}}
        assert text.write(stored) == text.write(example)


def test_decimal_keeps_the_digits_that_were_sent(clinic, file) -> None:
    body = json.dumps({**OBSERVATION, "subject": {"reference": f"Patient/{file.patient}"}})
    body = body[:-1] + ', "valueQuantity": {"value": 1.50}}'
    made = clinic.post(f"{BASE}/Observation", data=body, headers=FHIR)
    assert '"value":1.50' in made.text
    assert '"value":1.50' in clinic.get(f"{BASE}/Observation/{made.get_json()['id']}").text


def test_update_makes_the_next_version_and_keeps_the_older(clinic, file) -> None:
    first = observed(clinic, file)
    second = put(clinic, {**first, "status": "amended"}, 1)
    assert (second.status_code, second.headers["ETag"]) == (200, 'W/"2"')
    assert second.headers["Location"].endswith(f"Observation/{first['id']}/_history/2")
    assert clinic.get(f"{BASE}/Observation/{first['id']}").get_json()["status"] == "amended"
    old = clinic.get(f"{BASE}/Observation/{first['id']}/_history/1")
    assert (old.get_json()["status"], old.headers["ETag"]) == ("final", 'W/"1"')
    history = clinic.get(f"{BASE}/Observation/{first['id']}/_history").get_json()
    assert (history["type"], history["total"]) == ("history", 2)
    assert [entry["request"]["method"] for entry in history["entry"]] == ["PUT", "POST"]


def test_update_without_or_with_an_outdated_version_is_refused(clinic, file) -> None:
    first = observed(clinic, file)
    assert outcome(put(clinic, first, None), 428)["code"] == "required"
    assert put(clinic, first, 1).status_code == 200
    assert outcome(put(clinic, first, 1), 412)["code"] == "conflict"
    assert outcome(put(clinic, first, 2, **{"If-Match": "*"}), 412)


def test_update_may_not_change_id_type_or_resident(app, clinic, file) -> None:
    first = observed(clinic, file)
    other = open_file(app, clinic)
    moved = {**first, "subject": {"reference": f"Patient/{other.patient}"}}
    assert outcome(put(clinic, moved, 1), 422)["code"] == "business-rule"
    address = f"{BASE}/Observation/{first['id']}"
    headers = {**FHIR, "If-Match": 'W/"1"'}
    renamed = json.dumps({**first, "id": "x"})
    assert outcome(clinic.put(address, data=renamed, headers=headers), 400)["expression"] == [
        "Observation.id"
    ]
    broken = json.dumps({**first, "status": "x"})
    assert outcome(clinic.put(address, data=broken, headers=headers), 422)["expression"] == [
        "Observation.status"
    ]


def test_delete_answers_410_and_keeps_the_history(clinic, file) -> None:
    first = observed(clinic, file)
    address = f"{BASE}/Observation/{first['id']}"
    assert outcome(clinic.delete(address, headers={"If-Match": 'W/"7"'}), 412)
    gone = clinic.delete(address)
    assert (gone.status_code, gone.get_data()) == (204, b"")
    assert clinic.delete(address).status_code == 204
    assert outcome(clinic.get(address), 410)["code"] == "deleted"
    assert outcome(clinic.get(f"{address}/_history/2"), 410)
    assert outcome(put(clinic, first, 2), 410)
    assert clinic.get(f"{address}/_history/1").status_code == 200
    entries = clinic.get(f"{address}/_history").get_json()["entry"]
    assert [entry["request"]["method"] for entry in entries] == ["DELETE", "POST"]
    assert "resource" not in entries[0]
    assert clinic.get(f"{BASE}/Observation").get_json()["total"] == 0


def test_patient_is_not_deleted(clinic, file) -> None:
    answer = clinic.delete(f"{BASE}/Patient/{file.patient}")
    outcome(answer, 405)
    assert "PUT" in answer.headers["Allow"]


def test_resource_of_another_clinic_or_resident_is_absent_on_every_path(app, clinic, file) -> None:
    first = observed(clinic, file)
    address = f"{BASE}/Observation/{first['id']}"
    absent = f"{BASE}/Observation/{file.patient}"
    other, stranger = staff_bearer(app, "practitioner", "CL-BJ"), resident_bearer(app)
    for bearer in (other, stranger):
        for path in ("", "/_history", "/_history/1"):
            refused, missing = bearer.get(address + path), bearer.get(absent + path)
            assert outcome(refused, 404) == outcome(missing, 404)
    assert outcome(put(other, first, 1), 404)
    assert outcome(other.delete(address), 404)
    assert clinic.get(address).status_code == 200


def test_resident_reads_versions_of_the_own_file_and_writes_none(app, clinic, file) -> None:
    first = observed(clinic, file)
    put(clinic, {**first, "status": "amended"}, 1)
    owner = bearer_for(
        app, Door(app).sign_in_again(Person(file.account, file.account, "resident", (), clock.now()))
    )
    address = f"{BASE}/Observation/{first['id']}"
    assert owner.get(f"{address}/_history/1").get_json()["status"] == "final"
    assert owner.get(f"{address}/_history").get_json()["total"] == 2
    assert outcome(put(owner, first, 2), 403)
    assert outcome(owner.delete(address), 403)


def test_history_comes_in_pages_whose_cursor_is_the_readers_own(app, clinic, file) -> None:
    first = observed(clinic, file)
    for version in range(1, 4):
        assert put(clinic, first, version).status_code == 200
    page = clinic.get(f"{BASE}/Observation/{first['id']}/_history?_count=3").get_json()
    assert (len(page["entry"]), page["total"]) == (3, 4)
    following = {link["relation"]: link["url"] for link in page["link"]}["next"].partition("8000")[2]
    last = clinic.get(following).get_json()
    assert [entry["response"]["etag"] for entry in last["entry"]] == ['W/"1"']
    assert [link["relation"] for link in last["link"]] == ["self"]
    assert outcome(staff_bearer(app, "practitioner", "CL-HP").get(following), 400)


def test_known_version_is_not_sent_again(clinic, file) -> None:
    address = f"{BASE}/Patient/{file.patient}"
    answer = clinic.get(address, headers={"If-None-Match": 'W/"1"'})
    assert (answer.status_code, answer.get_data(), answer.headers["ETag"]) == (304, b"", 'W/"1"')
    assert clinic.get(address, headers={"If-None-Match": 'W/"2"'}).status_code == 200


@pytest.mark.parametrize(
    ("preference", "returned"),
    [("minimal", None), ("representation", "Observation"), ("OperationOutcome",) * 2],
)
def test_writer_is_answered_as_preferred(preference, returned, clinic, file) -> None:
    body = {**OBSERVATION, "subject": {"reference": f"Patient/{file.patient}"}}
    answer = write(clinic, body, Prefer=f"return={preference}")
    assert answer.status_code == 201
    assert answer.headers["Location"]
    assert (json.loads(answer.text)["resourceType"] if answer.text else None) == returned


def test_every_refusal_is_an_operation_outcome(app, clinic, file) -> None:
    address = f"{BASE}/Observation"
    plain = app.test_client()
    assert outcome(plain.get(address), 401)["code"] == "login"
    assert outcome(clinic.get(f"{BASE}/Observation/x"), 404)
    assert outcome(clinic.get(f"{BASE}/a/b/c/d/e"), 404)
    assert outcome(clinic.http.patch(f"{address}/x/_history/1", headers=clinic._headers({})), 405)
    assert outcome(clinic.get(f"{BASE}/metadata", headers={"Accept": "application/fhir+xml"}), 406)
    assert outcome(clinic.get(f"{BASE}/metadata?_format=xml"), 406)
    assert outcome(clinic.post(address, data="<x/>", headers={"Content-Type": "application/fhir+xml"}), 415)
    assert outcome(clinic.post(address, data="{", headers=FHIR), 400)
    assert outcome(clinic.post(address, data='{"a": 1, "a": 2}', headers=FHIR), 400)
    assert outcome(clinic.post(address, data=b" " * (10 * 1024 * 1024 + 1), headers=FHIR), 413)
    assert outcome(clinic.post(f"{BASE}/Account", data="{}", headers=FHIR), 404)["code"] == "not-supported"
    assert outcome(clinic.get(f"{BASE}/Observation/{file.patient}?colour=red"), 400)


@pytest.mark.parametrize(
    "subject",
    [None, {"display": "x"}, {"reference": "Group/1"}, {"reference": "Patient/1"}, {"reference": "#p"}],
)
def test_clinical_resource_about_no_resident_is_refused(subject, clinic) -> None:
    body = {**OBSERVATION, **({} if subject is None else {"subject": subject})}
    if subject == {"reference": "#p"}:
        body["contained"] = [{"resourceType": "Patient", "id": "p"}]
    assert outcome(write(clinic, body), 422)["code"] == "business-rule"


def test_capability_statement_says_what_the_routes_do(client) -> None:
    statement = client.get(f"{BASE}/metadata").get_json()
    (rest,) = statement["rest"]
    types = {one["type"]: one for one in rest["resource"]}
    assert set(types) == set(HELD_TYPES)
    assert {"code": "delete"} not in types["Patient"]["interaction"]
    assert types["Observation"]["versioning"] == "versioned-update"
