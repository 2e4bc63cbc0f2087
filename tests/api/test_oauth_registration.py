"""Clients that register themselves (RFC 7591) and manage their registration (RFC 7592), by invitation."""

from datetime import timedelta

import pytest

from services import clock, ids
from services.actor import system
from services.gateway.oauth.registration.invitations import (
    cancel_invitation,
    create_invitation,
    list_invitations,
)
from tests.support.app import app_over
from tests.support.oauth import GATEWAY, REDIRECT, App, Door

ERRORS = {"invalid_client_metadata", "invalid_redirect_uri", "unapproved_software_statement"}


def invited(door, **given):
    with door.database.transaction(GATEWAY) as session:
        return create_invitation(session, system("test"), **({"purpose": "test"} | given))


def register(door, token, **metadata):
    document = {
        "client_name": "安康药房",
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none",
    } | metadata
    document = {name: value for name, value in document.items() if value is not None}
    return door.http.post("/oauth/register", json=document, headers=bearer(token))


def bearer(token):
    return {} if token is None else {"Authorization": f"Bearer {token}"}


@pytest.fixture
def registered(door):
    answer = register(door, invited(door)[0], scope="openid profile")
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def manage(door, registered, method, *, token=None, **options):
    path = f"/oauth/register/{registered['client_id']}"
    headers = bearer(token or registered["registration_access_token"])
    return door.http.open(path, method=method, headers=headers, **options)


def test_the_answer_holds_everything_that_was_registered(door):
    answer = register(
        door,
        invited(door)[0],
        token_endpoint_auth_method="client_secret_basic",
        scope="openid offline_access",
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        require_pushed_authorization_requests=True,
        dpop_bound_access_tokens=True,
        logo_uri="https://client.example/logo.png",
        **{"client_name#en": "Ankang Pharmacy", "example_extension": {"ignored": True}},
    )
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body["client_name#en"] == "Ankang Pharmacy"
    assert body["require_pushed_authorization_requests"] is body["dpop_bound_access_tokens"] is True
    assert (body["client_secret_expires_at"], body["response_types"]) == (0, ["code"])
    assert body["registration_client_uri"] == f"{door.issuer}/oauth/register/{body['client_id']}"
    assert not {"logo_uri", "example_extension"} & set(body)
    document = door.http.get("/.well-known/openid-configuration").get_json()
    assert document["registration_endpoint"] == f"{door.issuer}/oauth/register"


def test_what_is_registered_works_for_a_person(door, registered):
    with door.database.transaction(GATEWAY) as session:
        from services.gateway.clients import find_client

        client = find_client(session, registered["client_id"])
    tokens = door.tokens(App(client, None), door.add_person(), scope="openid")
    assert door.userinfo(tokens["access_token"]).status_code == 200


def test_defaults_are_those_of_the_standard(door):
    answer = door.http.post(
        "/oauth/register", json={"redirect_uris": [REDIRECT]}, headers=bearer(invited(door)[0])
    )
    body = answer.get_json()
    assert body["token_endpoint_auth_method"] == "client_secret_basic"
    assert (body["grant_types"], body["response_types"]) == (["authorization_code"], ["code"])
    assert body["client_name"] == "client.example"
    assert len(body["client_secret"]) >= 43


def test_nobody_registers_without_an_invitation(door):
    bare = register(door, None)
    assert (bare.status_code, bare.headers["WWW-Authenticate"]) == (401, "Bearer")
    wrong = register(door, "guessed")
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    token, made = invited(door)
    with door.database.transaction(GATEWAY) as session:
        cancel_invitation(session, system("test"), made.id)
    assert register(door, token).status_code == 401
    late, _ = invited(door, days=1)
    with clock.held(clock.now() + timedelta(days=1)):
        assert register(door, late).status_code == 401


def test_an_invitation_works_as_often_as_it_says_and_a_refusal_costs_nothing(door):
    token, made = invited(door, uses=2)
    assert register(door, token, redirect_uris=["http://evil.example"]).status_code == 400
    assert [register(door, token).status_code for _ in range(3)] == [201, 201, 401]
    with door.database.transaction(GATEWAY) as session:
        found = {one.id: one for one in list_invitations(session)}
    assert found[made.id].uses_left == 0


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"redirect_uris": ["http://client.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://client.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://[bad"]}, "invalid_redirect_uri"),
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://client.example/cb"}, "invalid_client_metadata"),
        ({"redirect_uris": [REDIRECT + str(n) for n in range(21)]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"], "redirect_uris": None}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"response_types": []}, "invalid_client_metadata"),
        ({"scope": "no_such:scope"}, "invalid_client_metadata"),
        ({"scope": 7}, "invalid_client_metadata"),
        ({"client_name": "a\nb"}, "invalid_client_metadata"),
        ({"client_name": "a" * 101}, "invalid_client_metadata"),
        ({"id_token_signed_response_alg": "RS256"}, "invalid_client_metadata"),
        ({"dpop_bound_access_tokens": "yes"}, "invalid_client_metadata"),
        ({"jwks": [], "token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        (
            {"jwks_uri": "http://10.0.0.1/keys", "token_endpoint_auth_method": "private_key_jwt"},
            "invalid_client_metadata",
        ),
        ({"software_statement": "a.b.c"}, "unapproved_software_statement"),
    ],
)
def test_what_may_not_be_registered_is_named_by_the_standard_s_error(door, metadata, error):
    answer = register(door, invited(door)[0], **metadata)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error), answer.text
    assert set(answer.get_json()) == {"error", "error_description"}


