"""SMART scopes at the FHIR base: a table of scopes and interactions, and nothing beyond what a scope says."""

import base64
import json

import pytest

from tests.support.fhir import BASE, FHIR, open_file, write
from tests.support.oauth import Door
from tests.support.smart import LABORATORY, observation, person_of, smart_bearer


@pytest.fixture
def records(clinic, file):
    """One laboratory test, one vital sign, one condition."""
    subject = {"reference": f"Patient/{file.patient}"}
    found = {
        "laboratory": write(clinic, observation(file, category="laboratory")),
        "vital": write(clinic, observation(file, category="vital-signs")),
        "condition": write(clinic, {"resourceType": "Condition", "subject": subject, "code": {"text": "x"}}),
    }
    assert all(answer.status_code == 201 for answer in found.values())
    return {name: answer.get_json() for name, answer in found.items()}


def resident(app, file, scope):
    return smart_bearer(app, person_of(Door(app), file.account), scope)


def practitioner(app, scope, unit="CL-HP", **given):
    person = Door(app).add_person(kind="staff", roles=("practitioner",), unit=unit)
    return smart_bearer(app, person, scope, **given)


def address(resource):
    return f"{BASE}/{resource['resourceType']}/{resource['id']}"


def found_ids(answer):
    assert answer.status_code == 200, answer.text
    bundle = answer.get_json()
    assert bundle["total"] == len(bundle.get("entry", []))
    return {entry["resource"]["id"] for entry in bundle.get("entry", [])}


# scope | read laboratory | read vital | read condition | search Observation (which) | search Condition (which)
TABLE = [
    ("patient/*.rs", 200, 200, 200, {"laboratory", "vital"}, {"condition"}),
    ("patient/*.read", 200, 200, 200, {"laboratory", "vital"}, {"condition"}),
    ("user/*.rs", 200, 200, 200, {"laboratory", "vital"}, {"condition"}),
    ("patient/*.r", 200, 200, 200, None, None),
    ("patient/*.s", 403, 403, 403, {"laboratory", "vital"}, {"condition"}),
    ("patient/Observation.rs", 200, 200, 403, {"laboratory", "vital"}, None),
    ("patient/Condition.rs", 403, 403, 200, None, {"condition"}),
    ("patient/Condition.rs user/Observation.r", 200, 200, 200, None, {"condition"}),
    (f"patient/Observation.rs{LABORATORY}", 200, 404, 403, {"laboratory"}, None),
    ("patient/Observation.rs?category=laboratory", 200, 404, 403, {"laboratory"}, None),
    ("patient/Observation.rs?category=laboratory,vital-signs", 200, 200, 403, {"laboratory", "vital"}, None),
    ("patient/Observation.rs?category=laboratory&category=vital-signs", 404, 404, 403, set(), None),
    ("patient/Observation.rs?category=urn:other|laboratory", 404, 404, 403, set(), None),
    ("patient/*.rs?category=laboratory", 200, 404, 404, {"laboratory"}, set()),
    (f"patient/Observation.rs{LABORATORY} patient/Condition.r", 200, 404, 200, {"laboratory"}, None),
    ("patient/Patient.rs", 403, 403, 403, None, None),
    ("launch/patient", 403, 403, 403, None, None),
    ("openid fhirUser", 403, 403, 403, None, None),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_what_a_residents_scope_opens(app, file, records, row) -> None:
    scope, *statuses, observations, conditions = row
    bearer = resident(app, file, scope)
    for name, status in zip(("laboratory", "vital", "condition"), statuses, strict=True):
        answer = bearer.get(address(records[name]))
        assert answer.status_code == status, (name, answer.text)
        assert bearer.get(f"{address(records[name])}/_history/1").status_code == status
        assert bearer.get(f"{address(records[name])}/_history").status_code == status
        if status == 403:
            assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
            assert answer.get_json()["resourceType"] == "OperationOutcome"
    for kind, expected in (("Observation", observations), ("Condition", conditions)):
        answer = bearer.get(f"{BASE}/{kind}")
        if expected is None:
            assert answer.status_code == 403
        else:
            assert found_ids(answer) == {records[name]["id"] for name in expected}


@pytest.mark.parametrize("scope", ["patient/*.rs", "user/*.rs", f"patient/Observation.rs{LABORATORY}"])
def test_no_scope_of_reading_writes(app, file, records, scope) -> None:
    bearer = resident(app, file, scope)
    body, headers = json.dumps(records["laboratory"]), {**FHIR, "If-Match": 'W/"1"'}
    assert write(bearer, observation(file)).status_code == 403
    assert bearer.put(address(records["laboratory"]), data=body, headers=headers).status_code == 403
    assert bearer.delete(address(records["laboratory"])).status_code == 403


def test_another_residents_file_stays_closed(app, clinic, file, records) -> None:
    other = open_file(app, clinic)
    for scope in ("patient/*.rs", "user/*.rs", f"patient/Observation.rs{LABORATORY}"):
        bearer = resident(app, other, scope)
        assert bearer.get(address(records["laboratory"])).status_code in {403, 404}
        assert found_ids(bearer.get(f"{BASE}/Observation")) == set()


def test_outside_the_fhir_base_smart_scopes_stand_for_nothing(app, file, records) -> None:
    bearer = resident(app, file, "openid patient/*.rs user/*.rs")
    answer = bearer.get("/health-file/v1/resources")
    assert answer.status_code == 403
    assert 'scope="health_file:read"' in answer.headers["WWW-Authenticate"]
    assert bearer.post("/health-file/v1/exports").status_code == 403
    assert bearer.get("/ebills/v1/bills").status_code == 403


def test_whoever_has_our_own_scope_is_not_limited_by_others(app, file, records) -> None:
    bearer = resident(app, file, "health_file:read patient/Patient.rs")
    assert found_ids(bearer.get(f"{BASE}/Observation")) == {
        records["laboratory"]["id"],
        records["vital"]["id"],
    }


# scope | create laboratory | create vital | update laboratory | delete laboratory
WRITES = [
    ("user/*.cruds", 201, 201, 200, 204),
    ("user/*.write", 201, 201, 200, 204),
    ("user/Observation.crs", 201, 201, 403, 403),
    ("user/Observation.u", 403, 403, 200, 403),
    ("user/Observation.d", 403, 403, 403, 204),
    ("user/Condition.cruds", 403, 403, 403, 403),
    (f"user/Observation.cruds{LABORATORY}", 201, 403, 200, 204),
    ("user/Observation.cruds?category=vital-signs", 403, 201, 404, 404),
    ("user/*.rs", 403, 403, 403, 403),
]


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row[0])
def test_what_a_practitioners_scope_lets_write(app, file, records, row) -> None:
    scope, laboratory, vital, update, delete = row
    bearer = practitioner(app, scope)
    assert write(bearer, observation(file, category="laboratory")).status_code == laboratory
    assert write(bearer, observation(file, category="vital-signs")).status_code == vital
    changed, headers = {**records["laboratory"], "status": "amended"}, {**FHIR, "If-Match": 'W/"1"'}
    answer = bearer.put(address(changed), data=json.dumps(changed), headers=headers)
    assert answer.status_code == update, answer.text
    assert bearer.delete(address(changed)).status_code == delete


