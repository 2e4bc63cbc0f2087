"""The device grant: a kiosk shows a code, a person answers on a phone, the kiosk polls (RFC 8628)."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws

from services import clock
from services.gateway.client_rules import DEVICE_CODE
from services.gateway.models import consents, device_codes
from services.gateway.oauth.device_grant import states, user_codes
from tests.support.dpop import ProofKey
from tests.support.oauth import GATEWAY, Door, error_of, hidden_fields
from tests.support.people import gateway_over

pytestmark = pytest.mark.database


def add_kiosk(door, **given):
    settled = {"grants": [DEVICE_CODE], "redirect_uris": [], "post_logout_redirect_uris": []} | given
    return door.add_client(**settled)


@pytest.fixture
def kiosk(door):
    return add_kiosk(door)


def begin(door, kiosk, *, scope="openid offline_access", **form):
    body = {"scope": scope} | form
    if kiosk.secret is None:
        body["client_id"] = kiosk.client.client_id
    return door.http.post("/oauth/device_authorization", data=body, auth=kiosk.basic)


def begun(door, kiosk, **given):
    answer = begin(door, kiosk, **given)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def poll(door, kiosk, codes, **form):
    return door.token(kiosk, grant_type=DEVICE_CODE, device_code=codes["device_code"], **form)


def look(door, codes, **query):
    return door.http.get("/device", query_string={"user_code": codes["user_code"], **query})


def decide(door, page, decision="allow", **given):
    assert page.status_code == 200, page.text
    return door.http.post("/device/decide", data={**hidden_fields(page.text), "decision": decision} | given)


def test_device_authorization_answers_as_section_3_2_says(door, kiosk):
    answer = begin(door, kiosk)
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", body["user_code"])
    assert body["verification_uri"] == f"{door.issuer}/device"
    complete = urlsplit(body["verification_uri_complete"])
    assert parse_qs(complete.query) == {"user_code": [body["user_code"]]}
    assert (body["expires_in"], body["interval"]) == (600, 5)
    metadata = door.http.get("/.well-known/oauth-authorization-server").get_json()
    assert metadata["device_authorization_endpoint"] == f"{door.issuer}/oauth/device_authorization"
    assert DEVICE_CODE in metadata["grant_types_supported"]


def test_codes_are_stored_only_as_digests(door, kiosk):
    codes = begun(door, kiosk)
    with door.database.transaction(GATEWAY) as session:
        (row,) = session.execute(device_codes.select())
    kept = repr(row)
    assert codes["device_code"] not in kept
    assert codes["user_code"] not in kept
    assert codes["user_code"].replace("-", "") not in kept


def test_person_allows_and_the_device_gets_tokens_with_true_authentication_facts(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    page = look(door, codes)
    assert codes["user_code"] in page.text
    assert "安康药房" in page.text
    assert "没有核对过" in page.text
    done = decide(door, page)
    assert done.location == "/device/allowed"
    assert door.http.get(done.location).status_code == 200
    body = poll(door, kiosk, codes).get_json()
    assert body["token_type"] == "Bearer"
    assert {"access_token", "refresh_token", "id_token"} <= set(body)
    assert door.userinfo(body["access_token"]).status_code == 200
    claims = json.loads(jws.extract_compact(body["access_token"].encode()).payload)
    assert claims["auth_time"] == int(person.auth_time.timestamp())
    assert claims["acr"] == "urn:citizen:acr:pwd"
    assert door.refresh(kiosk, body["refresh_token"]).status_code == 200


def test_confidential_device_must_authenticate(door, person):
    kiosk = add_kiosk(door, auth_method="client_secret_basic")
    assert begin(door, kiosk).status_code == 200
    answer = door.http.post(
        "/oauth/device_authorization", data={"scope": "openid", "client_id": kiosk.client.client_id}
    )
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "invalid_client"


def test_polls_before_the_answer_are_pending_and_too_early_ones_slow_down_by_five_seconds(door, kiosk):
    at = clock.now()
    with clock.held(at):
        codes = begun(door, kiosk)
        assert error_of(poll(door, kiosk, codes)) == "authorization_pending"
    with clock.held(at + timedelta(seconds=3)):
        assert error_of(poll(door, kiosk, codes)) == "slow_down"
    with clock.held(at + timedelta(seconds=12)):  # 9 s later: enough for 5, not for 10
        assert error_of(poll(door, kiosk, codes)) == "slow_down"
    with clock.held(at + timedelta(seconds=28)):  # 16 s later: enough for 15
        assert error_of(poll(door, kiosk, codes)) == "authorization_pending"


def test_person_denies_and_the_device_hears_access_denied(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    assert decide(door, look(door, codes), "deny").location == "/device/denied"
    assert error_of(poll(door, kiosk, codes)) == "access_denied"


def test_expired_code_is_expired_for_the_device_and_unknown_for_the_person(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    with clock.held(clock.now() + states.LIFE + timedelta(seconds=1)):
        assert error_of(poll(door, kiosk, codes)) == "expired_token"
        assert look(door, codes).status_code == 404


def test_approved_code_that_was_not_fetched_expires_too(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    decide(door, look(door, codes))
    with clock.held(clock.now() + states.LIFE + timedelta(seconds=1)):
        assert error_of(poll(door, kiosk, codes)) == "expired_token"


def test_second_redemption_is_refused_and_ends_the_grant(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    decide(door, look(door, codes))
    body = poll(door, kiosk, codes).get_json()
    assert error_of(poll(door, kiosk, codes)) == "invalid_grant"
    assert door.userinfo(body["access_token"]).status_code == 401


def test_another_clients_device_code_is_unknown_to_it_and_stays_whole(door, person, kiosk):
    other, codes = add_kiosk(door), begun(door, kiosk)
    door.sign_in(person)
    decide(door, look(door, codes))
    assert error_of(poll(door, other, codes)) == "invalid_grant"
    assert error_of(door.token(other, grant_type=DEVICE_CODE, device_code="x")) == "invalid_grant"
    assert error_of(door.token(other, grant_type=DEVICE_CODE)) == "invalid_request"
    assert poll(door, kiosk, codes).status_code == 200


def test_client_not_registered_for_the_grant_is_refused_at_both_endpoints(door, kiosk):
    pharmacy, codes = door.add_client(), begun(door, kiosk)
    assert error_of(begin(door, pharmacy)) == "unauthorized_client"
    assert error_of(poll(door, pharmacy, codes)) == "unauthorized_client"


@pytest.mark.parametrize("scope", ["", "openid no:such", "hotline:work"])
def test_scope_beyond_the_registration_is_refused_at_once(door, kiosk, scope):
    assert error_of(begin(door, kiosk, scope=scope)) == "invalid_scope"


def test_signed_out_person_signs_in_first_and_comes_back_to_the_code(door, kiosk):
    codes = begun(door, kiosk)
    answer = look(door, codes)
    assert answer.status_code == 303
    wanted = parse_qs(urlsplit(answer.location).query)["next"][0]
    assert parse_qs(urlsplit(wanted).query)["user_code"] == [codes["user_code"]]


def test_code_is_understood_as_people_type_it(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    for typed in (
        codes["user_code"].lower(),
        codes["user_code"].replace("-", " "),
        codes["user_code"].replace("-", ""),
    ):
        assert door.http.get("/device", query_string={"user_code": typed}).status_code == 200
    assert door.http.get("/device").status_code == 200


def test_person_allows_a_part_and_only_that_is_in_the_token(door, person, kiosk):
    first, second = door.scopes_for("resident")[:2]
    codes = begun(door, kiosk, scope=f"openid {first} {second}")
    door.sign_in(person)
    page = look(door, codes, part="yes")
    empty = decide(door, page)
    assert empty.status_code == 303
    assert "nothing=" in empty.location
    assert (
        decide(
            door,
            page,
            scope=second,
            form_token=hidden_fields(look(door, codes, part="yes").text)["form_token"],
        ).location
        == "/device/allowed"
    )
    assert poll(door, kiosk, codes).get_json()["scope"] == f"openid {second}"


def test_guardian_allows_for_the_child(door, kiosk):
    guardian = door.add_person(children=1)
    codes = begun(door, kiosk)
    door.sign_in(guardian)
    page = look(door, codes)
    assert page.text.count('name="subject"') == 2
    decide(door, page, subject=str(guardian.children[0]))
    body = poll(door, kiosk, codes).get_json()
    assert "act" in door.userinfo(body["access_token"]).get_json()


def test_second_answer_from_another_tab_changes_nothing(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    one, two = look(door, codes), look(door, codes)
    decide(door, one)
    assert decide(door, two, "deny").status_code == 409
    assert poll(door, kiosk, codes).status_code == 200


def test_question_of_another_session_is_stale(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    page = look(door, codes)
    door.sign_in(door.add_person())
    answer = door.http.post("/device/decide", data={**hidden_fields(page.text), "decision": "allow"})
    assert answer.status_code in {400, 403}
    assert error_of(poll(door, kiosk, codes)) == "authorization_pending"


def test_withdrawn_consent_ends_the_devices_tokens(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    decide(door, look(door, codes))
    body = poll(door, kiosk, codes).get_json()
    with door.database.transaction(GATEWAY) as session:
        (consent,) = session.execute(consents.select().where(consents.c.subject_id == person.account))
    path = f"/my/account/consents/{consent.id}"
    assert door.http.post(path, data=hidden_fields(door.http.get(path).text)).status_code == 303
    assert door.userinfo(body["access_token"]).status_code == 401


def test_guesses_are_slowed_down_after_five_and_a_right_one_does_not_clear_them(database):
    door = Door(gateway_over(database, policy="production"))
    person, kiosk = door.add_person(), add_kiosk(door, scopes=["openid"])
    codes = begun(door, kiosk, scope="openid")
    door.sign_in(person)
    for _ in range(4):
        assert door.http.get("/device?user_code=BBBB-BBBB").status_code == 404
    assert look(door, codes).status_code == 200
    assert door.http.get("/device?user_code=BBBB-BBBC").status_code == 404
    answer = door.http.get("/device?user_code=BBBB-BBBD")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert look(door, codes).status_code == 429


def test_page_speaks_english_too(door, person, kiosk):
    codes = begun(door, kiosk)
    door.sign_in(person)
    headers = {"Accept-Language": "en"}
    page = door.http.get("/device", query_string={"user_code": codes["user_code"]}, headers=headers)
    assert "Allow “Ankang Pharmacy” on this device?" in page.text


@pytest.mark.parametrize("typed", ["", "WDJB", "WDJBMJHTW", "ADJB-MJHT", "WDJB-MJH1", "W" * 4000])
def test_what_cannot_be_a_code_is_none(typed):
    assert user_codes.read_user_code(typed) is None


def test_states_have_one_source_for_each_act():
    for event in states.Event:
        if event is not states.Event.EXPIRE:
            assert (states.source_of(event), event) in states.TRANSITIONS


def test_tokens_of_a_device_with_a_key_are_bound_to_it(door, person, kiosk):
    key, codes = ProofKey(door.database.keys, door.issuer), begun(door, kiosk)
    door.sign_in(person)
    decide(door, look(door, codes))
    body = poll(door, kiosk, codes, headers={"DPoP": key.proof()}).get_json()
    assert body["token_type"] == "DPoP"
    assert door.userinfo(body["access_token"]).status_code == 401
    assert error_of(door.refresh(kiosk, body["refresh_token"])) in {"invalid_grant", "invalid_dpop_proof"}