def test_scopes_of_machines_and_staff_are_beyond_the_policy(door):
    for holder in ("client", "operator", "admin"):
        for scope in door.scopes_for(holder, never="resident")[:3]:
            answer = register(door, invited(door)[0], scope=scope)
            assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"x"', b"{", b'{"scope": "openid", "scope": "profile"}', b"\xff"]
)
def test_bodies_that_are_no_json_object_are_refused(door, body):
    answer = door.http.post(
        "/oauth/register", data=body, content_type="application/json", headers=bearer(invited(door)[0])
    )
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")


def test_a_form_is_no_registration(door):
    answer = door.http.post("/oauth/register", data={"scope": "openid"}, headers=bearer(invited(door)[0]))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")


def test_a_client_reads_what_it_registered(door, registered):
    answer = manage(door, registered, "GET")
    assert answer.status_code == 200
    assert answer.get_json() == {
        name: value for name, value in registered.items() if name != "client_id_issued_at"
    }


def test_an_update_replaces_everything_and_rotates_the_token(door, registered):
    change = {
        "client_id": registered["client_id"],
        "client_name": "安康大药房",
        "redirect_uris": ["https://client.example/new"],
        "token_endpoint_auth_method": "none",
    }
    answer = manage(door, registered, "PUT", json=change)
    assert answer.status_code == 200, answer.text
    changed = answer.get_json()
    assert changed["redirect_uris"] == ["https://client.example/new"]
    assert changed["scope"] == "openid"
    assert changed["registration_access_token"] != registered["registration_access_token"]
    assert manage(door, registered, "GET").status_code == 401
    assert manage(door, changed, "GET").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "c-other"},
        {"client_id": None},
        {"client_secret": "made-up"},
        {"client_secret_expires_at": 0},
        {"registration_access_token": "x"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"scope": "no_such:scope"},
    ],
)
def test_an_update_that_says_what_is_not_its_to_say_changes_nothing(door, registered, change):
    document = {
        "client_id": registered["client_id"],
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none",
    } | change
    document = {name: value for name, value in document.items() if value is not None}
    answer = manage(door, registered, "PUT", json=document)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")
    assert manage(door, registered, "GET").get_json()["scope"] == "openid profile"


def test_the_secret_stays_over_an_update(door):
    first = register(door, invited(door)[0], token_endpoint_auth_method="client_secret_basic").get_json()
    change = {
        "client_id": first["client_id"],
        "client_secret": first["client_secret"],
        "redirect_uris": [REDIRECT],
    }
    assert manage(door, first, "PUT", json=change).status_code == 200
    answer = door.http.post(
        "/oauth/revoke", data={"token": "x"}, auth=(first["client_id"], first["client_secret"])
    )
    assert answer.status_code == 200


def test_a_deleted_client_is_gone_with_its_grants(door, registered):
    with door.database.transaction(GATEWAY) as session:
        from services.gateway.clients import find_client

        client = find_client(session, registered["client_id"])
    tokens = door.tokens(App(client, None), door.add_person(), scope="openid")
    answer = manage(door, registered, "DELETE")
    assert (answer.status_code, answer.data) == (204, b"")
    assert door.userinfo(tokens["access_token"]).status_code == 401
    assert manage(door, registered, "GET").status_code == 401
    assert manage(door, registered, "DELETE").status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_else_manages_a_client(door, registered, method):
    other = register(door, invited(door)[0]).get_json()
    by_administrator = door.add_client()
    for target, token in (
        (registered, "guessed"),
        (registered, other["registration_access_token"]),
        ({"client_id": by_administrator.client.client_id}, other["registration_access_token"]),
        ({"client_id": f"c-{ids.new_token(15)}"}, other["registration_access_token"]),
    ):
        answer = manage(door, target, method, token=token, json={})
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_token")
    bare = door.http.open(f"/oauth/register/{registered['client_id']}", method=method)
    assert bare.status_code == 401


def test_registrations_from_one_address_have_a_limit(database):
    door = Door(app_over(database, CITIZEN_THROTTLE_POLICY="production"))
    token, _ = invited(door, uses=20)
    answers = [register(door, token) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


SMART = "openid fhirUser launch/patient online_access patient/*.rs"


def test_an_app_of_residents_may_register_smart_scopes_for_reading(door):
    given = {"scope": SMART, "initiate_login_uri": "https://client.example/launch"}
    body = register(door, invited(door)[0], **given).get_json()
    assert {name: body[name] for name in given} == given
    assert "refresh_token" in body["grant_types"]


@pytest.mark.parametrize(
    "scope",
    ["system/*.rs", "patient/*.cruds", "user/Observation.c", "launch", "patient/Device.rs", "patient/*.sr"],
)
def test_no_app_gives_itself_smart_scopes_of_machines_or_staff(door, scope):
    answer = register(door, invited(door)[0], scope=f"{SMART} {scope}")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize(
    "uri",
    [
        "http://client.example/launch",
        "https://client.example/#x",
        "javascript:alert(1)",
        "https://a@b.example/",
    ],
)
def test_an_app_is_opened_at_no_odd_address(door, uri):
    answer = register(door, invited(door)[0], scope=SMART, initiate_login_uri=uri)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")