def test_a_granular_scope_does_not_move_a_record_out_of_its_category(app, file, records) -> None:
    bearer = practitioner(app, f"user/Observation.cruds{LABORATORY}")
    moved = {**records["laboratory"], "category": observation(file, category="vital-signs")["category"]}
    headers = {**FHIR, "If-Match": 'W/"1"'}
    assert bearer.put(address(moved), data=json.dumps(moved), headers=headers).status_code == 403


def test_user_scopes_reach_no_further_than_the_user(app, file, records) -> None:
    bearer = practitioner(app, "user/*.cruds", unit="CL-BJ")
    assert found_ids(bearer.get(f"{BASE}/Observation")) == set()
    assert bearer.get(address(records["laboratory"])).status_code == 404


def test_a_granular_scope_reaches_no_version_of_which_the_index_knows_nothing(
    app, clinic, file, records
) -> None:
    one = records["vital"]
    changed = {**one, "category": observation(file, category="laboratory")["category"]}
    headers = {**FHIR, "If-Match": 'W/"1"'}
    assert clinic.put(address(one), data=json.dumps(changed), headers=headers).status_code == 200
    bearer = resident(app, file, f"patient/Observation.rs{LABORATORY}")
    assert bearer.get(f"{address(one)}/_history/2").status_code == 200
    assert bearer.get(f"{address(one)}/_history/1").status_code == 404
    assert bearer.get(f"{address(one)}/_history").get_json()["total"] == 1


def test_a_search_of_several_types_finds_those_that_may_be_searched(app, file, records) -> None:
    bearer = resident(app, file, "patient/Observation.rs patient/Condition.r")
    observations = {records["laboratory"]["id"], records["vital"]["id"]}
    assert found_ids(bearer.get(BASE)) == observations
    assert found_ids(bearer.get(f"{BASE}/Patient/{file.patient}/*")) == observations
    assert found_ids(bearer.get(f"{BASE}?_type=Observation")) == observations
    assert bearer.get(f"{BASE}?_type=Observation,Condition").status_code == 403
    assert bearer.get(f"{BASE}/Patient/{file.patient}/Condition").status_code == 403
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        found_ids(bearer.post(f"{BASE}/Observation/_search", data="status=final", headers=form))
        == observations
    )
    assert bearer.post(f"{BASE}/Condition/_search", data="", headers=form).status_code == 403


