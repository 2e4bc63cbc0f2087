"""Of many who ask at once one has asked; a file that is erased several times at once is erased once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from services import clock
from services.database.roles import Role
from services.database.session import Opening
from services.jobs.running import run_job
from services.vault import store as keys
from tests.api.test_health_erasure import API, proven
from tests.support.doors import staff_bearer
from tests.support.exports import job_named
from tests.support.fhir import BASE, FHIR, open_file

pytestmark = [pytest.mark.database, pytest.mark.fault]
RACERS = 5


def race(*calls):
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_one_ask_and_one_erasure_while_somebody_writes(committed_app, committed) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    file = open_file(committed_app, clinic)
    owner = proven(committed_app, file)

    def posting(bearer, address, **given):
        http = committed_app.test_client()
        headers = {"Authorization": f"Bearer {bearer.token}", **FHIR}
        return lambda: http.post(address, headers=headers, **given)

    answers = race(*[posting(owner, API, json={}) for _ in range(RACERS)])
    assert sorted(one.status_code for one in answers)[:1] == [202]
    assert [one.status_code for one in answers].count(202) == 1
    asked = next(one.get_json() for one in answers if one.status_code == 202)
    arguments = {"subject_id": str(file.account), "caused_by": str(file.account), "erasure_id": asked["id"]}
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "effectiveDateTime": "2005-01-01", "subject": {"reference": f"Patient/{file.patient}"}}  # fmt: skip
    writing = [posting(clinic, f"{BASE}/Observation", data=json.dumps(body)) for _ in range(2)]

    def erase():
        with clock.held(clock.now() + timedelta(days=8)):
            run_job(committed, job_named("health_file.erase_file"), arguments)

    answers = race(erase, *writing, erase)
    assert {one.status_code for one in answers if one is not None} <= {201, 422, 503}
    assert owner.get(f"{API}/{asked['id']}").get_json()["state"] == "erased"
    with clock.held(clock.now() + timedelta(days=9)):
        run_job(committed, job_named("health_file.sweep_erased"), arguments)
    with committed.transaction(Opening(role=Role.WORKER, service="health_file")) as session:
        left = session.raw(
            "SELECT count(*) FROM health_file.resources WHERE subject_id = %s", (file.account,)
        ).fetchone()
        assert left == (0,)
        assert keys.find_part_key(session, file.account, "health_file") is None
