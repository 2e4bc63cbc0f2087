"""EHR launch: a practitioner opens an application on one patient, and it reaches no other."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services import clock
from tests.support.doors import Bearer, bearer_for, key, staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write
from tests.support.oauth import answer_of, hidden_fields
from tests.support.smart import audience, observation, smart_client, verified_claims

SCOPE = "launch openid fhirUser patient/*.rs"
APP = "https://client.example/launch"
DESK = "/console/health/apps"


@pytest.fixture
def doctor(door):
    return door.add_person(kind="staff", roles=("practitioner",), unit="CL-HP")


@pytest.fixture
def own(app, doctor):
    """The doctor's own token, as the clinic's system has it."""
    return bearer_for(app, doctor, holder="practitioner")


@pytest.fixture
def file(app, own):
    return open_file(app, own)


@pytest.fixture
def viewer(door):
    return smart_client(door, name="检验看图", initiate_login_uri=APP)


def launch(own, viewer, patient):
    body = {"client_id": viewer.client.client_id, "patient": patient}
    return own.post("/health-file/v1/launches", json=body, headers=key())


def launched(own, viewer, file):
    answer = launch(own, viewer, file.patient)
    assert answer.status_code == 201, answer.text
    url = urlsplit(answer.get_json()["url"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == APP
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert set(query) == {"iss", "launch"}
    return query


def tokens(door, viewer, doctor, query, scope=SCOPE):
    return door.tokens(viewer, doctor, scope=scope, aud=query["iss"], launch=query["launch"])


def test_the_application_hears_of_the_patient_and_reaches_that_file_alone(
    app, door, doctor, own, file, viewer
) -> None:
    other = open_file(app, own)
    made = [write(own, observation(one)).get_json()["id"] for one in (file, other)]
    query = launched(own, viewer, file)
    assert query["iss"] == audience(door)
    answer = tokens(door, viewer, doctor, query)
    assert answer["patient"] == file.patient
    assert answer["need_patient_banner"] is True
    assert answer["scope"] == SCOPE
    reader = Bearer(app.test_client(), answer["access_token"], doctor.account)
    assert reader.get(f"{BASE}/Patient/{file.patient}").status_code == 200
    assert reader.get(f"{BASE}/Patient/{other.patient}").status_code == 404
    assert reader.get(f"{BASE}/Observation/{made[1]}").status_code == 404
    found = reader.get(f"{BASE}/Observation").get_json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == [made[0]]
    assert reader.get(f"{BASE}/Observation?patient={other.patient}").get_json()["total"] == 0


def test_user_scopes_beside_a_launch_reach_what_the_practitioner_sees(
    app, door, doctor, own, file, viewer
) -> None:
    other = open_file(app, own)
    answer = tokens(
        door, viewer, doctor, launched(own, viewer, file), "launch patient/Observation.rs user/Patient.r"
    )
    reader = Bearer(app.test_client(), answer["access_token"], doctor.account)
    assert reader.get(f"{BASE}/Patient/{other.patient}").status_code == 200
    assert reader.get(f"{BASE}/Observation").get_json()["total"] == 0


def test_patient_scopes_write_into_that_file_alone(app, door, doctor, own, file, viewer) -> None:
    other = open_file(app, own)
    answer = tokens(door, viewer, doctor, launched(own, viewer, file), "launch patient/Observation.cruds")
    writer = Bearer(app.test_client(), answer["access_token"], doctor.account)
    assert write(writer, observation(file)).status_code == 201
    assert write(writer, observation(other)).status_code == 403
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": observation(one), "request": {"method": "POST", "url": "Observation"}}
            for one in (file, other)
        ],
    }
    assert writer.post(BASE, data=json.dumps(bundle), headers=FHIR).status_code == 403
    assert writer.get(f"{BASE}/Observation").get_json()["total"] == 1


def test_the_practitioner_is_named_by_the_directory(app, door, doctor, own, file, viewer) -> None:
    entry = {
        "resourceType": "Practitioner",
        "identifier": [{"system": "urn:citizen:staff", "value": str(doctor.account)}],
    }
    stranger = staff_bearer(app, "practitioner", "CL-BJ")
    # Another unit's word does not count.
    assert write(stranger, entry).status_code == 422
    answer = tokens(door, viewer, doctor, launched(own, viewer, file))
    assert "fhirUser" not in verified_claims(door, answer["id_token"])
    practitioner = write(own, entry).get_json()["id"]
    answer = tokens(door, viewer, doctor, launched(own, viewer, file))
    user = f"{audience(door)}/Practitioner/{practitioner}"
    assert verified_claims(door, answer["id_token"])["fhirUser"] == user
    reader = Bearer(app.test_client(), answer["access_token"], doctor.account)
    assert reader.get(user.removeprefix(door.issuer)).status_code == 200


def test_a_launch_is_used_once(door, doctor, own, file, viewer) -> None:
    query = launched(own, viewer, file)
    door.sign_in(doctor)
    request = {"scope": SCOPE, "aud": query["iss"], "launch": query["launch"]}
    pages = [door.authorize(viewer, **request) for _ in range(2)]
    assert "code" in answer_of(door.decide(pages[0]))
    again = answer_of(door.decide(pages[1]))
    assert again["error"] == "invalid_request"
    assert answer_of(door.authorize(viewer, **request))["error"] == "invalid_request"


def test_a_launch_is_for_one_client_and_one_practitioner(door, own, doctor, file, viewer) -> None:
    query = launched(own, viewer, file)
    request = {"scope": SCOPE, "aud": query["iss"], "launch": query["launch"]}
    colleague = door.add_person(kind="staff", roles=("practitioner",), unit="CL-HP")
    door.sign_in(colleague)
    assert answer_of(door.authorize(viewer, **request))["error"] == "invalid_request"
    door.sign_in(doctor)
    other = smart_client(door, initiate_login_uri=APP)
    assert answer_of(door.authorize(other, **request))["error"] == "invalid_request"
    for wrong in (query["launch"][:-9] + "20991231", "x" * 43 + ".20261126", "'; --", None):
        assert answer_of(door.authorize(viewer, **request | {"launch": wrong}))["error"] == "invalid_request"
    assert door.authorize(viewer, **request).status_code == 200


def test_a_launch_waits_five_minutes(door, own, doctor, file, viewer, monkeypatch) -> None:
    query = launched(own, viewer, file)
    later = clock.now() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    door.sign_in(doctor)
    answer = door.authorize(viewer, scope=SCOPE, aud=query["iss"], launch=query["launch"])
    assert answer_of(answer)["error"] == "invalid_request"


def test_the_parameter_without_the_scope_opens_nothing(door, own, doctor, file, viewer) -> None:
    query = launched(own, viewer, file)
    door.sign_in(doctor)
    answer = door.authorize(viewer, scope="patient/*.rs", aud=query["iss"], launch=query["launch"])
    assert answer_of(answer)["error"] == "invalid_scope"


def test_residents_launch_nothing(app, door, own, file, viewer) -> None:
    resident = bearer_for(app, door.add_person())
    assert launch(resident, viewer, file.patient).status_code == 403
    assert resident.get("/health-file/v1/applications").status_code == 403


def test_nobody_opens_an_application_on_a_file_they_do_not_see(app, own, file, viewer) -> None:
    stranger = staff_bearer(app, "practitioner", "CL-BJ")
    assert launch(stranger, viewer, file.patient).status_code == 404


def test_only_a_registered_application_can_be_opened(door, own, file) -> None:
    for unfit in (
        smart_client(door),
        smart_client(door, scopes=["openid", "patient/*.rs"], initiate_login_uri=APP),
    ):
        answer = launch(own, unfit, file.patient)
        assert answer.get_json()["type"].endswith("health_file.application_not_launchable")
        listed = own.get("/health-file/v1/applications").get_json()["items"]
        assert unfit.client.client_id not in {one["client_id"] for one in listed}


def test_a_smart_token_opens_no_further_application(app, door, doctor, own, file, viewer) -> None:
    answer = tokens(door, viewer, doctor, launched(own, viewer, file), "launch patient/*.cruds user/*.cruds")
    holder = Bearer(app.test_client(), answer["access_token"], doctor.account)
    assert launch(holder, viewer, file.patient).status_code == 403


def test_refreshing_and_exchanging_keep_the_patient(app, door, doctor, own, file) -> None:
    other = open_file(app, own)
    viewer = smart_client(
        door,
        auth_method="client_secret_basic",
        initiate_login_uri=APP,
        grants=["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"],
    )
    first = tokens(door, viewer, doctor, launched(own, viewer, file), "launch patient/*.rs offline_access")
    second = door.refresh(viewer, first["refresh_token"], scope="patient/Patient.rs").get_json()
    exchanged = door.token(
        viewer,
        grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token=first["access_token"],
        subject_token_type="urn:ietf:params:oauth:token-type:access_token",
        scope="patient/Patient.r",
    ).get_json()
    wider = door.token(
        viewer,
        grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token=first["access_token"],
        subject_token_type="urn:ietf:params:oauth:token-type:access_token",
        scope="patient/*.cruds",
    )
    assert wider.get_json()["error"] == "invalid_scope"
    for token in (second["access_token"], exchanged["access_token"]):
        reader = Bearer(app.test_client(), token, doctor.account)
        assert reader.get(f"{BASE}/Patient/{file.patient}").status_code == 200
        assert reader.get(f"{BASE}/Patient/{other.patient}").status_code == 404
        assert reader.get(f"{BASE}/Observation").status_code == 403


def test_the_desk_opens_an_application_end_to_end(app, door, doctor, file, viewer) -> None:
    door.sign_in(doctor, unit="CL-HP")
    page = door.http.get(DESK)
    assert "检验看图" in page.text
    assert "https://client.example" in page.headers["Content-Security-Policy"]
    for number in (file.patient, file.id_number):
        form = {
            **hidden_fields(door.http.get(DESK).text),
            "client_id": viewer.client.client_id,
            "patient": number,
        }
        answer = door.http.post(DESK, data=form)
        assert answer.status_code == 303, answer.text
        assert answer.location.startswith(f"{APP}?iss=")
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    assert tokens(door, viewer, doctor, query)["patient"] == file.patient


@pytest.mark.parametrize("number", ["", "x", "11010519491231002X", "00000000-0000-0000-0000-000000000000"])
def test_the_desk_says_what_is_wrong(door, doctor, viewer, number) -> None:
    door.sign_in(doctor, unit="CL-HP")
    form = {
        **hidden_fields(door.http.get(DESK).text),
        "client_id": viewer.client.client_id,
        "patient": number,
    }
    answer = door.http.post(DESK, data=form)
    assert answer.status_code == 422
    assert "没有找到这位病人" in answer.text
