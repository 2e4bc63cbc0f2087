"""Revocation, introspection and userinfo: what a client may learn and undo about its own tokens."""

import pytest

from services.gateway.oauth.introspection import read_token
from services.gateway.oauth.issuer import Issuer
from tests.support.oauth import GATEWAY

pytestmark = pytest.mark.database


@pytest.fixture
def pharmacy(door):
    return door.add_client(auth_method="client_secret_basic")


def introspect(door, pharmacy, token, **form):
    return door.http.post("/oauth/introspect", data={"token": token} | form, auth=pharmacy.basic)


def revoke(door, pharmacy, token, **form):
    body = {"token": token} | form | ({} if pharmacy.secret else {"client_id": pharmacy.client.client_id})
    return door.http.post("/oauth/revoke", data=body, auth=pharmacy.basic)


def test_introspect_live_tokens_tells_their_claims(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    access = introspect(door, pharmacy, body["access_token"]).get_json()
    assert access["active"] is True
    assert access["client_id"] == pharmacy.client.client_id
    assert access["scope"] == "openid offline_access"
    assert access["sub"] == door.userinfo(body["access_token"]).get_json()["sub"]
    refresh = introspect(door, pharmacy, body["refresh_token"], token_type_hint="access_token").get_json()
    assert refresh["active"] is True
    assert refresh["sub"] == access["sub"]


def test_introspect_unknown_foreign_spent_and_revoked_tokens_are_all_just_inactive(door, person, pharmacy):
    other = door.add_client(auth_method="client_secret_basic")
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    door.refresh(pharmacy, body["refresh_token"])
    revoke(door, pharmacy, body["access_token"])
    foreign = door.tokens(other, person)["access_token"]
    for token in ("x", "a.b.c", foreign, body["refresh_token"], body["access_token"], body["id_token"]):
        answer = introspect(door, pharmacy, token)
        assert answer.status_code == 200
        assert answer.get_json() == {"active": False}


class UndoneError(Exception):
    """Leaves a transaction without committing it."""


def test_introspect_works_where_the_database_refuses_every_write(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    issuer = Issuer(door.issuer, door.catalogue)
    tokens = (body["access_token"], body["refresh_token"], "unknown")
    answers = []

    def read_without_writing():
        with door.database.transaction(GATEWAY) as session:
            session.raw("SET TRANSACTION READ ONLY")
            answers.extend(read_token(session, issuer, pharmacy.client, token)["active"] for token in tokens)
            assert not session.closing
            raise UndoneError

    with pytest.raises(UndoneError):
        read_without_writing()
    assert answers == [True, True, False]


def test_introspect_by_a_public_or_unproven_client_is_invalid_client(door, person, pharmacy):
    public = door.add_client()
    token = door.tokens(public, person)["access_token"]
    for send in (
        {"data": {"token": token, "client_id": public.client.client_id}},
        {"data": {"token": token}},
        {"data": {"token": token}, "auth": (pharmacy.client.client_id, "wrong")},
    ):
        answer = door.http.post("/oauth/introspect", **send)
        assert answer.status_code == 401
        assert answer.get_json()["error"] == "invalid_client"


def test_introspect_without_token_is_invalid_request(door, pharmacy):
    answer = door.http.post("/oauth/introspect", data={"x": "y"}, auth=pharmacy.basic)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"


def test_revoke_access_token_ends_that_token_alone(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    assert revoke(door, pharmacy, body["access_token"]).status_code == 200
    assert door.userinfo(body["access_token"]).status_code == 401
    again = door.refresh(pharmacy, body["refresh_token"]).get_json()
    assert door.userinfo(again["access_token"]).status_code == 200
    assert revoke(door, pharmacy, body["access_token"]).status_code == 200


def test_revoke_refresh_token_ends_the_whole_grant(door, person):
    pharmacy = door.add_client()
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    assert revoke(door, pharmacy, body["refresh_token"], token_type_hint="refresh_token").status_code == 200
    assert door.userinfo(body["access_token"]).status_code == 401
    assert door.refresh(pharmacy, body["refresh_token"]).status_code == 400


def test_revoke_unknown_or_foreign_token_is_200_and_does_nothing(door, person, pharmacy):
    other = door.add_client()
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    for token in ("x", body["access_token"], body["refresh_token"]):
        assert revoke(door, other, token).status_code == 200
    assert door.userinfo(body["access_token"]).status_code == 200
    assert door.refresh(pharmacy, body["refresh_token"]).status_code == 200


def test_revoke_by_an_unproven_client_is_invalid_client(door, person, pharmacy):
    body = door.tokens(pharmacy, person)
    answer = door.http.post("/oauth/revoke", data={"token": body["access_token"]})
    assert answer.status_code == 401
    assert door.userinfo(body["access_token"]).status_code == 200


def test_userinfo_gives_the_name_only_with_profile(door, person, pharmacy):
    bare = door.userinfo(door.tokens(pharmacy, person)["access_token"]).get_json()
    full = door.userinfo(door.tokens(pharmacy, person, scope="openid profile")["access_token"]).get_json()
    assert set(bare) == {"sub"}
    assert full == {"sub": bare["sub"], "name": f"测试{person.account.hex[-4:]}"}


def test_userinfo_by_post_is_the_same(door, person, pharmacy):
    token = door.tokens(pharmacy, person)["access_token"]
    answer = door.http.post("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.get_json() == door.userinfo(token).get_json()


def test_userinfo_without_openid_or_token_is_refused_with_a_challenge(door, person, pharmacy):
    token = door.tokens(pharmacy, person, scope=door.scopes_for("resident")[0])["access_token"]
    missing = door.userinfo(token)
    assert missing.status_code == 403
    assert "insufficient_scope" in missing.headers["WWW-Authenticate"]
    nobody = door.http.get("/oauth/userinfo")
    assert nobody.status_code == 401
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")


def test_userinfo_with_an_id_token_is_refused(door, person, pharmacy):
    assert door.userinfo(door.tokens(pharmacy, person)["id_token"]).status_code == 401
