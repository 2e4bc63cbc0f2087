"""Signing out at a client's request."""

import pytest

from tests.support.oauth import LOGGED_OUT, Door, hidden_fields

pytestmark = pytest.mark.database


@pytest.fixture
def pharmacy(door):
    return door.add_client()


def log_out(door, **query):
    return door.http.get("/oauth/logout", query_string=query)


def is_signed_in(door, pharmacy):
    return "code=" in (door.authorize(pharmacy, prompt="none").location or "")


def test_logout_with_hint_and_registered_address_ends_the_session_and_returns(door, person, pharmacy):
    body = door.tokens(pharmacy, person)
    answer = log_out(door, id_token_hint=body["id_token"], post_logout_redirect_uri=LOGGED_OUT, state="bye")
    assert answer.status_code == 303
    assert answer.location == f"{LOGGED_OUT}?state=bye"
    assert not is_signed_in(door, pharmacy)
    assert door.userinfo(body["access_token"]).status_code == 401


def test_logout_leaves_grants_that_were_given_to_outlast_it(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    log_out(door, id_token_hint=body["id_token"])
    assert door.refresh(pharmacy, body["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "uri", ["https://client.example/bye/", "https://evil.example/", "http://client.example/bye"]
)
def test_logout_to_an_unregistered_address_is_a_page_and_ends_nothing(door, person, pharmacy, uri):
    body = door.tokens(pharmacy, person)
    answer = log_out(door, id_token_hint=body["id_token"], post_logout_redirect_uri=uri)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert is_signed_in(door, pharmacy)


@pytest.mark.parametrize("query", [{}, {"post_logout_redirect_uri": LOGGED_OUT}])
def test_logout_without_a_hint_asks_first_and_then_ends_the_session(door, person, pharmacy, query):
    door.tokens(pharmacy, person)
    if query:
        query = query | {"client_id": pharmacy.client.client_id}
    page = log_out(door, **query)
    assert page.status_code == 200
    assert is_signed_in(door, pharmacy)
    answer = door.http.post("/oauth/logout/confirm", data=hidden_fields(page.text))
    assert answer.status_code == 303
    assert answer.location == query.get("post_logout_redirect_uri", "/")
    assert not is_signed_in(door, pharmacy)


def test_logout_with_the_hint_of_another_person_asks_first(door, person, pharmacy):
    hint = door.tokens(pharmacy, door.add_person())["id_token"]
    door.tokens(pharmacy, person)
    assert log_out(door, id_token_hint=hint).status_code == 200
    assert is_signed_in(door, pharmacy)


def test_logout_with_a_forged_hint_is_refused(door, person, pharmacy):
    hint = door.tokens(pharmacy, person)["id_token"][:-4] + "AAAA"
    assert log_out(door, id_token_hint=hint).status_code == 400
    assert is_signed_in(door, pharmacy)


def test_logout_when_nobody_is_signed_in_just_returns(door, person, pharmacy):
    hint = door.tokens(pharmacy, person)["id_token"]
    fresh = Door(door.application)
    answer = log_out(fresh, id_token_hint=hint, post_logout_redirect_uri=LOGGED_OUT)
    assert answer.location == LOGGED_OUT


def test_logout_as_a_form_continues_as_a_query(door):
    answer = door.http.post("/oauth/logout", data={"state": "x"})
    assert answer.status_code == 303
    assert answer.location == "/oauth/logout?state=x"


def test_logout_confirmed_from_another_session_is_refused(door, person, pharmacy):
    door.tokens(pharmacy, person)
    page = log_out(door)
    door.sign_in(door.add_person())
    assert door.http.post("/oauth/logout/confirm", data=hidden_fields(page.text)).status_code == 400
