"""The token endpoint: codes, refresh tokens and client credentials, and every way they are refused."""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import update

from services import clock, ids
from services.gateway import models
from tests.support.oauth import GATEWAY, VERIFIER

pytestmark = pytest.mark.database

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def pharmacy(door):
    return door.add_client()


def refused(answer, error, status=400):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body["error"] == error
    assert set(body) == {"error", "error_description"}
    return True


def verified(door, token):
    keys = KeySet.import_key_set(door.http.get("/oauth/jwks").get_json())
    return jwt.decode(token, keys, algorithms=["ES256"])


def test_code_redeemed_gives_tokens_that_verify_with_the_published_keys(door, person, pharmacy):
    scope = f"openid offline_access {door.scopes_for('resident')[0]}"
    answer = door.redeem(pharmacy, door.code(pharmacy, person, scope=scope))
    body = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 300
    assert body["scope"] == scope
    access, identity = verified(door, body["access_token"]), verified(door, body["id_token"])
    assert access.header["typ"] == "at+jwt"
    assert access.claims["iss"] == identity.claims["iss"] == door.issuer
    assert (
        access.claims["client_id"]
        == identity.claims["aud"]
        == identity.claims["azp"]
        == pharmacy.client.client_id
    )
    assert access.claims["sub"] == identity.claims["sub"]
    assert identity.claims["nonce"] == "n-1"
    assert identity.claims["auth_time"] == int(person.auth_time.timestamp())
    assert identity.claims["acr"]
    assert str(person.account) not in body["access_token"] + body["id_token"] + str(access.claims)


def test_code_redeemed_audience_is_one_url_for_each_service_reached(door, person, pharmacy):
    first, *_ = door.scopes_for("resident")
    other = next(
        scope
        for scope in door.scopes_for("resident")
        if door.catalogue.service_of(scope) is not door.catalogue.service_of(first)
    )
    body = door.tokens(pharmacy, person, scope=f"openid {first} {other}")
    wanted = {f"{door.issuer}/{door.catalogue.service_of(scope).slug}" for scope in (first, other)}
    assert set(verified(door, body["access_token"]).claims["aud"]) == wanted


def test_code_redeemed_without_openid_or_offline_access_gives_an_access_token_alone(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope=door.scopes_for("resident")[0])
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}


def test_sub_differs_between_sectors_and_is_stable_within_one(door, person, pharmacy):
    same = door.add_client()
    other = door.add_client(redirect_uris=["http://127.0.0.1/cb"])
    subs = [
        door.userinfo(door.tokens(one, person)["access_token"]).get_json()["sub"] for one in (pharmacy, same)
    ]
    door.sign_in(person)
    page = door.authorize(other, redirect_uri="http://127.0.0.1:1/cb")
    code = door.decide(page).location.split("code=")[1].split("&")[0]
    third = door.redeem(other, code, redirect_uri="http://127.0.0.1:1/cb").get_json()
    assert subs[0] == subs[1]
    assert door.userinfo(third["access_token"]).get_json()["sub"] != subs[0]


def test_code_used_twice_is_refused_and_the_first_tokens_die_at_once(door, person, pharmacy):
    code = door.code(pharmacy, person, scope="openid offline_access")
    first = door.redeem(pharmacy, code).get_json()
    assert door.userinfo(first["access_token"]).status_code == 200
    assert refused(door.redeem(pharmacy, code), "invalid_grant")
    assert door.userinfo(first["access_token"]).status_code == 401
    assert refused(door.refresh(pharmacy, first["refresh_token"]), "invalid_grant")


def test_code_used_twice_by_another_client_revokes_nothing(door, person, pharmacy):
    code = door.code(pharmacy, person)
    first = door.redeem(pharmacy, code).get_json()
    assert refused(door.redeem(door.add_client(), code), "invalid_grant")
    assert door.userinfo(first["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": VERIFIER[:42]}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://client.example/callback/"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_request"),
    ],
)
def test_code_with_a_wrong_companion_is_refused_and_not_burned(door, person, pharmacy, given, error):
    code = door.code(pharmacy, person)
    assert refused(door.redeem(pharmacy, code, **given), error)
    assert door.redeem(pharmacy, code).status_code == 200


