"""How an application finds its way: the SMART configuration, the CapabilityStatement, and programs in browsers."""

import pytest

from tests.support.fhir import BASE
from tests.support.smart import audience, smart_client

CONFIGURATION = f"{BASE}/.well-known/smart-configuration"
ORIGIN = "https://app.example"


def test_the_configuration_says_what_section_4_asks_for(door) -> None:
    answer = door.http.get(CONFIGURATION)
    assert answer.mimetype == "application/json"
    told, metadata = answer.get_json(), door.http.get("/.well-known/openid-configuration").get_json()
    for name in ("issuer", "jwks_uri", "authorization_endpoint", "token_endpoint", "introspection_endpoint"):
        assert told[name] == metadata[name]
    for name in ("revocation_endpoint", "registration_endpoint", "scopes_supported", "grant_types_supported"):
        assert told[name] == metadata[name]
    assert told["management_endpoint"] == f"{door.issuer}/my/account/consents"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert {"authorization_code", "client_credentials"} <= set(told["grant_types_supported"])
    assert {"private_key_jwt", "client_secret_basic"} <= set(told["token_endpoint_auth_methods_supported"])
    assert {"RS384", "ES384"} <= set(told["token_endpoint_auth_signing_alg_values_supported"])
    assert not {"RS384", "none"} & set(metadata["token_endpoint_auth_signing_alg_values_supported"])
    assert {"launch/patient", "fhirUser", "online_access", "patient/*.rs"} <= set(told["scopes_supported"])
    assert {"permission-v2", "launch-standalone", "launch-ehr", "sso-openid-connect"} <= set(
        told["capabilities"]
    )
    assert len(told["capabilities"]) == len(set(told["capabilities"]))


@pytest.mark.parametrize("accept", ["application/json", "application/fhir+json", "text/html", "*/*"])
def test_the_configuration_is_json_whatever_is_accepted(door, accept) -> None:
    answer = door.http.get(CONFIGURATION, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_every_endpoint_of_the_configuration_is_there(door) -> None:
    told = door.http.get(CONFIGURATION).get_json()
    for name, url in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert url.startswith(door.issuer)
            for method in ("GET", "POST"):
                status = door.http.open(url.removeprefix(door.issuer), method=method).status_code
                assert status != 404, name


def test_the_capability_statement_names_the_same_places(door) -> None:
    security = door.http.get(f"{BASE}/metadata").get_json()["rest"][0]["security"]
    told = door.http.get(CONFIGURATION).get_json()
    [oauth] = [one for one in security["extension"] if one["url"].endswith("/oauth-uris")]
    places = {one["url"]: one["valueUri"] for one in oauth["extension"]}
    names = {"authorize": "authorization", "token": "token", "introspect": "introspection"}
    names |= {"revoke": "revocation", "register": "registration", "manage": "management"}
    assert places == {short: told[f"{name}_endpoint"] for short, name in names.items()}
    assert security["cors"] is True
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CONFIGURATION),
        ("GET", f"{BASE}/metadata"),
        ("GET", f"{BASE}/Patient"),
        ("GET", f"{BASE}/Patient/x"),
        ("POST", "/oauth/token"),
        ("POST", "/oauth/revoke"),
        ("GET", "/oauth/jwks"),
    ],
)
def test_programs_in_browsers_may_read_answers_and_refusals(door, method, path) -> None:
    preflight = door.http.options(
        path,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert method in preflight.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    answer = door.http.open(path, method=method, headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/oauth/authorize"), ("POST", "/oauth/authorize"), ("POST", "/oauth/consent"),
     ("GET", "/ebills/v1/bills"), ("GET", "/health-file/v1/resources"), ("GET", "/my/account")],
)  # fmt: skip
def test_pages_and_other_apis_stay_closed_to_other_origins(door, method, path) -> None:
    answer = door.http.open(path, method=method, headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_an_origin_nothing_is_said(door) -> None:
    assert "Access-Control-Allow-Origin" not in door.http.get(CONFIGURATION).headers


def test_an_authorization_request_may_be_posted(door) -> None:
    client = smart_client(door)
    form = {"client_id": client.client.client_id, "scope": "patient/*.rs", "aud": audience(door)}
    answer = door.http.post("/oauth/authorize", data=form)
    assert answer.status_code == 303
    assert "scope=patient" in answer.location
