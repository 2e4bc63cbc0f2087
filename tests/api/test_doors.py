"""The other doors: health file, card and legal person, each written and read on real input."""

import json

import pytest

from health_file.rules import ID_NUMBER_SYSTEM
from services import clock
from services.database.roles import Role
from services.demo.city import invent_city
from services.settings import CHECKOUT
from tests.support.doors import bearer_for, enrolled_id_number, resident_bearer, staff_bearer
from tests.support.oauth import Door, Person

OFFICIAL = CHECKOUT / "tests" / "official" / "hl7"
FHIR = {"Content-Type": "application/fhir+json"}


def official(name: str) -> dict:
    return json.loads((OFFICIAL / name).read_text())


def opened_file(app, clinic, privacy):
    """HL7's Patient example, given the ID number of a resident of ours."""
    account, number = enrolled_id_number(app)
    privacy.watch(number, "Chalmers")
    patient = official("patient-example.json")
    patient["identifier"].append({"system": ID_NUMBER_SYSTEM, "value": number})
    answer = clinic.post("/health-file/fhir/Patient", data=json.dumps(patient), headers=FHIR)
    assert answer.status_code == 201, answer.text
    return account, patient, answer


def test_official_patient_stored_reads_back_byte_for_byte_in_meaning(app, clinic, privacy) -> None:
    _, patient, answer = opened_file(app, clinic, privacy)
    assert answer.headers["Location"].endswith("/_history/1")
    read = clinic.get(f"/health-file/fhir/Patient/{answer.get_json()['id']}")
    assert read.mimetype == "application/fhir+json"
    body = read.get_json()
    given = {name: value for name, value in body.items() if name not in {"id", "meta"}}
    assert given == {name: value for name, value in patient.items() if name not in {"id", "meta"}}


def test_official_observation_stored_is_read_by_its_resident(app, clinic, privacy, database) -> None:
    _, _, patient = opened_file(app, clinic, privacy)
    observation = official("observation-example.json")
    observation["subject"] = {"reference": f"Patient/{patient.get_json()['id']}"}
    answer = clinic.post("/health-file/fhir/Observation", data=json.dumps(observation), headers=FHIR)
    assert answer.status_code == 201, answer.text
    rows = database.read_as(Role.WORKER, "SELECT row_to_json(r)::text FROM health_file.resources r")
    assert not any("Chalmers" in row or "29463-7" in row for row in rows)
    found = clinic.get("/health-file/fhir/Observation").get_json()
    assert found["total"] == 1
    assert found["entry"][0]["resource"]["valueQuantity"] == observation["valueQuantity"]


def test_file_written_by_a_clinic_is_shown_to_its_owner_and_to_nobody_else(app, clinic, privacy) -> None:
    account, _, _ = opened_file(app, clinic, privacy)
    door = Door(app)
    owner = bearer_for(app, door.sign_in_again(Person(account, account, "resident", (), clock.now())))
    (shown,) = owner.get("/health-file/v1/resources").get_json()["items"]
    assert (shown["type"], shown["author"]) == ("Patient", "CL-HP")
    assert resident_bearer(app).get("/health-file/v1/resources").get_json()["items"] == []
    other = staff_bearer(app, "practitioner", "CL-BJ")
    assert other.get("/health-file/fhir/Patient").get_json()["total"] == 0


def test_resource_that_breaks_fhir_answers_an_operation_outcome_by_path(clinic) -> None:
    body = {"resourceType": "Observation", "code": {"text": "x"}}
    answer = clinic.post("/health-file/fhir/Observation", data=json.dumps(body), headers=FHIR)
    outcome = answer.get_json()
    assert (answer.status_code, outcome["resourceType"]) == (422, "OperationOutcome")
    assert outcome["issue"][0]["expression"] == ["Observation.status"]


def test_resource_of_an_unknown_resident_is_refused(clinic) -> None:
    answer = clinic.post(
        "/health-file/fhir/Patient", data=json.dumps({"resourceType": "Patient"}), headers=FHIR
    )
    assert answer.status_code == 422


def test_second_patient_of_a_resident_is_refused(app, clinic, privacy) -> None:
    _, patient, _ = opened_file(app, clinic, privacy)
    answer = clinic.post("/health-file/fhir/Patient", data=json.dumps(patient), headers=FHIR)
    assert answer.status_code == 409


def test_write_by_a_resident_lacks_the_scope(app) -> None:
    answer = resident_bearer(app).post("/health-file/fhir/Patient", data="{}", headers=FHIR)
    assert answer.status_code == 403
    assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_card_applied_for_shows_its_state_and_is_one_per_resident(app, privacy) -> None:
    privacy.watch("东岸区社保卡服务网点")
    resident = resident_bearer(app)
    body = {"pickup": "东岸区社保卡服务网点"}
    card = resident.post("/social-card/v1/card-applications", json=body)
    assert (card.status_code, card.get_json()["state"]) == (201, "applied")
    assert resident.post("/social-card/v1/card-applications", json=body).status_code == 409
    (listed,) = resident.get("/social-card/v1/cards").get_json()["items"]
    assert listed == card.get_json()


