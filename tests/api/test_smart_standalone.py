"""Standalone launch: an application of a resident asks for a file, and hears exactly what it was given."""

import re
from datetime import date

import pytest
from sqlalchemy import insert

from health_file.rules import ID_NUMBER_SYSTEM
from services import clock, ids
from services.gateway import models
from tests.support.doors import Bearer, staff_bearer
from tests.support.fhir import BASE, File, open_file, write
from tests.support.oauth import GATEWAY, answer_of, hidden_fields
from tests.support.people import enrol_resident
from tests.support.smart import LABORATORY, audience, person_of, smart_client, smart_tokens, verified_claims

EVERYTHING = "launch/patient openid fhirUser patient/*.rs"


@pytest.fixture
def file(app):
    return open_file(app, staff_bearer(app, "practitioner", "CL-HP"))


@pytest.fixture
def person(door, file):
    return person_of(door, file.account)


@pytest.fixture
def pharmacy(door):
    return smart_client(door)


def test_the_token_answer_names_the_patient_and_the_scopes(door, file, person, pharmacy) -> None:
    answer = smart_tokens(door, pharmacy, person, EVERYTHING)
    assert answer["scope"] == EVERYTHING
    assert answer["patient"] == file.patient
    assert answer["need_patient_banner"] is True
    assert verified_claims(door, answer["id_token"])["fhirUser"] == f"{audience(door)}/Patient/{file.patient}"
    token = verified_claims(door, answer["access_token"])
    assert token["aud"] == [f"{door.issuer}/health-file"]
    assert token["scope"] == EVERYTHING
    assert file.patient not in str(token)
    reader = Bearer(door.application.test_client(), answer["access_token"], file.account)
    assert reader.get(f"{BASE}/Patient/{file.patient}").status_code == 200


def test_without_the_scopes_nothing_is_told(door, file, person, pharmacy) -> None:
    answer = smart_tokens(door, pharmacy, person, "openid patient/*.rs")
    assert "patient" not in answer
    assert "fhirUser" not in verified_claims(door, answer["id_token"])


@pytest.mark.parametrize(
    "aud",
    [None, "https://evil.example/health-file/fhir", "http://localhost:8000", "BASE/v2", "ISSUER/health-file"],
)
def test_another_audience_is_refused(door, person, pharmacy, aud) -> None:
    door.sign_in(person)
    meant = aud and aud.replace("BASE", audience(door)).replace("ISSUER", door.issuer)
    answer = answer_of(door.authorize(pharmacy, scope="launch/patient patient/*.rs", aud=meant))
    assert answer["error"] == "invalid_request"
    assert "code" not in answer


def test_the_audience_matters_to_smart_scopes_alone(door, person, pharmacy) -> None:
    tokens = door.tokens(pharmacy, person, scope="openid health_file:read", aud="https://elsewhere.example")
    assert tokens["scope"] == "openid health_file:read"
    assert answer_of(door.authorize(pharmacy, scope="patient/*.rs"))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "scope",
    ["patient/Device.rs", "patient/*.sr", "patient/*.cruds", "system/*.rs", "patient/*.rs?category:not=x"],
)
def test_a_scope_that_cannot_be_given_is_refused_as_a_whole(door, person, pharmacy, scope) -> None:
    door.sign_in(person)
    answer = answer_of(door.authorize(pharmacy, scope=f"launch/patient {scope}", aud=audience(door)))
    assert answer["error"] == "invalid_scope"


def test_a_client_asks_for_no_more_than_its_wildcards_hold(door, person) -> None:
    narrow = smart_client(door, scopes=["openid", "launch/patient", "patient/Observation.rs", "patient/*.r"])
    assert smart_tokens(door, narrow, person, "patient/Observation.rs patient/Condition.r")["scope"]
    for scope in ("patient/*.rs", "patient/Condition.rs", "user/Observation.rs"):
        answer = answer_of(door.authorize(narrow, scope=scope, aud=audience(door)))
        assert answer["error"] == "invalid_scope"


def test_the_consent_page_says_it_in_everyday_words(door, person, pharmacy) -> None:
    door.sign_in(person)
    scope = f"launch/patient patient/Condition.rs patient/Observation.rs{LABORATORY} offline_access"
    page = door.authorize(pharmacy, scope=scope, aud=audience(door))
    assert "看：诊断和疾病" in page.text
    assert "看：检验、测量和观察（只限化验）" in page.text
    assert "知道是谁的健康档案" in page.text
    assert "patient/" not in re.sub(r'(value|href)="[^"]*"', "", page.text)
    english = door.http.get(page.request.full_path, headers={"Accept-Language": "en"})
    assert "Read: tests, measurements and observations (only laboratory)" in english.text


def test_fewer_types_can_be_given_than_a_wildcard_asks_for(door, file, person, pharmacy) -> None:
    door.sign_in(person)
    whole = door.authorize(pharmacy, scope=EVERYTHING, aud=audience(door))
    part_url = re.search(r'href="([^"]*part=yes)"', whole.text)[1].replace("&amp;", "&")
    part = door.http.get(part_url)
    boxes = re.findall(r'name="scope"[^>]*value="([^"]+)"', part.text)
    assert "patient/Observation.rs" in boxes
    assert "patient/*.rs" not in boxes
    chosen = ["launch/patient", "patient/Observation.rs", "patient/Patient.rs"]
    answer = door.decide(part, scope=chosen)
    tokens = door.redeem(pharmacy, answer_of(answer)["code"]).get_json()
    assert tokens["scope"] == "launch/patient openid patient/Patient.rs patient/Observation.rs"
    reader = Bearer(door.application.test_client(), tokens["access_token"], file.account)
    assert reader.get(f"{BASE}/Observation").status_code == 200
    assert reader.get(f"{BASE}/Condition").status_code == 403
    # What was not given is asked about again; what was given is not.
    assert door.authorize(pharmacy, scope=EVERYTHING, aud=audience(door)).status_code == 200
    narrower = f"launch/patient patient/Observation.rs{LABORATORY}"
    assert "code" in answer_of(door.authorize(pharmacy, scope=narrower, aud=audience(door)))