def test_code_of_another_client_is_refused_and_not_burned(door, person, pharmacy):
    code = door.code(pharmacy, person)
    assert refused(door.redeem(door.add_client(), code), "invalid_grant")
    assert door.redeem(pharmacy, code).status_code == 200


def test_code_older_than_a_minute_is_refused(door, person, pharmacy):
    code = door.code(pharmacy, person)
    with clock.held(clock.now() + timedelta(seconds=61)):
        assert refused(door.redeem(pharmacy, code), "invalid_grant")


@pytest.mark.parametrize(
    "code", ["", "x", "x" * 43, "x" * 43 + ".20261399", "x" * 43 + ".99991231", "é" * 43 + ".20261124"]
)
def test_code_that_is_not_ours_is_refused(door, pharmacy, code):
    assert refused(door.redeem(pharmacy, code), "invalid_grant" if code else "invalid_request")


def test_resource_at_the_token_endpoint_narrows_audience_and_scope(door, person, pharmacy):
    first, *_ = door.scopes_for("resident")
    other = next(
        scope
        for scope in door.scopes_for("resident")
        if door.catalogue.service_of(scope) is not door.catalogue.service_of(first)
    )
    resource = f"{door.issuer}/{door.catalogue.service_of(first).slug}"
    code = door.code(pharmacy, person, scope=f"openid offline_access {first} {other}")
    body = door.redeem(pharmacy, code, resource=resource).get_json()
    assert verified(door, body["access_token"]).claims["aud"] == [resource]
    assert other not in body["scope"].split()
    again = door.refresh(pharmacy, body["refresh_token"]).get_json()
    assert len(verified(door, again["access_token"]).claims["aud"]) == 2
    assert refused(
        door.refresh(pharmacy, again["refresh_token"], resource="https://x.example"), "invalid_target"
    )


def test_resource_at_the_authorization_endpoint_binds_the_whole_grant(door, person, pharmacy):
    first, *_ = door.scopes_for("resident")
    other = next(
        scope
        for scope in door.scopes_for("resident")
        if door.catalogue.service_of(scope) is not door.catalogue.service_of(first)
    )
    resource, elsewhere = (
        f"{door.issuer}/{door.catalogue.service_of(scope).slug}" for scope in (first, other)
    )
    code = door.code(pharmacy, person, scope=f"openid offline_access {first} {other}", resource=resource)
    assert refused(door.redeem(pharmacy, code, resource=elsewhere), "invalid_target")
    body = door.redeem(pharmacy, code).get_json()
    assert verified(door, body["access_token"]).claims["aud"] == [resource]
    again = door.refresh(pharmacy, body["refresh_token"]).get_json()
    assert verified(door, again["access_token"]).claims["aud"] == [resource]


def test_refresh_rotates_and_keeps_subject_and_sign_in(door, person, pharmacy):
    first = door.tokens(pharmacy, person, scope="openid offline_access")
    second = door.refresh(pharmacy, first["refresh_token"]).get_json()
    assert second["refresh_token"] != first["refresh_token"]
    before, after = (verified(door, body["id_token"]).claims for body in (first, second))
    assert (after["sub"], after["auth_time"]) == (before["sub"], before["auth_time"])
    assert "nonce" not in after


def test_refresh_token_used_twice_revokes_the_whole_grant(door, person, pharmacy):
    first = door.tokens(pharmacy, person, scope="openid offline_access")
    second = door.refresh(pharmacy, first["refresh_token"]).get_json()
    assert refused(door.refresh(pharmacy, first["refresh_token"]), "invalid_grant")
    assert refused(door.refresh(pharmacy, second["refresh_token"]), "invalid_grant")
    assert door.userinfo(second["access_token"]).status_code == 401


def test_refresh_may_narrow_the_access_token_but_not_widen_it(door, person, pharmacy):
    first, second, *_ = door.scopes_for("resident")
    body = door.tokens(pharmacy, person, scope=f"offline_access {first}")
    assert refused(door.refresh(pharmacy, body["refresh_token"], scope=second), "invalid_scope")
    narrow = door.refresh(pharmacy, body["refresh_token"], scope=first).get_json()
    assert narrow["scope"] == first
    assert door.refresh(pharmacy, narrow["refresh_token"]).get_json()["scope"] == f"offline_access {first}"


