"""Of several writers at once one wins, and no version is lost or written twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write

pytestmark = [pytest.mark.database, pytest.mark.fault]
RACERS = 6


def race(committed_app, clinic, send):
    barrier = Barrier(RACERS)

    def run(number):
        http = committed_app.test_client()
        barrier.wait()
        return send(http, clinic._headers({"headers": FHIR}), number)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_updates_raced_from_one_version_have_one_winner(committed_app) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    file = open_file(committed_app, clinic)
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    body["subject"] = {"reference": f"Patient/{file.patient}"}
    first = write(clinic, body).get_json()
    address = f"{BASE}/Observation/{first['id']}"

    def send(http, headers, number):
        changed = {**first, "note": [{"text": str(number)}]}
        return http.put(address, json=changed, headers={**headers, "If-Match": 'W/"1"'})

    answers = race(committed_app, clinic, send)
    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} <= {200, 412, 503}
    assert clinic.get(f"{address}/_history").get_json()["total"] == 2


def test_conditional_creates_raced_make_one_resource(committed_app) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    file = open_file(committed_app, clinic)
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    body |= {"identifier": [{"value": "7"}], "subject": {"reference": f"Patient/{file.patient}"}}

    def send(http, headers, _):
        return http.post(
            f"{BASE}/Observation", json=body, headers={**headers, "If-None-Exist": "identifier=7"}
        )

    answers = race(committed_app, clinic, send)
    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.status_code for answer in answers} <= {200, 201, 503}
    assert clinic.get(f"{BASE}/Observation?identifier=7&patient={file.patient}").get_json()["total"] == 1


def test_updates_by_a_search_raced_make_one_resource(committed_app) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    file = open_file(committed_app, clinic)
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    body |= {"identifier": [{"value": "7"}], "subject": {"reference": f"Patient/{file.patient}"}}

    def send(http, headers, _):
        return http.put(f"{BASE}/Observation?identifier=7", json=body, headers=headers)

    answers = race(committed_app, clinic, send)
    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.status_code for answer in answers} <= {200, 201, 412, 503}
    assert clinic.get(f"{BASE}/Observation?identifier=7&patient={file.patient}").get_json()["total"] == 1


def test_transactions_raced_under_one_condition_or_key_make_one_resource(committed_app) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    file = open_file(committed_app, clinic)
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    body |= {"identifier": [{"value": "7"}], "subject": {"reference": f"Patient/{file.patient}"}}

    def bundle(**request):
        entry = {"resource": body, "request": {"method": "POST", "url": "Observation", **request}}
        return {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}

    def conditional(http, headers, _):
        return http.post(BASE, json=bundle(ifNoneExist="identifier=7"), headers=headers)

    answers = race(committed_app, clinic, conditional)
    assert {answer.status_code for answer in answers} <= {200, 503}
    made = [
        answer.get_json()["entry"][0]["response"]["status"] for answer in answers if answer.status_code == 200
    ]
    assert made.count("201 Created") == 1

    def keyed(http, headers, _):
        return http.post(BASE, json=bundle(), headers={**headers, "Idempotency-Key": "once"})

    assert {answer.status_code for answer in race(committed_app, clinic, keyed)} <= {200, 503}
    assert clinic.get(f"{BASE}/Observation?identifier=7&patient={file.patient}").get_json()["total"] == 2