def test_includes_and_chains_show_no_type_beyond_the_scopes(app, file, records) -> None:
    narrow = resident(app, file, "patient/Observation.rs")
    wide = resident(app, file, "patient/Observation.rs patient/Patient.r")
    query = f"{BASE}/Observation?patient={file.patient}"
    assert len(found_ids(narrow.get(query))) == 2
    for bearer, included in ((narrow, 0), (wide, 1)):
        found = bearer.get(f"{query}&_include=Observation:patient").get_json()["entry"]
        assert sum(entry["search"]["mode"] == "include" for entry in found) == included
    number = f"{BASE}/Observation?patient.identifier={file.id_number}"
    assert found_ids(narrow.get(number)) == set()
    assert len(found_ids(wide.get(number))) == 2
    only_patient = resident(app, file, "patient/Patient.rs")
    reverse = only_patient.get(f"{BASE}/Patient?_revinclude=Observation:patient").get_json()["entry"]
    assert [entry["resource"]["resourceType"] for entry in reverse] == ["Patient"]
    by_having = f"{BASE}/Patient?_has:Observation:patient:status=final"
    assert found_ids(only_patient.get(by_having)) == set()


def patched(bearer, resource, **headers):
    operations = json.dumps([{"op": "replace", "path": "/status", "value": "amended"}])
    sent = {"Content-Type": "application/json-patch+json", "If-Match": 'W/"1"', **headers}
    return bearer.http.patch(
        address(resource), data=operations, headers={"Authorization": f"Bearer {bearer.token}", **sent}
    )


def test_who_may_change_and_not_read_is_not_shown_the_rest(app, file, records) -> None:
    blind = patched(practitioner(app, "user/Observation.u"), records["laboratory"])
    assert (blind.status_code, blind.get_data()) == (200, b"")
    seeing = patched(practitioner(app, "user/Observation.ru"), records["vital"])
    assert seeing.get_json()["status"] == "amended"
    operations = base64.b64encode(
        json.dumps([{"op": "replace", "path": "/status", "value": "final"}]).encode()
    )
    entry = {
        "resource": {
            "resourceType": "Binary",
            "contentType": "application/json-patch+json",
            "data": operations.decode(),
        },
        "request": {"method": "PATCH", "url": f"Observation/{records['vital']['id']}", "ifMatch": 'W/"2"'},
    }
    bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    writer = practitioner(app, "user/Observation.u")
    answer = writer.post(BASE, data=bundle, headers={**FHIR, "Prefer": "return=representation"})
    assert answer.status_code == 200, answer.text
    assert "resource" not in answer.get_json()["entry"][0]


def test_a_batch_holds_each_entry_against_the_scopes(app, file, records) -> None:
    bearer = practitioner(app, "user/Observation.crs user/Condition.s")
    requests = [
        ("GET", f"Observation/{records['laboratory']['id']}", "200"),
        ("GET", f"Condition/{records['condition']['id']}", "403"),
        ("GET", "Condition", "200"),
        ("GET", "Patient", "403"),
        ("DELETE", f"Observation/{records['laboratory']['id']}", "403"),
    ]
    entries = [{"request": {"method": method, "url": url}} for method, url, _ in requests]
    entries.append({"resource": observation(file), "request": {"method": "POST", "url": "Observation"}})
    bundle = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries})
    answer = bearer.post(BASE, data=bundle, headers=FHIR)
    assert answer.status_code == 200, answer.text
    found = [entry["response"]["status"][:3] for entry in answer.get_json()["entry"]]
    assert found == [*(status for *_, status in requests), "201"]
    none = practitioner(app, "openid")
    assert none.post(BASE, data=bundle, headers=FHIR).status_code == 401


def test_operations_show_what_the_scopes_reach(app, file, records) -> None:
    narrow = resident(app, file, f"patient/Observation.rs{LABORATORY} patient/Patient.rs")
    everything = narrow.get(f"{BASE}/Patient/{file.patient}/$everything").get_json()
    assert {entry["resource"]["id"] for entry in everything["entry"]} == {
        file.patient,
        records["laboratory"]["id"],
    }
    last = narrow.get(f"{BASE}/Observation/$lastn?patient={file.patient}").get_json()
    assert [entry["resource"]["id"] for entry in last["entry"]] == [records["laboratory"]["id"]]
    assert narrow.get(f"{BASE}/Patient/{file.patient}/$summary").status_code == 403
    other = resident(app, file, "patient/Condition.s patient/Observation.r")
    assert other.get(f"{BASE}/Observation/$lastn?patient={file.patient}").status_code == 403
    whole = resident(app, file, "patient/*.rs")
    assert whole.get(f"{BASE}/Patient/{file.patient}/$summary").status_code == 200


def test_the_reader_log_needs_its_own_type_and_an_emergency_our_own_scope(app, file, records) -> None:
    for scope, status in (
        ("patient/Observation.rs", 403),
        ("patient/AuditEvent.rs", 200),
        ("patient/*.rs", 200),
    ):
        reader = resident(app, file, scope)
        assert reader.get(f"{BASE}/AuditEvent").status_code == status
        assert reader.get(f"{BASE}/Patient/{file.patient}/$access-log").status_code == status
    doctor = practitioner(app, "user/*.cruds")
    assert doctor.get(f"{BASE}/AuditEvent").status_code == 403
    assert doctor.post(f"{BASE}/Patient/{file.patient}/$break-glass", json={}).status_code == 403