def test_refresh_after_thirty_days_is_refused(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    with clock.held(clock.now() + timedelta(days=29)):
        body = door.refresh(pharmacy, body["refresh_token"]).get_json()
    with clock.held(clock.now() + timedelta(days=30, minutes=1)):
        assert refused(door.refresh(pharmacy, body["refresh_token"]), "invalid_grant")


def test_refresh_token_of_another_client_is_refused_and_not_burned(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid offline_access")
    assert refused(door.refresh(door.add_client(), body["refresh_token"]), "invalid_grant")
    assert door.refresh(pharmacy, body["refresh_token"]).status_code == 200


def test_refresh_after_a_role_was_lost_ends_the_grant(door):
    scope = next(s for s in door.scopes_for("officer", never="resident"))
    pharmacy = door.add_client(scopes=["offline_access", scope])
    officer = door.add_person(kind="staff", roles=("officer",), unit="u")
    body = door.tokens(pharmacy, officer, scope=f"offline_access {scope}")
    with door.database.transaction(GATEWAY) as session:
        session.execute(
            update(models.staff).where(models.staff.c.subject_id == officer.account).values(roles=[])
        )
    assert refused(door.refresh(pharmacy, body["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize(
    ("send", "error"),
    [
        ({"query_string": {"grant_type": "client_credentials"}}, "invalid_request"),
        ({"data": {"grant_type": ["a", "a"]}}, "invalid_request"),
        ({"data": {"grant_type": "refresh_token", "scope": ["a", "b"]}}, "invalid_request"),
        ({"json": {"grant_type": "client_credentials"}}, "invalid_request"),
        ({"data": {}}, "invalid_request"),
        ({"data": {"grant_type": ""}}, "invalid_request"),
        ({"data": {"grant_type": "password"}}, "unsupported_grant_type"),
        ({"data": {"grant_type": "implicit"}}, "unsupported_grant_type"),
        ({"data": {"grant_type": "urn:openid:params:grant-type:ciba"}}, "unsupported_grant_type"),
        ({"data": {"grant_type": "authorization_code", "code": "a\0b"}}, "invalid_request"),
    ],
)
def test_token_request_malformed_is_refused_in_json(door, send, error):
    if "data" in send and not send["data"]:
        send = {"data": "", "content_type": "application/x-www-form-urlencoded"}
    assert refused(door.http.post("/oauth/token", **send), error)


@pytest.mark.parametrize(
    "send",
    [
        {"data": {"grant_type": "client_credentials"}},
        {"data": {"grant_type": "client_credentials", "client_id": "c-unknown"}},
        {"data": {"grant_type": "client_credentials"}, "auth": ("c-unknown", "secret")},
        {"data": {"grant_type": "client_credentials"}, "headers": {"Authorization": "Basic ???"}},
        {"data": {"grant_type": "client_credentials"}, "headers": {"Authorization": "Bearer x"}},
    ],
)
def test_unproven_client_is_invalid_client_with_a_challenge(door, send):
    answer = door.http.post("/oauth/token", **send)
    assert refused(answer, "invalid_client", 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_confidential_client_proves_itself_by_its_registered_way_alone(door):
    pharmacy = door.add_client(auth_method="client_secret_basic")
    name = pharmacy.client.client_id
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    wrong = door.http.post("/oauth/token", data=form, auth=(name, "wrong"))
    bare = door.http.post("/oauth/token", data=form | {"client_id": name})
    posted = door.http.post("/oauth/token", data=form | {"client_id": name, "client_secret": pharmacy.secret})
    mixed = door.http.post("/oauth/token", data=form | {"client_id": "c-other"}, auth=pharmacy.basic)
    for answer in (wrong, bare, posted, mixed):
        assert refused(answer, "invalid_client", 401)
    assert refused(door.http.post("/oauth/token", data=form, auth=pharmacy.basic), "invalid_grant")


def test_client_without_the_grant_is_unauthorized_client(door):
    pharmacy = door.add_client(grants=["authorization_code"], scopes=["openid"])
    assert refused(door.refresh(pharmacy, "x"), "unauthorized_client")


def machine(door, **given):
    scopes = door.scopes_for("client")
    settled = {
        "auth_method": "client_secret_basic",
        "grants": ["client_credentials"],
        "scopes": scopes,
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
        "unit": "water",
    }
    return door.add_client(**settled | given)


def test_client_credentials_give_a_token_for_the_client_itself_and_nothing_to_refresh(door):
    pharmacy = machine(door)
    scope = pharmacy.client.scopes[0]
    body = door.token(pharmacy, grant_type="client_credentials", scope=scope).get_json()
    claims = verified(door, body["access_token"]).claims
    assert claims["sub"] == claims["client_id"] == pharmacy.client.client_id
    assert body["scope"] == scope
    assert "refresh_token" not in body
    assert "id_token" not in body


def test_client_credentials_without_scope_give_what_was_registered(door):
    pharmacy = machine(door)
    body = door.token(pharmacy, grant_type="client_credentials").get_json()
    assert body["scope"].split() == list(pharmacy.client.scopes)


def test_client_credentials_for_a_persons_scope_are_invalid_scope(door):
    scope = door.scopes_for("resident", never="client")[0]
    pharmacy = machine(
        door,
        grants=["client_credentials", "authorization_code"],
        redirect_uris=["https://a.example/cb"],
        scopes=["openid", scope, door.scopes_for("client")[0]],
    )
    for wanted in (scope, "openid", "no_such:scope"):
        answer = door.token(pharmacy, grant_type="client_credentials", scope=wanted)
        assert refused(answer, "invalid_scope")


@pytest.fixture
def signing(door):
    key = ECKey.generate_key("P-256", {"kid": "k1"})
    pharmacy = machine(door, auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]})
    return pharmacy, key


def assertion(door, pharmacy, key, *, alg="ES256", header=None, **given):
    now = int(clock.now().timestamp())
    claims = {
        "iss": pharmacy.client.client_id,
        "sub": pharmacy.client.client_id,
        "aud": door.issuer,
        "jti": str(ids.new_id()),
        "iat": now,
        "exp": now + 60,
    } | given
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "k1"} | (header or {}), claims, key, algorithms=[alg])


def keyed_by_the_public_key(signed, key):
    """The old confusion: HS256 with the public key, which everybody has, as the shared secret."""
    head = urlsafe_b64encode(b'{"alg":"HS256","kid":"k1"}').rstrip(b"=").decode()
    body = f"{head}.{signed.split('.')[1]}"
    mac = hmac.digest(key.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_assertion(door, pharmacy, signed):
    return door.token(
        pharmacy, grant_type="client_credentials", client_assertion_type=ASSERTION, client_assertion=signed
    )


def test_private_key_jwt_proves_the_client_once(door, signing):
    pharmacy, key = signing
    signed = assertion(door, pharmacy, key)
    assert by_assertion(door, pharmacy, signed).status_code == 200
    assert refused(by_assertion(door, pharmacy, signed), "invalid_client", 401)


@pytest.mark.parametrize(
    "given",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": ["http://localhost:8000", "https://elsewhere.example"]},
        {"aud": None},
        {"iss": "c-other"},
        {"sub": "c-other"},
        {"jti": None},
        {"exp": None},
        {"exp": 1},
        {"exp": 9_999_999_999},
        {"nbf": 9_999_999_999},
    ],
)
def test_private_key_jwt_with_wrong_claims_is_invalid_client(door, signing, given):
    pharmacy, key = signing
    assert refused(
        by_assertion(door, pharmacy, assertion(door, pharmacy, key, **given)), "invalid_client", 401
    )


def test_private_key_jwt_by_a_wrong_key_or_algorithm_is_invalid_client(door, signing):
    pharmacy, key = signing
    stranger = ECKey.generate_key("P-256", {"kid": "k1"})
    for signed in (
        assertion(door, pharmacy, stranger),
        assertion(door, pharmacy, stranger, header={"jwk": stranger.as_dict(private=False)}),
        keyed_by_the_public_key(assertion(door, pharmacy, key), key),
        assertion(door, pharmacy, key, header={"kid": "../k1"}),
        assertion(door, pharmacy, key).rsplit(".", 1)[0] + ".",
        "not.a.jwt",
        "",
    ):
        assert refused(by_assertion(door, pharmacy, signed), "invalid_client", 401)
