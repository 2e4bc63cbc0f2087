"""What two readers could read differently is refused, always in FHIR's own shape."""

import gzip
import json
from decimal import Decimal

import pytest

from health_file.fhir import text
from health_file.rules import ID_NUMBER_SYSTEM
from services.settings import CHECKOUT
from tests.support.doors import enrolled_id_number
from tests.support.fhir import BASE, FHIR, open_file, write


def deep(levels):
    return '{"extension":[' * (levels // 2) + "1" + "]}" * (levels // 2)


HOSTILE = {
    "deeper than 32": deep(34),
    "very deep": "[" * 100_000,
    "deep in a string that never ends": '"' + "[" * 1000,
    "a member twice": '{"resourceType":"Observation","status":"final","status":"amended"}',
    "a member twice, once escaped": '{"resourceType":"Observation","status":"final","\\u0073tatus":"amended"}',
    "NUL": '{"resourceType":"Observation","status":"\\u0000"}',
    "NUL in a name": '{"resourceType":"Observation","\\u0000":"x"}',
    "raw NUL": '{"resourceType":"Observation\x00"}',
    "lone surrogate": '{"resourceType":"Observation","status":"\\ud800"}',
    "lone surrogate in a list": '{"resourceType":"Observation","a":["\\udc00"]}',
    "NaN": '{"resourceType":"Observation","valueInteger":NaN}',
    "infinity": '{"resourceType":"Observation","valueInteger":-Infinity}',
    "huge fraction": '{"resourceType":"Observation","valueQuantity":{"value":1e400}}',
    "huge integer": '{"resourceType":"Observation","valueInteger":' + "9" * 5000 + "}",
    "garbage after it": '{"resourceType":"Observation"}x',
    "two texts": '{"resourceType":"Observation"}{}',
    "a comment": '{"resourceType":"Observation"/**/}',
    "cut": '{"resourceType":"Observation"',
    "nothing": "",
    "byte order mark": "\ufeff{}",
}


@pytest.mark.parametrize("path", ["/Observation", "/Observation/$validate", ""])
def test_hostile_body_is_refused(path, clinic) -> None:
    for kind, body in HOSTILE.items():
        answer = clinic.post(f"{BASE}{path}", data=body.encode(), headers=FHIR)
        assert answer.status_code == 400, (kind, answer.text)
        (issue,) = answer.get_json()["issue"]
        assert answer.get_json()["resourceType"] == "OperationOutcome"
        assert issue["expression"]


def test_not_utf_8_is_refused(clinic) -> None:
    for raw in ('{"resourceType":"Observation"}'.encode("utf-16"), b'{"a":"\xff"}'):
        assert clinic.post(f"{BASE}/Observation", data=raw, headers=FHIR).status_code == 400


def test_body_that_is_no_resource_of_the_type_is_refused(clinic) -> None:
    for body in ("1", '"x"', "null", "[]", "{}", '{"resourceType":"Patient"}', '{"resourceType":1}'):
        answer = clinic.post(f"{BASE}/Observation", data=body, headers=FHIR)
        assert answer.status_code == 422, body
        assert answer.get_json()["issue"][0]["expression"] == ["resourceType"]


def test_body_of_another_type_is_refused(clinic) -> None:
    for declared in ("text/plain", "application/fhir+xml", "application/x-www-form-urlencoded", ""):
        answer = clinic.post(f"{BASE}/Observation", data="{}", headers={"Content-Type": declared})
        assert (answer.status_code, answer.get_json()["resourceType"]) == (415, "OperationOutcome")


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("", "*/*", 200), ("", "application/fhir+json;fhirVersion=4.0", 200), ("", "application/json", 200),
        ("", "application/fhir+json;fhirVersion=5.0", 406),
        ("", "text/html", 406), ("?_format=json", "text/html", 200), ("?_format=application/fhir%2Bjson", "*/*", 200),
        ("?_format=xml", "*/*", 406), ("?_format=ttl", "*/*", 406), ("?_pretty=true", "*/*", 200),
    ],
)  # fmt: skip
def test_answers_are_fhir_json_or_406(query, accept, status, client) -> None:
    answer = client.get(f"{BASE}/metadata{query}", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (status, "application/fhir+json")


ABSENT = (
    ("get", "/x/y/z", 404), ("get", "/Observation/x/_history/y/z", 404), ("post", "/metadata", 404),
    ("put", "/Observation/_search", 404), ("delete", "/metadata", 404), ("post", "/Unheard", 404),
    ("get", "/Unheard", 404), ("get", "/Observation/not-a-uuid", 404), ("post", "/AuditEvent", 405),
    ("put", "", 404),
)  # fmt: skip


def test_addresses_that_are_not_there_answer_an_outcome(clinic) -> None:
    headers = {**FHIR, "If-Match": 'W/"1"'}
    for method, path, status in ABSENT:
        data = {} if method == "get" else {"data": "{}"}
        answer = getattr(clinic, method)(f"{BASE}{path}", headers=headers, **data)
        assert (answer.status_code, answer.get_json()["resourceType"]) == (status, "OperationOutcome"), path
        assert status != 405 or answer.headers["Allow"]


def test_reader_may_ask_for_less_of_a_resource(app, clinic) -> None:
    file = open_file(app, clinic)
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "note": [{"text": "y"}]}
    made = write(clinic, body | {"subject": {"reference": f"Patient/{file.patient}"}}).get_json()
    less = clinic.get(f"{BASE}/Observation/{made['id']}?_elements=note").get_json()
    assert set(less) == {"resourceType", "id", "meta", "status", "code", "note"}
    assert less["meta"]["tag"][-1]["code"] == "SUBSETTED"
    whole = clinic.put(
        f"{BASE}/Observation/{made['id']}", data=json.dumps(less), headers={**FHIR, "If-Match": 'W/"1"'}
    )
    assert (whole.status_code, whole.get_json()["issue"][0]["code"]) == (422, "business-rule")
    assert "note" not in clinic.get(f"{BASE}/Observation/{made['id']}?_summary=true").get_json()
    assert clinic.get(f"{BASE}/Observation/{made['id']}?_summary=count").status_code == 400
    head = clinic.http.head(f"{BASE}/Observation/{made['id']}", headers=clinic._headers({}))
    assert (head.status_code, head.get_data(), head.headers["ETag"]) == (200, b"", 'W/"1"')


def test_patient_examples_come_back_equal(app, clinic) -> None:
    corpus = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"
    for line in gzip.decompress(corpus.read_bytes()).splitlines():
        example = json.loads(line, parse_float=Decimal)
        if example["resourceType"] == "Patient":
            number = {"system": ID_NUMBER_SYSTEM, "value": enrolled_id_number(app)[1]}
            example["identifier"] = [*example.get("identifier", []), number]
            answer = clinic.post(f"{BASE}/Patient", data=text.write(example), headers=FHIR)
            assert answer.status_code == 201, (example["id"], answer.text)
            stored = text.read(clinic.get(answer.headers["Location"].partition("8000")[2]).get_data())
            for body in (stored, example):
                body.pop("id", None)
                body.pop("meta", None)
            assert text.write(stored) == text.write(example)
