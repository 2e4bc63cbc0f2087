"""Patches, and changes of what a search finds: of one resource, the version that was seen, all or nothing."""

import json

import pytest

from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, write

PATCH = {"Content-Type": "application/json-patch+json"}
SEEN = {"If-Match": 'W/"1"'}


@pytest.fixture
def body(file):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": f"Patient/{file.patient}"},
        "identifier": [{"system": "urn:x", "value": "7"}],
        "note": [{"text": "a"}, {"text": "b"}],
    }


def patch(bearer, path, operations, **headers):
    headers = {**PATCH, **SEEN, **headers}
    return bearer.http.patch(
        f"{BASE}/{path}", data=json.dumps(operations), headers=bearer._headers({"headers": headers})
    )


def issue(answer, status):
    assert answer.status_code == status, answer.text
    found = answer.get_json()
    assert found["resourceType"] == "OperationOutcome"
    assert found["issue"][0]["expression"]
    return found["issue"][0]


def change(bearer, method, query, body=None, **headers):
    call = getattr(bearer.http, method)
    data = None if body is None else json.dumps(body)
    return call(f"{BASE}/{query}", data=data, headers=bearer._headers({"headers": {**FHIR, **headers}}))


def test_patch_makes_the_next_version(clinic, body) -> None:
    made = write(clinic, body).get_json()
    operations = [
        {"op": "test", "path": "/status", "value": "final"},
        {"op": "replace", "path": "/status", "value": "amended"},
        {"op": "add", "path": "/note/-", "value": {"text": "c"}},
        {"op": "remove", "path": "/note/0"},
        {"op": "move", "from": "/note/1", "path": "/note/0"},
        {"op": "copy", "from": "/identifier/0/value", "path": "/identifier/0/use"},
        {"op": "replace", "path": "/identifier/0/use", "value": "official"},
    ]
    answer = patch(clinic, f"Observation/{made['id']}", operations)
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    kept = clinic.get(f"{BASE}/Observation/{made['id']}").get_json()
    assert (kept["status"], [one["text"] for one in kept["note"]]) == ("amended", ["c", "b"])
    assert kept["identifier"][0]["use"] == "official"


@pytest.mark.parametrize(
    ("operations", "status", "code"),
    [
        ([{"op": "test", "path": "/status", "value": "amended"}], 422, "processing"),
        ([{"op": "remove", "path": "/nothing"}], 422, "processing"),
        ([{"op": "replace", "path": "/note/7", "value": 1}], 422, "processing"),
        ([{"op": "replace", "path": "/id", "value": "x"}], 422, "processing"),
        ([{"op": "replace", "path": "", "value": {"resourceType": "Patient"}}], 422, "processing"),
        ([{"op": "replace", "path": "/status", "value": "x"}], 422, "code-invalid"),
        ([{"op": "remove", "path": "/status"}], 422, "required"),
        ([{"op": "add", "path": "status", "value": "x"}], 400, "structure"),
        ([{"op": "add", "path": "/status"}], 400, "structure"),
        ([{"op": "spoil", "path": "/status"}], 400, "structure"),
        ({"op": "remove", "path": "/status"}, 400, "structure"),
        ([], 400, "structure"),
    ],
)
def test_patch_that_does_not_fit_changes_nothing(operations, status, code, clinic, body) -> None:
    made = write(clinic, body).get_json()
    both = (
        [{"op": "add", "path": "/note/-", "value": {"text": "c"}}, *operations]
        if isinstance(operations, list)
        else operations
    )
    assert (
        issue(patch(clinic, f"Observation/{made['id']}", both if operations else []), status)["code"] == code
    )
    assert clinic.get(f"{BASE}/Observation/{made['id']}").headers["ETag"] == 'W/"1"'


def test_patch_needs_the_version_and_its_own_language(clinic, body) -> None:
    made = write(clinic, body).get_json()
    path, operations = f"Observation/{made['id']}", [{"op": "remove", "path": "/note"}]
    assert patch(clinic, path, operations, **{"If-Match": 'W/"2"'}).status_code == 412
    unseen = clinic.http.patch(f"{BASE}/{path}", data="[]", headers=clinic._headers({"headers": PATCH}))
    assert issue(unseen, 428)
    other = patch(clinic, path, operations, **{"Content-Type": "application/merge-patch+json"})
    assert issue(other, 415)
    assert other.headers["Accept-Patch"] == f"{FHIR['Content-Type']}, {PATCH['Content-Type']}"
    assert issue(patch(clinic, path, operations, **FHIR), 400)


