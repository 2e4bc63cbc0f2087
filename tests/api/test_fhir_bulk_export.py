"""Bulk exports over HTTP: asked for, gathered by a job, taken by who asked for as long as they may see it."""

import json
from datetime import timedelta

import pytest

from health_file import actions
from health_file.actions.exporting.wanted import TRANSITIONS, State
from services import clock
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.exports import PREFER, institution, work
from tests.support.fhir import BASE, FHIR, open_file, owner_bearer, write

JOB = "health_file.run_export"


@pytest.fixture
def file(app, clinic):
    return filled(app, clinic)


def filled(app, clinic, count=3):
    file = open_file(app, clinic)
    for number in range(count):
        body = {"resourceType": "Observation", "status": "final", "code": {"text": f"x{number}"}}
        answer = write(clinic, {**body, "subject": {"reference": f"Patient/{file.patient}"}})
        assert answer.status_code == 201, answer.text
    return file


def kick_off(bearer, place="Patient/$export", **headers):
    return bearer.get(f"{BASE}/{place}", headers={**PREFER, "Accept": "application/fhir+json", **headers})


def local(url):
    return url.partition("8000")[2]


def begun(bearer, place="Patient/$export"):
    answer = kick_off(bearer, place)
    assert answer.status_code == 202, answer.text
    return local(answer.headers["Content-Location"])


def finished(database, bearer, place="Patient/$export"):
    status = begun(bearer, place)
    assert work(database, JOB)
    answer = bearer.get(status)
    assert answer.status_code == 200, answer.text
    return status, answer


def lines(bearer, manifest):
    found = {}
    for one in manifest["output"]:
        answer = bearer.get(local(one["url"]))
        assert (answer.status_code, answer.mimetype) == (200, "application/fhir+ndjson"), answer.text
        found.setdefault(one["type"], []).extend(json.loads(line) for line in answer.get_data().splitlines())
    return found


def test_own_record_from_kick_off_to_files(app, clinic, file, database) -> None:
    filled(app, clinic)
    owner = owner_bearer(app, file)
    status = begun(owner)
    waiting = owner.get(status)
    assert (waiting.status_code, waiting.headers["X-Progress"]) == (202, "accepted: 0 resources")
    assert int(waiting.headers["Retry-After"]) > 0
    work(database, JOB)
    answer = owner.get(status)
    manifest = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "Expires" in answer.headers
    assert manifest["requiresAccessToken"] is True
    assert manifest["request"].endswith("/health-file/fhir/Patient/$export")
    assert (manifest["error"], manifest["deleted"]) == ([], [])
    found = lines(owner, manifest)
    assert {kind: len(those) for kind, those in found.items()} == {"Patient": 1, "Observation": 3}
    assert {one["type"]: one["count"] for one in manifest["output"]} == {"Patient": 1, "Observation": 3}
    assert found["Patient"][0]["id"] == file.patient
    assert all(one["subject"]["reference"] == f"Patient/{file.patient}" for one in found["Observation"])


def test_types_and_since_narrow_it_and_deletions_are_told(app, clinic, file, database) -> None:
    owner = owner_bearer(app, file)
    body = {"resourceType": "Flag", "status": "active", "code": {"text": "f"}}
    flag = write(clinic, {**body, "subject": {"reference": f"Patient/{file.patient}"}}).get_json()
    before = (clock.now() - timedelta(hours=1)).isoformat()
    assert clinic.delete(f"{BASE}/Flag/{flag['id']}").status_code == 204
    _, answer = finished(database, owner, f"Patient/$export?_type=Flag,Observation&_since={before}")
    manifest = answer.get_json()
    assert {one["type"] for one in manifest["output"]} == {"Observation"}
    deleted = owner.get(local(manifest["deleted"][0]["url"])).get_data()
    assert json.loads(deleted)["entry"][0]["request"] == {"method": "DELETE", "url": f"Flag/{flag['id']}"}
    after = (clock.now() + timedelta(hours=1)).isoformat()
    _, answer = finished(database, owner, f"Patient/$export?_since={after}")
    assert answer.get_json()["output"] == []


def test_institution_takes_what_it_may_see_and_no_more(app, clinic, file, database) -> None:
    elsewhere = staff_bearer(app, "practitioner", "CL-QX")
    other = filled(app, elsewhere)
    ours = institution(app, "CL-HP")
    for place in ("Patient/$export", "Group/CL-HP/$export", "$export"):
        _, answer = finished(database, ours, place)
        patients = {one["id"] for one in lines(ours, answer.get_json()).get("Patient", [])}
        assert file.patient in patients
        assert other.patient not in patients
    assert kick_off(ours, "Group/CL-QX/$export").status_code == 404


def test_only_who_asked_takes_it(app, clinic, file, database) -> None:
    owner = owner_bearer(app, file)
    status, answer = finished(database, owner)
    address = local(answer.get_json()["output"][0]["url"])
    for stranger in (resident_bearer(app), institution(app, "CL-HP"), clinic):
        assert stranger.get(status).status_code == 404
        assert stranger.get(address).status_code == 404
        assert stranger.delete(status).status_code == 404
    assert app.test_client().get(address).status_code == 401
    assert owner.get(address).status_code == 200


def test_what_may_no_longer_be_seen_is_left_out_when_it_leaves(
    app, clinic, file, database, monkeypatch
) -> None:
    from sqlalchemy import false

    owner = owner_bearer(app, file)
    _, answer = finished(database, owner)
    address = local(answer.get_json()["output"][0]["url"])
    assert owner.get(address).get_data()
    monkeypatch.setattr("health_file.store.exports.visible_to", lambda *_: false())
    assert owner.get(address).get_data() == b""