def test_card_walked_to_active_and_reported_lost(app) -> None:
    resident, officer = resident_bearer(app), staff_bearer(app, "officer", "CARD")
    card = resident.post("/social-card/v1/card-applications", json={"pickup": "网点"}).get_json()
    for event in ("approve", "produced", "hand_over"):
        answer = officer.post(f"/social-card/v1/cards/{card['id']}/decisions", json={"event": event})
        assert answer.status_code == 200, answer.text
    for event, state in (("activate", "active"), ("report_temp_loss", "temp_lost"), ("release", "active")):
        answer = resident.post(f"/social-card/v1/cards/{card['id']}/transitions", json={"event": event})
        assert answer.get_json()["state"] == state


def test_card_withdrawn_frees_the_place_for_a_new_one(app) -> None:
    resident = resident_bearer(app)
    card = resident.post("/social-card/v1/card-applications", json={"pickup": "网点"}).get_json()
    resident.post(f"/social-card/v1/cards/{card['id']}/transitions", json={"event": "withdraw"})
    assert resident.post("/social-card/v1/card-applications", json={"pickup": "网点"}).status_code == 201


def test_card_of_somebody_else_does_not_exist(app) -> None:
    card = resident_bearer(app).post("/social-card/v1/card-applications", json={"pickup": "网点"}).get_json()
    other = resident_bearer(app)
    assert other.get(f"/social-card/v1/cards/{card['id']}").status_code == 404
    officer = staff_bearer(app, "officer", "WORKS-DA")
    assert officer.get(f"/social-card/v1/cards/{card['id']}").status_code == 404


FIRM = {
    "uscc": invent_city().legal_persons[0].uscc,
    "name": "东岸恒通物业有限公司",
    "name_en": "Hengtong Property",
    "address": "东岸区长乐路 783 号",
    "contact": "021-51234567",
}


def test_legal_person_registered_is_found_by_code_once_confirmed(app, privacy) -> None:
    privacy.watch(FIRM["contact"])
    resident, officer = resident_bearer(app), staff_bearer(app, "officer", "REGISTER")
    made = resident.post("/legal-id/v1/legal-persons", json=FIRM)
    assert (made.status_code, made.get_json()["status"]) == (201, "pending")
    public = app.test_client()
    assert public.get(f"/legal-id/v1/register/{FIRM['uscc']}").status_code == 404
    decided = officer.post(f"/legal-id/v1/legal-persons/{FIRM['uscc']}/decisions", json={"event": "confirm"})
    assert decided.get_json()["status"] == "active"
    assert public.get(f"/legal-id/v1/register/{FIRM['uscc']}").get_json()["name"] == FIRM["name"]
    (mine,) = resident.get("/legal-id/v1/legal-persons").get_json()["items"]
    assert (mine["uscc"], mine["role"]) == (FIRM["uscc"], "legal_representative")


def test_legal_person_registered_twice_is_refused(app) -> None:
    resident_bearer(app).post("/legal-id/v1/legal-persons", json=FIRM)
    answer = resident_bearer(app).post("/legal-id/v1/legal-persons", json=FIRM)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "legal_id.legal_person_registered")


def test_legal_person_with_a_wrong_code_names_the_part(app) -> None:
    answer = resident_bearer(app).post(
        "/legal-id/v1/legal-persons", json={**FIRM, "uscc": FIRM["uscc"][:-1] + "0"}
    )
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "/uscc")


def test_business_of_somebody_else_is_not_changed(app) -> None:
    resident_bearer(app).post("/legal-id/v1/legal-persons", json=FIRM)
    answer = resident_bearer(app).post(
        f"/legal-id/v1/legal-persons/{FIRM['uscc']}/events", json={"event": "suspend"}
    )
    assert answer.status_code == 404


def test_one_token_reaches_all_five_services(app) -> None:
    resident = resident_bearer(app)
    for path in (
        "/health-file/v1/resources",
        "/ebills/v1/bills",
        "/social-card/v1/cards",
        "/legal-id/v1/legal-persons",
        "/hotline/v1/tickets",
    ):
        answer = resident.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path


def test_token_without_a_scope_is_refused_before_anything_else_is_looked_at(app) -> None:
    door = Door(app)
    client = door.add_client(scopes=["openid", "ebills:read"])
    token = door.tokens(client, door.add_person(), scope="ebills:read")["access_token"]
    http = app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    assert http.get("/ebills/v1/bills", headers=headers).status_code == 200
    answer = http.post("/hotline/v1/tickets", headers=headers, data="not json")
    assert answer.status_code == 403
    assert "resource_metadata=" in answer.headers["WWW-Authenticate"]


def test_grant_revoked_is_felt_by_the_next_request(app) -> None:
    door = Door(app)
    client = door.add_client()
    tokens = door.tokens(client, door.add_person(), scope="openid offline_access ebills:read")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert door.http.get("/ebills/v1/bills", headers=headers).status_code == 200
    door.http.post(
        "/oauth/revoke", data={"token": tokens["refresh_token"], "client_id": client.client.client_id}
    )
    assert door.http.get("/ebills/v1/bills", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "header", [None, "Basic eDp5", "Bearer", "Bearer x", "Bearer a.b.c", "bearer  ", "Bearer é"]
)
def test_request_without_a_genuine_token_hears_401(client, header) -> None:
    answer = client.get("/ebills/v1/bills", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_privacy_alarm_with_a_planted_leak_fires(privacy, database, resident) -> None:
    from services import audit
    from services.database.session import Opening

    privacy.watch("泄露的名字")
    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        audit.append(session, resident, "test.leaked", details={"name": "泄露的名字"})
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    privacy.saw("audit", leaves)
    assert privacy.leaks() == ["audit"]
    privacy.forget("泄露的名字")