def test_update_by_a_search_creates_once_and_changes_afterwards(clinic, body) -> None:
    query = "Observation?identifier=urn:x|7"
    first = change(clinic, "put", query, body)
    assert first.status_code == 201, first.text
    second = change(clinic, "put", query, {**body, "status": "amended"})
    assert (second.status_code, second.headers["ETag"]) == (200, 'W/"2"')
    assert second.get_json()["id"] == first.get_json()["id"]
    assert issue(change(clinic, "put", query, body, **SEEN), 412)
    assert change(clinic, "put", query, body, **{"If-Match": 'W/"2"'}).status_code == 200
    assert issue(change(clinic, "put", query, {**body, "id": "x"}), 400)["expression"] == ["Observation.id"]
    nothing = "Observation?identifier=urn:x|8"
    assert issue(change(clinic, "put", nothing, {**body, "id": "x"}), 422)["expression"] == ["Observation.id"]
    assert issue(change(clinic, "put", nothing, body, **SEEN), 412)
    assert write(clinic, body).status_code == 201
    assert issue(change(clinic, "put", query, body), 412)["code"] == "multiple-matches"
    assert issue(change(clinic, "put", "Observation", body), 400)


def test_patch_and_deletion_by_a_search_find_one(app, clinic, body) -> None:
    made = write(clinic, body).get_json()
    query = "Observation?identifier=urn:x|7"
    assert patch(clinic, query, [{"op": "replace", "path": "/status", "value": "amended"}]).status_code == 200
    assert (
        patch(clinic, "Observation?identifier=urn:x|8", [{"op": "remove", "path": "/note"}]).status_code
        == 404
    )
    other = staff_bearer(app, "practitioner", "CL-BJ")
    assert change(other, "delete", query).status_code == 204
    assert issue(change(clinic, "delete", query, **SEEN), 412)
    assert change(clinic, "delete", query).status_code == 204
    assert change(clinic, "delete", query).status_code == 204
    assert clinic.get(f"{BASE}/Observation/{made['id']}").status_code == 410
    assert issue(change(clinic, "delete", "Observation"), 400)
    write(clinic, body), write(clinic, body)
    assert issue(change(clinic, "delete", query), 412)["code"] == "multiple-matches"


def parameters(*operations):
    def part(name, value):
        return {"name": name, **(value if isinstance(value, dict) else {"valueString": value})}

    shown = [{"name": "operation", "part": [part(*one) for one in each.items()]} for each in operations]
    return {"resourceType": "Parameters", "parameter": shown}


AMENDED = {"type": {"valueCode": "replace"}, "path": "Observation.status", "value": {"valueCode": "amended"}}


def test_fhirpath_patch_makes_the_next_version(clinic, body) -> None:
    made = write(clinic, body).get_json()
    noted = {"type": {"valueCode": "delete"}, "path": "Observation.note.where(text = 'a')"}
    answer = patch(clinic, f"Observation/{made['id']}", parameters(AMENDED, noted), **FHIR)
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    assert answer.get_json()["status"] == "amended"
    assert answer.get_json()["note"] == [{"text": "b"}]
    found = change(clinic, "patch", "Observation?identifier=urn:x|7", parameters(noted | {"path": "note"}))
    assert found.status_code == 200, found.text
    assert "note" not in found.get_json()


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({**AMENDED, "value": {"valueCode": "no such status"}}, 422),
        ({**AMENDED, "path": "Observation.nothing"}, 422),
        ({**AMENDED, "path": "Observation.note.text"}, 422),
        ({**AMENDED, "path": "Observation.status.lower()"}, 400),
        ({"type": {"valueCode": "replace"}, "path": "Observation.id", "value": {"valueId": "x"}}, 422),
        ({"type": {"valueCode": "delete"}, "path": "Observation.subject"}, 422),
    ],
)
def test_fhirpath_patch_that_does_not_fit_changes_nothing(clinic, body, operation, status) -> None:
    made = write(clinic, body).get_json()
    issue(patch(clinic, f"Observation/{made['id']}", parameters(operation), **FHIR), status)
    assert clinic.get(f"{BASE}/Observation/{made['id']}").headers["ETag"] == 'W/"1"'


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_fhirpath_patch_stands_in_a_bundle(clinic, body, kind) -> None:
    made = write(clinic, body).get_json()
    entry = {
        "resource": parameters(AMENDED),
        "request": {"method": "PATCH", "url": f"Observation/{made['id']}", "ifMatch": 'W/"1"'},
    }
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [entry]}
    answer = clinic.post(BASE, data=json.dumps(bundle), headers=FHIR).get_json()
    assert answer["entry"][0]["response"]["status"][:3] == "200", answer
    assert clinic.get(f"{BASE}/Observation/{made['id']}").get_json()["status"] == "amended"


def test_both_languages_of_patches_are_declared(clinic, body) -> None:
    statement = clinic.get(f"{BASE}/metadata").get_json()
    assert statement["patchFormat"] == ["application/fhir+json", "application/json-patch+json"]
    made = write(clinic, body).get_json()
    answer = patch(clinic, f"Observation/{made['id']}", [], **{"Content-Type": "application/xml"})
    issue(answer, 415)
    assert answer.headers["Accept-Patch"] == "application/fhir+json, application/json-patch+json"