def test_a_part_that_was_not_asked_for_cannot_be_ticked(door, person, pharmacy) -> None:
    door.sign_in(person)
    page = door.authorize(
        pharmacy, scope="patient/Observation.rs patient/Flag.rs", aud=audience(door), part="yes"
    )
    answer = door.decide(page, scope=["patient/Flag.rs", "patient/Condition.rs", "patient/*.rs", "user/*.rs"])
    assert door.redeem(pharmacy, answer_of(answer)["code"]).get_json()["scope"] == "patient/Flag.rs"


def test_nobody_without_a_file_can_be_told_of(door, pharmacy) -> None:
    person = door.add_person()
    door.sign_in(person)
    page = door.authorize(pharmacy, scope="launch/patient patient/*.rs", aud=audience(door))
    assert answer_of(door.decide(page))["error"] == "access_denied"


def test_staff_need_a_launch_to_be_told_of_a_patient(door, pharmacy) -> None:
    person = door.add_person(kind="staff", roles=("practitioner",), unit="CL-HP")
    door.sign_in(person)
    for scope in ("launch/patient", "patient/Observation.rs"):
        answer = answer_of(door.authorize(pharmacy, scope=scope, aud=audience(door)))
        assert answer["error"] == "invalid_scope"


@pytest.mark.parametrize("access", ["online_access", "offline_access"])
def test_refreshing_keeps_the_context_and_widens_nothing(door, file, person, pharmacy, access) -> None:
    first = smart_tokens(door, pharmacy, person, f"launch/patient patient/*.rs {access}")
    second = door.refresh(pharmacy, first["refresh_token"]).get_json()
    assert second["patient"] == file.patient
    assert second["scope"] == first["scope"]
    narrower = door.refresh(
        pharmacy, second["refresh_token"], scope=f"patient/Observation.rs{LABORATORY}"
    ).get_json()
    assert narrower["scope"] == f"patient/Observation.rs{LABORATORY}"
    wider = door.refresh(pharmacy, narrower["refresh_token"], scope="patient/*.cruds")
    assert wider.get_json()["error"] == "invalid_scope"


def test_online_access_ends_with_the_session(door, person, pharmacy) -> None:
    tokens = smart_tokens(door, pharmacy, person, "launch/patient patient/*.rs online_access")
    page = door.http.get("/oauth/logout")
    door.http.post("/oauth/logout/confirm", data=hidden_fields(page.text))
    assert door.refresh(pharmacy, tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_introspection_carries_the_context(door, file, person) -> None:
    pharmacy = smart_client(door, auth_method="client_secret_basic")
    tokens = smart_tokens(door, pharmacy, person, f"{EVERYTHING} offline_access")
    answer = door.http.post("/oauth/introspect", data={"token": tokens["access_token"]}, auth=pharmacy.basic)
    told = answer.get_json()
    assert told["active"] is True
    assert told["scope"] == tokens["scope"]
    assert told["patient"] == file.patient
    assert told["fhirUser"] == f"{audience(door)}/Patient/{file.patient}"
    answer = door.http.post("/oauth/introspect", data={"token": tokens["refresh_token"]}, auth=pharmacy.basic)
    assert answer.get_json()["patient"] == file.patient


def test_a_guardian_chooses_the_child_and_stays_themselves(door, app) -> None:
    clinic = staff_bearer(app, "practitioner", "CL-HP")
    own = open_file(app, clinic)
    young = enrol_resident(door.database, password=None, born_on=date(clock.today().year - 10, 1, 1))
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": ID_NUMBER_SYSTEM, "value": young.username}],
    }
    child = File(young.account, write(clinic, patient).get_json()["id"], young.username)
    person = person_of(door, own.account)
    with door.database.transaction(GATEWAY) as session:
        relation = {
            "subject_id": own.account,
            "id": ids.new_id(),
            "for_subject_id": child.account,
            "relation": "guardian",
            "starts_at": session.at,
        }
        session.execute(insert(models.relations), relation)
    pharmacy = smart_client(door)
    door.sign_in(person)
    page = door.authorize(pharmacy, scope=EVERYTHING, aud=audience(door))
    code = answer_of(door.decide(page, subject=str(child.account)))["code"]
    answer = door.redeem(pharmacy, code).get_json()
    assert answer["patient"] == child.patient
    assert verified_claims(door, answer["id_token"])["fhirUser"].endswith(f"/Patient/{own.patient}")
    reader = Bearer(app.test_client(), answer["access_token"], own.account)
    assert reader.get(f"{BASE}/Patient/{child.patient}").status_code == 200
    assert reader.get(f"{BASE}/Patient/{own.patient}").status_code == 404


def test_a_public_client_may_refresh_by_the_token_alone(door, person, pharmacy) -> None:
    tokens = smart_tokens(door, pharmacy, person, "launch/patient patient/*.rs offline_access")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    answer = door.http.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["scope"] == tokens["scope"]
    # Who has a secret must show it all the same.
    secretive = smart_client(door, auth_method="client_secret_basic")
    tokens = smart_tokens(door, secretive, person, "launch/patient patient/*.rs offline_access")
    for token in (tokens["refresh_token"], "x", "x" * 43 + ".20261126"):
        form = {"grant_type": "refresh_token", "refresh_token": token}
        answer = door.http.post("/oauth/token", data=form)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
