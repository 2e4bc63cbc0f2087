"""What HL7's test kit asks of a server of SMART App Launch STU 2.2, as tests of ours under the same names.

Read as the specification: inferno-framework/smart-app-launch-test-kit, suite `smart_stu2_2`; nothing of it was copied.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from services import clock, ids
from tests.support.doors import Bearer, bearer_for, key, staff_bearer
from tests.support.fhir import BASE, open_file
from tests.support.oauth import VERIFIER, Door, answer_of
from tests.support.smart import audience, person_of, smart_client, smart_tokens

SCOPE = "launch/patient openid fhirUser offline_access patient/*.rs"
ORIGIN = {"Origin": "https://inferno.example"}
CONFIGURATION = f"{BASE}/.well-known/smart-configuration"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SYSTEM_KEYS = {
    "ES384": ECKey.generate_key("P-384", {"kid": "k1"}),
    "RS384": RSAKey.generate_key(2048, {"kid": "k1"}),
}


@pytest.fixture
def door(app):
    return Door(app)


@pytest.fixture
def file(app):
    return open_file(app, staff_bearer(app, "practitioner", "CL-HP"))


@pytest.fixture
def person(door, file):
    return person_of(door, file.account)


@pytest.fixture
def client(door):
    return smart_client(door, auth_method="client_secret_basic")


@pytest.fixture
def issued(door, client, person):
    return smart_tokens(door, client, person, SCOPE)


@pytest.fixture
def reader(app, issued, file):
    return Bearer(app.test_client(), issued["access_token"], file.account)


@pytest.fixture
def configuration(door):
    return door.http.get(CONFIGURATION).get_json()


def id_token(door, issued):
    keys = KeySet.import_key_set(door.http.get("/oauth/jwks").get_json())
    return jwt.decode(issued["id_token"], keys, algorithms=["ES256"])


def test_well_known_endpoint(door):
    answer = door.http.get(CONFIGURATION, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_well_known_capabilities_stu2(configuration):
    assert all(configuration[name] for name in ("authorization_endpoint", "token_endpoint", "capabilities"))
    assert "authorization_code" in configuration["grant_types_supported"]
    assert configuration["code_challenge_methods_supported"] == ["S256"]
    assert isinstance(configuration["issuer"], str)
    assert isinstance(configuration["jwks_uri"], str)
    assert all(isinstance(name, str) for name in configuration["capabilities"])


def test_smart_cors_well_known_endpoint(door):
    assert door.http.get(CONFIGURATION, headers=ORIGIN).headers["Access-Control-Allow-Origin"] == "*"


def test_smart_cors_metadata_request(door):
    assert door.http.get(f"{BASE}/metadata", headers=ORIGIN).headers["Access-Control-Allow-Origin"] == "*"


def test_smart_app_redirect_stu2(door, client, person):
    door.sign_in(person)
    page = door.authorize(client, scope=SCOPE, aud=audience(door))
    assert page.status_code == 200
    assert answer_of(door.decide(page))["state"] == "s-1"


def test_smart_code_received(door, client, person):
    assert door.code(client, person, scope=SCOPE, aud=audience(door))


def test_smart_token_exchange_stu2_2(door, client, person):
    code = door.code(client, person, scope=SCOPE, aud=audience(door))
    assert door.redeem(client, code, code_verifier="w" * 64).status_code == 400
    answer = door.redeem(client, code, code_verifier=VERIFIER)
    assert answer.status_code == 200


def test_smart_token_response_body_stu2_2(issued, file):
    assert issued["access_token"]
    assert issued["token_type"].lower() == "bearer"
    assert issued["scope"] == SCOPE
    assert isinstance(issued["expires_in"], int)
    assert issued["patient"] == file.patient


def test_smart_token_response_headers(door, client, person):
    answer = door.redeem(client, door.code(client, person, scope=SCOPE, aud=audience(door)))
    assert "no-store" in answer.headers["Cache-Control"]
    assert "no-cache" in answer.headers["Pragma"]


def test_smart_cors_token_exchange(door, client, person):
    code = door.code(client, person, scope=SCOPE, aud=audience(door))
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    form |= {"redirect_uri": client.client.redirect_uris[0]}
    answer = door.token(client, headers=ORIGIN, **form)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_smart_openid_decode_id_token(issued):
    assert issued["id_token"].count(".") == 2


def test_smart_openid_retrieve_configuration(door, issued):
    issuer = id_token(door, issued).claims["iss"]
    answer = door.http.get(f"{issuer.removeprefix(door.issuer)}/.well-known/openid-configuration")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json()["issuer"] == issuer


def test_smart_openid_required_configuration_fields(door):
    told = door.http.get("/.well-known/openid-configuration").get_json()
    for name in (
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
    ):
        assert told[name], name
    assert told["subject_types_supported"]
    assert told["id_token_signing_alg_values_supported"]


def test_smart_openid_retrieve_jwks(door):
    assert door.http.get("/oauth/jwks").get_json()["keys"]


def test_smart_openid_token_header(door, issued):
    header = id_token(door, issued).header
    assert header["alg"] == "ES256"
    kids = [one["kid"] for one in door.http.get("/oauth/jwks").get_json()["keys"]]
    assert kids.count(header["kid"]) == 1


def test_smart_openid_token_payload(door, client, issued):
    claims = id_token(door, issued).claims
    assert claims["iss"] == door.issuer
    assert claims["aud"] == client.client.client_id
    assert claims["exp"] > clock.now().timestamp()
    assert 0 < len(claims["sub"]) < 256


def test_smart_openid_fhir_user_claim(door, issued, reader):
    user = id_token(door, issued).claims["fhirUser"]
    kind = user.rsplit("/", 2)[-2]
    assert kind in {"Patient", "Practitioner", "RelatedPerson", "Person"}
    answer = reader.get(user.removeprefix(door.issuer))
    assert answer.get_json()["resourceType"] == kind


def test_smart_cors_openid_fhir_user_claim(door, issued, reader):
    user = id_token(door, issued).claims["fhirUser"]
    answer = reader.get(user.removeprefix(door.issuer), headers=ORIGIN)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_smart_token_refresh(door, client, issued):
    answer = door.refresh(client, issued["refresh_token"])
    assert answer.status_code == 200
    assert answer.get_json()["access_token"]


def test_smart_token_refresh_with_scopes(door, client, issued):
    answer = door.refresh(client, issued["refresh_token"], scope=SCOPE)
    assert answer.status_code == 200


def test_smart_token_refresh_body(door, client, issued):
    told = door.refresh(client, issued["refresh_token"]).get_json()
    assert set(told["scope"].split()) <= set(SCOPE.split())
    assert told["token_type"].lower() == "bearer"
    assert told["expires_in"]
    assert told["patient"] == issued["patient"]


def launch(door, app):
    doctor = door.add_person(kind="staff", roles=("practitioner",), unit="CL-HP")
    own = bearer_for(app, doctor, holder="practitioner")
    file = open_file(app, own)
    viewer = smart_client(door, initiate_login_uri="https://inferno.example/launch")
    body = {"client_id": viewer.client.client_id, "patient": file.patient}
    answer = own.post("/health-file/v1/launches", json=body, headers=key())
    query = parse_qs(urlsplit(answer.get_json()["url"]).query)
    return doctor, file, viewer, {name: values[0] for name, values in query.items()}


def test_smart_app_launch(door, app):
    query = launch(door, app)[3]
    assert query["iss"] == audience(door)


def test_smart_launch_received(door, app):
    doctor, file, viewer, query = launch(door, app)
    assert query["launch"]
    scope = "launch openid fhirUser offline_access user/*.rs"
    told = door.tokens(viewer, doctor, scope=scope, aud=query["iss"], launch=query["launch"])
    assert told["patient"] == file.patient


def test_token_introspection_response_of_an_active_token(door, client, issued):
    told = introspect(door, client, issued["access_token"])
    assert told["active"] is True
    assert told["client_id"] == client.client.client_id
    assert set(told["scope"].split()) == set(issued["scope"].split())
    assert told["exp"] > clock.now().timestamp()
    assert told["patient"] == issued["patient"]
    claims = id_token(door, issued).claims
    assert (told["iss"], told["sub"], told["fhirUser"]) == (claims["iss"], claims["sub"], claims["fhirUser"])


def test_token_introspection_response_of_an_invalid_token(door, client):
    assert introspect(door, client, "no-such-token") == {"active": False}


def introspect(door, client, token):
    return door.http.post("/oauth/introspect", data={"token": token}, auth=client.basic).get_json()


def system(door, alg):
    return door.add_client(
        auth_method="private_key_jwt",
        grants=["client_credentials"],
        scopes=["system/*.rs"],
        redirect_uris=[],
        post_logout_redirect_uris=[],
        jwks={"keys": [SYSTEM_KEYS[alg].as_dict(private=False)]},
        unit="CL-HP",
    )


def ask(door, client, alg, *, kid="k1", form=None, **claims):
    now, own = int(clock.now().timestamp()), client.client.client_id
    said = {"iss": own, "sub": own, "aud": f"{door.issuer}/oauth/token", "jti": str(ids.new_id())}
    said |= {"iat": now, "exp": now + 300} | claims
    signed = jwt.encode({"alg": alg, "kid": kid, "typ": "JWT"}, said, SYSTEM_KEYS[alg], algorithms=[alg])
    sent = {"grant_type": "client_credentials", "scope": "system/*.rs", "client_assertion_type": ASSERTION}
    return door.token(client, **sent | {"client_assertion": signed} | (form or {}))


BOTH = pytest.mark.parametrize("alg", ["ES384", "RS384"])


@BOTH
def test_smart_backend_services_invalid_grant_type(door, alg):
    answer = ask(door, system(door, alg), alg, form={"grant_type": "not_a_grant_type"})
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "unsupported_grant_type"


@BOTH
def test_smart_backend_services_invalid_client_assertion(door, alg):
    answer = ask(door, system(door, alg), alg, form={"client_assertion_type": "not_an_assertion_type"})
    assert answer.status_code in {400, 401}
    assert answer.get_json()["error"] == "invalid_client"


@BOTH
def test_smart_backend_services_invalid_jwt(door, alg):
    for wrong in ({"iss": "not_a_client"}, {"kid": "unknown"}, {"aud": "https://elsewhere.example"}):
        answer = ask(door, system(door, alg), alg, **wrong)
        assert answer.status_code in {400, 401}
        assert answer.get_json()["error"] == "invalid_client"


@BOTH
def test_smart_backend_services_auth_request_success(door, alg):
    assert ask(door, system(door, alg), alg).status_code == 200


@BOTH
def test_smart_backend_services_auth_response_body(door, alg):
    told = ask(door, system(door, alg), alg).get_json()
    assert told["access_token"]
    assert told["token_type"].lower() == "bearer"
    assert told["scope"] == "system/*.rs"
    assert 0 < told["expires_in"] <= 300
