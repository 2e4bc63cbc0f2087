"""Breaking the glass: one resident's file, for an hour, to read; told, confirmed twice, closed, reviewed, escalated."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from health_file import jobs
from services import clock
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.models import grants
from services.gateway.people import acr
from tests.support.consents import LEVEL, give, owner_of, unit
from tests.support.doors import Bearer, bearer_for, staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, seen, write
from tests.support.oauth import Door, hidden_fields

API = "/health-file/v1"


def proven_bearer(app, role, code):
    """A member of staff who has just shown a code."""
    door = Door(app)
    someone = door.add_person(kind="staff", roles=(role,), unit=code)
    bearer = bearer_for(app, someone, holder=role)
    client = door.add_client(scopes=["openid", "offline_access", *door.scopes_for(role)])
    tokens = door.tokens(client, someone, scope="openid offline_access " + " ".join(door.scopes_for(role)))
    opening = Opening(role=Role.GATEWAY, service="gateway")
    with door.database.transaction(opening) as session:
        session.execute(
            update(grants)
            .where(grants.c.subject_id == someone.account)
            .values(acr=acr.ONE_TIME_PASSWORD, auth_time=session.at)
        )
    again = door.refresh(client, tokens["refresh_token"]).get_json()
    return Bearer(bearer.http, again["access_token"], someone.account)


@pytest.fixture
def doctor(app):
    return proven_bearer(app, "practitioner", "CL-BJ")


@pytest.fixture
def owner(app, clinic):
    return owner_of(app, open_file(app, clinic))


def kept(clinic, owner, **elements):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **elements}
    return write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}}).get_json()


def ask(bearer, address, **given):
    listed = [{"name": name, "valueString": value} for name, value in given.items()]
    body = {"resourceType": "Parameters", "parameter": listed}
    return bearer.post(f"{BASE}/{address}", json=body, headers=FHIR)


def opened(doctor, owner):
    answer = ask(
        doctor, f"Patient/{owner.file.patient}/$break-glass", reason="unconscious", text="路边昏倒，无人陪同"
    )
    assert answer.status_code == 201, answer.text
    found = {one["name"]: one for one in answer.get_json()["parameter"]}
    token = found["access_token"]["valueString"]
    return found, Bearer(doctor.http, token, doctor.account)


def test_token_reads_one_file_against_denials_and_writes_nothing(app, clinic, doctor, owner) -> None:
    one, restricted = (
        kept(clinic, owner),
        kept(clinic, owner, meta={"security": [{"system": LEVEL, "code": "R"}]}),
    )
    stranger = owner_of(app, open_file(app, clinic))
    other = kept(clinic, stranger)
    give(owner, {"type": "deny", "actor": [unit("CL-BJ")]})
    assert seen(doctor, one) == 404
    found, reader = opened(doctor, owner)
    assert found["expires_in"]["valueInteger"] == 3600
    assert found["front-page"]["resource"]["resourceType"] == "Bundle"
    assert [seen(reader, each) for each in (one, restricted, other)] == [200, 404, 404]
    assert seen(doctor, one) == 404
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    body["subject"] = {"reference": f"Patient/{owner.file.patient}"}
    assert write(reader, body).status_code == 403
    again = ask(doctor, f"Patient/{owner.file.patient}/$break-glass", confirm=found["emergency"]["valueId"])
    assert again.status_code == 200, again.text
    assert seen(reader, restricted) == 200
    log = owner.bearer.get(f"{API}/access-log").get_json()["items"]
    assert {item["consent"] for item in log if item["purpose"] == "BTG"} == {"break-glass"}
    assert doctor.post(f"{API}/emergencies/{found['emergency']['valueId']}/close").status_code == 204
    assert seen(reader, one) == 404


def test_denial_that_names_emergencies_holds_in_one(clinic, doctor, owner) -> None:
    one = kept(clinic, owner)
    reason = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG"}
    give(owner, {"type": "deny", "actor": [unit("CL-BJ")], "purpose": [reason]})
    answer = ask(
        doctor, f"Patient/{owner.file.patient}/$break-glass", reason="unconscious", text="路边昏倒，无人陪同"
    )
    assert answer.status_code == 404
    assert seen(doctor, one) == 404


def test_it_takes_a_fresh_proof_a_reason_and_a_practitioner(app, clinic, doctor, owner) -> None:
    address = f"Patient/{owner.file.patient}/$break-glass"
    weak = ask(clinic, address, reason="unconscious", text="路边昏倒，无人陪同")
    assert weak.status_code == 401
    assert "insufficient_user_authentication" in weak.headers["WWW-Authenticate"]
    assert ask(doctor, address, reason="curious", text="路边昏倒，无人陪同").status_code == 400
    assert ask(doctor, address, reason="unconscious", text="x").status_code == 400
    assert ask(owner.bearer, address, reason="unconscious", text="路边昏倒，无人陪同").status_code in {
        401,
        403,
    }
    by_number = ask(
        doctor,
        "Patient/$break-glass",
        reason="unconscious",
        text="路边昏倒，无人陪同",
        identifier=owner.file.id_number,
    )
    assert by_number.status_code == 201, by_number.text
    nobody = ask(
        doctor,
        "Patient/$break-glass",
        reason="unconscious",
        text="路边昏倒，无人陪同",
        identifier="310101199001010000",
    )
    assert nobody.status_code == 404


def test_resident_is_told_at_once_and_the_hour_ends(app, clinic, doctor, owner) -> None:
    one = kept(clinic, owner)
    found, reader = opened(doctor, owner)
    database = app.extensions["citizen_database"]
    told = database.read_as(
        Role.WORKER, f"SELECT kind FROM notices.messages WHERE subject_id = '{owner.file.account}'"
    )
    assert "health_file.emergency_opened" in str(told)
    with clock.held(clock.now() + timedelta(minutes=61)):
        assert reader.get(f"{BASE}/Observation/{one['id']}").status_code == 401
    emergency = found["emergency"]["valueId"]
    opening = Opening(role=Role.WORKER, service="health_file", subjects=(owner.file.account,))
    actor = system("health_file.close_emergency", subject=owner.file.account)
    for run in (jobs.close_emergency, jobs.tell_guardians):
        with database.transaction(opening) as session:
            run(session, actor, emergency_id=emergency)
    assert seen(reader, one) == 404


def test_review_closes_the_matter_and_lateness_is_on_record(app, doctor, owner) -> None:
    found, _ = opened(doctor, owner)
    emergency = found["emergency"]["valueId"]
    boss = staff_bearer(app, "supervisor", "HOTLINE")
    verdict = {"verdict": "justified"}
    assert boss.post(f"{API}/emergencies/{emergency}/review", json=verdict).status_code == 409
    actor = system("health_file.escalate_emergency", subject=owner.file.account)
    opening = Opening(role=Role.WORKER, service="health_file", subjects=(owner.file.account,))
    later = clock.now() + timedelta(hours=73)
    with clock.held(later), app.extensions["citizen_database"].transaction(opening) as session:
        jobs.escalate_emergency(session, actor, emergency_id=emergency)
    item = boss.get(f"{API}/emergencies").get_json()["items"][0]
    assert (item["state"], item["words"], UUID(item["id"])) == (
        "escalated",
        "路边昏倒，无人陪同",
        UUID(emergency),
    )
    assert item["reader"]
    assert doctor.get(f"{API}/emergencies").status_code == 403
    assert boss.post(f"{API}/emergencies/{emergency}/review", json=verdict).status_code == 204
    assert boss.post(f"{API}/emergencies/{emergency}/review", json=verdict).status_code == 409
    assert boss.get(f"{API}/emergencies").get_json()["items"] == []


def test_supervisor_reviews_at_a_desk_of_the_console(app, doctor, owner) -> None:
    found, _ = opened(doctor, owner)
    emergency = found["emergency"]["valueId"]
    assert doctor.post(f"{API}/emergencies/{emergency}/close").status_code == 204
    door = Door(app)
    door.sign_in(door.add_person(kind="staff", roles=("supervisor",), unit="HOTLINE"))
    page = door.http.get("/console/health/emergencies")
    assert page.status_code == 200, page.text
    assert "路边昏倒，无人陪同" in page.text
    form = hidden_fields(page.text)
    answer = door.http.post(f"/console/health/emergencies/{emergency}", data={**form, "verdict": "justified"})
    assert answer.status_code == 303, answer.text
    assert "路边昏倒" not in door.http.get("/console/health/emergencies").text
