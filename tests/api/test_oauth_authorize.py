"""The authorization endpoint: who may ask, what is refused how, when the person is asked."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services import clock
from tests.support.oauth import LOGGED_OUT, REDIRECT, answer_of, hidden_fields

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "https://client.example/callback/",
        "https://client.example/callback?x=1",
        "https://client.example:8443/callback",
        "https://CLIENT.example/callback",
        "https://user@client.example/callback",
        "https://client.example/callback#x",
        "http://client.example/callback",
        "https://client.example.evil.example/callback",
        LOGGED_OUT,
    ],
)
def test_authorize_unregistered_redirect_is_a_page_never_a_redirect(door, redirect_uri):
    answer = door.authorize(door.add_client(), redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize("client_id", [None, "", "c-unknown", "c\x01"])
def test_authorize_unknown_client_is_a_page_never_a_redirect(door, client_id):
    answer = door.authorize(door.add_client(), client_id=client_id)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"request": "e30."}, "invalid_request_object"),
        ({"request_uri": "https://client.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid no_such:scope"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "maybe"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
@pytest.mark.parametrize("auth_method", ["none", "client_secret_basic"])
def test_authorize_unsound_request_is_answered_with_error_state_and_iss(door, auth_method, given, error):
    answer = answer_of(door.authorize(door.add_client(auth_method=auth_method), **given))
    assert answer["error"] == error
    assert answer["state"] == "s-1"
    assert answer["iss"] == door.issuer
    assert "code" not in answer


def test_authorize_scope_beyond_the_registration_is_invalid_scope(door):
    scopes = door.scopes_for("resident")
    pharmacy = door.add_client(scopes=["openid", scopes[0]])
    assert answer_of(door.authorize(pharmacy, scope=f"openid {scopes[1]}"))["error"] == "invalid_scope"


def test_authorize_scope_beyond_the_persons_kind_is_invalid_scope(door, person):
    (scope, *_) = door.scopes_for("client", never="resident")
    pharmacy = door.add_client(scopes=["openid", scope])
    door.sign_in(person)
    assert answer_of(door.authorize(pharmacy, scope=f"openid {scope}"))["error"] == "invalid_scope"


def test_authorize_signed_out_goes_to_sign_in_and_knows_the_way_back(door):
    answer = door.authorize(door.add_client())
    assert answer.status_code == 303
    where = urlsplit(answer.location)
    assert where.path == "/"
    assert not where.netloc
    back = urlsplit(parse_qs(where.query)["next"][0])
    assert back.path == "/oauth/authorize"
    assert parse_qs(back.query)["state"] == ["s-1"]


def test_authorize_as_a_form_continues_as_the_same_query(door):
    answer = door.http.post("/oauth/authorize", data={"client_id": "c", "state": "a b&c"})
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {"client_id": ["c"], "state": ["a b&c"]}


def test_authorize_first_time_asks_with_deny_first_and_lets_the_form_end_at_the_client(door, person):
    pharmacy = door.add_client()
    door.sign_in(person)
    page = door.authorize(pharmacy, scope="openid offline_access")
    assert page.status_code == 200
    assert page.text.index('value="deny"') < page.text.index('value="allow"')
    assert "form_token" in hidden_fields(page.text)
    assert "https://client.example" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_consent_allowed_answers_with_code_state_and_iss(door, person):
    pharmacy = door.add_client()
    door.sign_in(person)
    answer = answer_of(door.decide(door.authorize(pharmacy)))
    assert answer["state"] == "s-1"
    assert answer["iss"] == door.issuer
    assert len(answer["code"]) == 52


def test_consent_denied_answers_access_denied_with_state_and_iss(door, person):
    door.sign_in(person)
    answer = answer_of(door.decide(door.authorize(door.add_client()), "deny"))
    assert answer["error"] == "access_denied"
    assert answer["state"] == "s-1"
    assert answer["iss"] == door.issuer


def test_consent_sent_twice_is_given_once_with_the_same_answer(door, person):
    pharmacy = door.add_client()
    door.sign_in(person)
    form = {**hidden_fields(door.authorize(pharmacy).text), "decision": "allow"}
    first, second = (door.http.post("/oauth/consent", data=form) for _ in range(2))
    assert answer_of(first)["code"] == answer_of(second)["code"]


@pytest.mark.parametrize("decision", ["", "yes", "ALLOW"])
def test_consent_without_a_known_decision_is_refused(door, person, decision):
    door.sign_in(person)
    answer = door.decide(door.authorize(door.add_client()), decision)
    assert answer.status_code == 400


def test_consent_page_shown_to_another_session_is_refused(door, person):
    pharmacy = door.add_client()
    door.sign_in(person)
    page = door.authorize(pharmacy)
    door.sign_in(door.add_person())
    answer = door.decide(page)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_consent_without_its_form_token_is_refused(door, person):
    door.sign_in(person)
    assert door.decide(door.authorize(door.add_client()), form_token="").status_code == 403


def test_standing_consent_answers_without_asking(door, person):
    pharmacy = door.add_client()
    door.code(pharmacy, person, scope="openid offline_access")
    assert "code" in answer_of(door.authorize(pharmacy, scope="openid"))
    assert "code" in answer_of(door.authorize(pharmacy, scope="openid", prompt="none"))


@pytest.mark.parametrize("given", [{"prompt": "consent"}, {"scope": "openid offline_access"}])
def test_standing_consent_that_does_not_cover_asks_again(door, person, given):
    pharmacy = door.add_client()
    door.code(pharmacy, person)
    assert door.authorize(pharmacy, **given).status_code == 200


def test_standing_consent_of_an_app_scheme_asks_every_time(door, person):
    pharmacy = door.add_client(redirect_uris=["com.example.pharmacy:/cb"])
    door.sign_in(person)
    assert "code" in answer_of(door.decide(door.authorize(pharmacy)), at="com.example.pharmacy:/cb")
    assert door.authorize(pharmacy).status_code == 200


def test_silent_request_without_consent_is_consent_required(door, person):
    door.sign_in(person)
    answer = answer_of(door.authorize(door.add_client(), prompt="none"))
    assert answer["error"] == "consent_required"


def test_narrowing_down_gives_only_what_was_ticked_and_remembers_only_that(door, person):
    pharmacy = door.add_client()
    first, second, *_ = door.scopes_for("resident")
    wanted = f"openid {first} {second}"
    door.sign_in(person)
    page = door.authorize(pharmacy, scope=wanted, part="yes")
    assert "checked" not in page.text
    code = answer_of(door.decide(page, scope=[second]))["code"]
    assert door.redeem(pharmacy, code).get_json()["scope"] == f"openid {second}"
    assert door.authorize(pharmacy, scope=wanted).status_code == 200
    assert "code" in answer_of(door.authorize(pharmacy, scope=f"openid {second}"))


def test_narrowing_down_to_nothing_asks_again_and_says_so(door, person):
    pharmacy = door.add_client()
    first, second, *_ = door.scopes_for("resident")
    door.sign_in(person)
    page = door.authorize(pharmacy, scope=f"openid {first} {second}", part="yes")
    again = door.decide(page)
    assert again.status_code == 303
    assert again.location.startswith("/oauth/authorize?")
    assert "scope" in door.http.get(again.location).text


def test_narrowing_down_cannot_widen(door, person):
    pharmacy = door.add_client()
    first, second, *_ = door.scopes_for("resident")
    door.sign_in(person)
    page = door.authorize(pharmacy, scope=f"openid {first}", part="yes")
    code = answer_of(door.decide(page, scope=[first, second]))["code"]
    assert door.redeem(pharmacy, code).get_json()["scope"] == f"openid {first}"


def test_guardian_chooses_the_child_and_the_token_is_about_the_child(door):
    guardian = door.add_person(children=1)
    pharmacy = door.add_client()
    own = door.userinfo(door.tokens(pharmacy, guardian)["access_token"]).get_json()
    page = door.authorize(pharmacy, prompt="consent")
    code = answer_of(door.decide(page, subject=str(guardian.children[0])))["code"]
    assert hidden_fields(page.text).get("subject") is None
    about_child = door.userinfo(door.redeem(pharmacy, code).get_json()["access_token"]).get_json()
    assert about_child["sub"] != own["sub"]
    assert about_child["act"] == {"sub": own["sub"]}


def test_guardian_with_two_standing_consents_is_asked_for_whom(door):
    guardian = door.add_person(children=1)
    pharmacy = door.add_client()
    door.code(pharmacy, guardian)
    door.decide(door.authorize(pharmacy, prompt="consent"), subject=str(guardian.children[0]))
    assert door.authorize(pharmacy).status_code == 200
    assert answer_of(door.authorize(pharmacy, prompt="none"))["error"] == "interaction_required"


def test_consent_for_a_stranger_is_denied(door, person):
    stranger = door.add_person()
    door.sign_in(person)
    page = door.authorize(door.add_client())
    assert answer_of(door.decide(page, subject=str(stranger.account)))["error"] == "access_denied"
    assert door.decide(door.authorize(door.add_client()), subject="not-an-id").status_code == 400


@pytest.mark.parametrize("given", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
def test_fresh_sign_in_demanded_is_asked_for_and_then_enough(door, given):
    pharmacy = door.add_client()
    with clock.held(clock.now() - timedelta(minutes=20)):
        person = door.add_person()
    door.sign_in(person)
    asked = door.authorize(pharmacy, **given)
    assert asked.status_code == 303
    back = parse_qs(urlsplit(asked.location).query)["next"][0]
    assert door.http.get(back).status_code == 303
    door.sign_in_again(person)
    assert door.http.get(back).status_code == 200


def test_fresh_sign_in_mark_of_another_request_does_not_count(door):
    pharmacy = door.add_client()
    with clock.held(clock.now() - timedelta(minutes=20)):
        person = door.add_person()
    door.sign_in(person)
    asked = door.authorize(pharmacy, prompt="login")
    back = parse_qs(urlsplit(asked.location).query)["next"][0]
    door.sign_in_again(person)
    assert door.http.get(back.replace("s-1", "s-2")).status_code == 303


def test_max_age_not_yet_reached_does_not_ask_to_sign_in(door, person):
    door.sign_in(person)
    assert door.authorize(door.add_client(), max_age="3600").status_code == 200


def test_silent_request_with_a_stale_sign_in_is_login_required(door):
    with clock.held(clock.now() - timedelta(minutes=20)):
        person = door.add_person()
    door.sign_in(person)
    answer = answer_of(door.authorize(door.add_client(), prompt="none", max_age="60"))
    assert answer["error"] == "login_required"


def test_id_token_hint_of_the_one_signed_in_passes_and_of_another_does_not(door, person):
    pharmacy = door.add_client()
    hint = door.tokens(pharmacy, person)["id_token"]
    assert "code" in answer_of(door.authorize(pharmacy, id_token_hint=hint, prompt="none"))
    door.sign_in(door.add_person())
    assert answer_of(door.authorize(pharmacy, id_token_hint=hint, prompt="none"))["error"] == "login_required"


def test_id_token_hint_forged_or_of_another_client_is_invalid_request(door, person):
    pharmacy, other = door.add_client(), door.add_client()
    tokens = door.tokens(pharmacy, person)
    forged = tokens["id_token"][:-4] + "AAAA"
    assert answer_of(door.authorize(pharmacy, id_token_hint=forged))["error"] == "invalid_request"
    assert (
        answer_of(door.authorize(pharmacy, id_token_hint=tokens["access_token"]))["error"]
        == "invalid_request"
    )
    assert answer_of(door.authorize(other, id_token_hint=tokens["id_token"]))["error"] == "invalid_request"


def test_staff_may_authorize_what_their_roles_hold_and_no_more(door):
    (scope, *_) = door.scopes_for("officer", never="resident")
    (foreign, *_) = door.scopes_for("resident", never="officer")
    pharmacy = door.add_client(scopes=["openid", scope, foreign])
    officer = door.add_person(kind="staff", roles=("officer",), unit="civil-affairs")
    assert door.tokens(pharmacy, officer, scope=f"openid {scope}")["scope"] == f"openid {scope}"
    assert answer_of(door.authorize(pharmacy, scope=f"openid {foreign}"))["error"] == "invalid_scope"


def test_ended_session_counts_as_signed_out(door, person):
    pharmacy = door.add_client()
    door.code(pharmacy, person)
    with clock.held(clock.now() + timedelta(days=400)):
        assert answer_of(door.authorize(pharmacy, prompt="none"))["error"] == "login_required"


def test_native_client_on_loopback_may_use_any_port(door, person):
    pharmacy = door.add_client(redirect_uris=["http://127.0.0.1/cb"])
    door.sign_in(person)
    page = door.authorize(pharmacy, redirect_uri="http://127.0.0.1:51004/cb")
    assert "code" in answer_of(door.decide(page), at="http://127.0.0.1:51004/cb")


def test_redirect_uri_with_a_query_keeps_it(door, person):
    uri = f"{REDIRECT}?tenant=7"
    pharmacy = door.add_client(redirect_uris=[uri])
    door.sign_in(person)
    answer = answer_of(door.decide(door.authorize(pharmacy)))
    assert answer["tenant"] == "7"
    assert "code" in answer


def test_consent_given_leaves_a_message_from_where_it_can_be_stopped(door, person):
    door.code(door.add_client(), person)
    answer = door.http.get("/my/inbox")
    assert answer.status_code == 200
    assert "/my/inbox/" in answer.text
    assert "安康药房" in answer.text


def test_consent_page_speaks_the_readers_language(door, person):
    pharmacy = door.add_client(unit="pharmacies")
    door.sign_in(person)
    door.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = door.authorize(pharmacy, scope="openid offline_access").text
    assert "Allow Ankang Pharmacy" in page
    assert "Do not allow" in page
    assert "安康药房" not in page


def test_sign_in_page_lets_its_form_end_at_the_waiting_client(door):
    answer = door.authorize(door.add_client())
    page = door.http.get(answer.location)
    assert "https://client.example" in page.headers["Content-Security-Policy"]