def test_cancelled_and_expired_are_gone(app, clinic, file, database) -> None:
    owner = owner_bearer(app, file)
    status, answer = finished(database, owner)
    address = local(answer.get_json()["output"][0]["url"])
    assert owner.delete(status).status_code == 202
    assert (owner.get(status).status_code, owner.get(address).status_code) == (404, 404)
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM health_file.export_chunks") == [0]
    status, answer = finished(database, owner)
    with clock.held(clock.now() + timedelta(hours=25)):
        work(database, "health_file.expire_export")
    assert owner.get(status).status_code == 404
    assert set(database.read_as(Role.WORKER, "SELECT state FROM health_file.exports")) == {"expired"}


def test_killed_worker_is_followed_by_one_that_goes_on(app, clinic, file, database, monkeypatch) -> None:
    monkeypatch.setattr("health_file.actions.exporting.gather.PAGE", 2)
    owner = owner_bearer(app, file)
    filled_more = [write(clinic, {"resourceType": "Observation", "status": "final", "code": {"text": "y"},
                                  "subject": {"reference": f"Patient/{file.patient}"}}) for _ in range(4)]  # fmt: skip
    assert {one.status_code for one in filled_more} == {201}
    status = begun(owner)
    opening = Opening(role=Role.WORKER, service="health_file", subjects=(file.account,))
    worker = system("health_file.run_export", subject=file.account)
    export_id = status.rpartition("/")[2]
    from uuid import UUID

    for _ in range(40):
        # Each page is a transaction of its own; one dies in the middle and leaves nothing.
        with pytest.raises(ZeroDivisionError), database.transaction(opening) as session:
            actions.gather_export(session, worker, export_id=UUID(export_id))
            raise ZeroDivisionError
        with database.transaction(opening) as session:
            if not actions.gather_export(session, worker, export_id=UUID(export_id)):
                break
    found = lines(owner, owner.get(status).get_json())
    assert len({one["id"] for one in found["Observation"]}) == len(found["Observation"]) == 7


def test_export_that_breaks_tells_its_failure(app, clinic, file, database, monkeypatch) -> None:
    from services.vault import SealBroken

    def broken(*_):
        raise SealBroken

    owner = owner_bearer(app, file)
    status = begun(owner)
    monkeypatch.setattr("health_file.actions.exporting.gather.views_of", broken)
    with pytest.raises(SealBroken):
        work(database, JOB)
    answer = owner.get(status)
    assert (answer.status_code, answer.get_json()["resourceType"]) == (500, "OperationOutcome")


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("Patient/$export?_typeFilter=Observation%3Fcode%3D1", 400),
        ("Patient/$export?_elements=id", 400),
        ("Patient/$export?_nonsense=1", 400),
        ("Patient/$export?_type=Practitioner", 400),
        ("Patient/$export?_type=Nothing", 400),
        ("Patient/$export?_since=yesterday", 400),
        ("Patient/$export?_since=2026-01-01", 400),
        ("Patient/$export?_since=2026-01-01T00:00:00Z&_since=2026-01-01T00:00:00Z", 400),
        ("Patient/$export?_outputFormat=text/csv", 400),
        ("$export", 403),
        ("Group/CL-HP/$export", 403),
    ],
)
def test_kick_off_asked_wrongly_is_refused_in_fhir(app, clinic, file, place, status) -> None:
    answer = kick_off(owner_bearer(app, file), place)
    assert (answer.status_code, answer.get_json()["resourceType"]) == (status, "OperationOutcome")


def test_kick_off_by_post_and_what_it_must_say(app, clinic, file, database) -> None:
    owner = owner_bearer(app, file)
    assert owner.get(f"{BASE}/Patient/$export").status_code == 400
    assert kick_off(owner, Accept="text/html").status_code == 406
    body = {"resourceType": "Parameters", "parameter": [
        {"name": "_type", "valueString": "Patient"},
        {"name": "_outputFormat", "valueString": "application/fhir+ndjson"}]}  # fmt: skip
    answer = owner.post(f"{BASE}/Patient/$export", data=json.dumps(body), headers={**FHIR, **PREFER})
    assert answer.status_code == 202, answer.text
    work(database, JOB)
    manifest = owner.get(local(answer.headers["Content-Location"])).get_json()
    assert [one["type"] for one in manifest["output"]] == ["Patient"]
    lenient = kick_off(owner, "Patient/$export?_elements=id", Prefer="respond-async, handling=lenient")
    assert lenient.status_code == 202


def test_so_many_at_once(app, clinic, file) -> None:
    owner = owner_bearer(app, file)
    assert [kick_off(owner).status_code for _ in range(4)] == [202, 202, 202, 429]


def test_nothing_of_it_is_in_clear(app, clinic, file, database, privacy) -> None:
    secret = "罕见的话 7431"
    privacy.watch(secret)
    write(clinic, {"resourceType": "Flag", "status": "active", "code": {"text": secret},
                   "subject": {"reference": f"Patient/{file.patient}"}})  # fmt: skip
    owner = owner_bearer(app, file)
    _, answer = finished(database, owner)
    assert secret in json.dumps(lines(owner, answer.get_json()), ensure_ascii=False)


def test_state_table_has_one_beginning_and_one_end() -> None:
    assert {state for state, _ in TRANSITIONS} == set(State) - {State.EXPIRED}
    assert set(TRANSITIONS.values()) == set(State) - {State.ACCEPTED}
