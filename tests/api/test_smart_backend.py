"""SMART Backend Services: a clinic's own system proves itself with a key and acts for its unit alone."""

import json

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from services import clock, ids
from services.errors import Invalid
from tests.support.doors import Bearer
from tests.support.fhir import BASE, write
from tests.support.oauth import Door
from tests.support.smart import LABORATORY, observation

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEYS = {
    "ES384": ECKey.generate_key("P-384", {"kid": "k1"}),
    "RS384": RSAKey.generate_key(2048, {"kid": "k1"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "k1"}),
}


def system(door, alg="ES384", **given):
    settled = {
        "auth_method": "private_key_jwt",
        "grants": ["client_credentials"],
        "scopes": ["system/*.cruds"],
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
        "jwks": {"keys": [KEYS[alg].as_dict(private=False)]},
        "unit": "CL-HP",
    } | given
    return door.add_client(**settled)


def ask(door, client, scope, alg="ES384", *, header=None, **claims):
    now = int(clock.now().timestamp())
    own = client.client.client_id
    said = {
        "iss": own,
        "sub": own,
        "aud": f"{door.issuer}/oauth/token",
        "jti": str(ids.new_id()),
        "iat": now,
        "exp": now + 240,
    } | claims
    said = {name: value for name, value in said.items() if value is not None}
    signed = jwt.encode(
        {"alg": alg, "kid": "k1", "typ": "JWT", **(header or {})}, said, KEYS[alg], algorithms=[alg]
    )
    form = {"client_assertion_type": ASSERTION, "client_assertion": signed}
    return door.token(client, grant_type="client_credentials", scope=scope, **form)


def bearer(app, client, scope):
    answer = ask(Door(app), client, scope)
    assert answer.status_code == 200, answer.text
    return Bearer(app.test_client(), answer.get_json()["access_token"], ids.new_id())


@pytest.mark.parametrize("alg", ["ES384", "RS384", "ES256"])
def test_the_token_answer_is_as_section_5_says(door, alg) -> None:
    answer = ask(door, system(door, alg), "system/*.rs", alg)
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert told["token_type"] == "Bearer"
    assert told["scope"] == "system/*.rs"
    assert 0 < told["expires_in"] <= 300
    assert "refresh_token" not in told
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("another audience", {"aud": "https://evil.example/token"}),
        ("two audiences", {"aud": ["http://localhost:8000", "https://evil.example"]}),
        ("too long a life", {"exp": 10**10}),
        ("no end", {"exp": None}),
        ("no id", {"jti": None}),
        ("another issuer", {"iss": "c-other"}),
        ("another subject", {"sub": "c-other"}),
        ("keys of its own choice", {"header": {"jku": "https://evil.example/keys"}}),
        ("an unknown key", {"header": {"kid": "k9"}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_assertion_is_refused(door, what, given) -> None:
    answer = ask(door, system(door), "system/*.rs", **given)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client"), what


def test_an_expired_and_a_repeated_assertion_are_refused(door) -> None:
    client = system(door)
    now = int(clock.now().timestamp())
    assert ask(door, client, "system/*.rs", exp=now - 1).status_code == 401
    assert ask(door, client, "system/*.rs", jti="once").status_code == 200
    assert ask(door, client, "system/*.rs", jti="once").status_code == 401


def test_a_client_of_fapi_signs_with_neither(door) -> None:
    client = system(door, "RS384", require_pushed_authorization_requests=True, dpop_bound_access_tokens=True)
    assert ask(door, client, "system/*.rs", "RS384", aud=door.issuer).status_code == 401


@pytest.mark.parametrize(
    "scope", ["patient/*.rs", "user/*.rs", "system/Device.rs", "launch/patient", "system/*.sr"]
)
def test_a_system_gets_no_persons_scopes(door, scope) -> None:
    with pytest.raises(Invalid):
        system(door, scopes=[scope])
    answer = ask(door, system(door), scope)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")


def test_what_is_registered_bounds_what_is_asked(door) -> None:
    client = system(door, scopes=["system/Observation.rs"])
    assert ask(door, client, f"system/Observation.rs{LABORATORY}").status_code == 200
    assert ask(door, client, "system/*.rs").get_json()["error"] == "invalid_scope"
    assert ask(door, client, "system/Observation.cruds").get_json()["error"] == "invalid_scope"


def test_a_secret_is_not_enough_for_a_system(door) -> None:
    with pytest.raises(Invalid):
        system(door, auth_method="client_secret_basic", jwks=None)


def test_a_system_reads_and_writes_for_its_unit(app, door, clinic, file) -> None:
    made = write(clinic, observation(file, category="laboratory")).get_json()
    own, other = system(door), system(door, unit="CL-BJ")
    reading = bearer(app, own, "system/*.rs")
    assert reading.get(f"{BASE}/Observation/{made['id']}").status_code == 200
    assert write(reading, observation(file)).status_code == 403
    assert bearer(app, other, "system/*.rs").get(f"{BASE}/Observation/{made['id']}").status_code == 404
    writing = bearer(app, own, "system/Observation.cruds")
    new = write(writing, observation(file))
    assert new.status_code == 201
    headers = {"Content-Type": "application/fhir+json", "If-Match": 'W/"1"'}
    changed = json.dumps({**new.get_json(), "status": "amended"})
    address = f"{BASE}/Observation/{new.get_json()['id']}"
    assert writing.put(address, data=changed, headers=headers).status_code == 200
    assert writing.get(f"{BASE}/Condition").status_code == 403
    assert writing.get("/health-file/v1/resources").status_code == 403


def test_a_granular_system_scope_filters(app, door, clinic, file) -> None:
    for category in ("laboratory", "vital-signs"):
        assert write(clinic, observation(file, category=category)).status_code == 201
    reader = bearer(app, system(door), f"system/Observation.rs{LABORATORY}")
    found = reader.get(f"{BASE}/Observation").get_json()
    assert found["total"] == 1


def test_introspection_of_a_systems_token_names_no_person(door) -> None:
    client = system(door)
    token = ask(door, client, "system/*.rs").get_json()["access_token"]
    now = int(clock.now().timestamp())
    own = client.client.client_id
    said = {"iss": own, "sub": own, "aud": door.issuer, "jti": "i", "iat": now, "exp": now + 60}
    signed = jwt.encode({"alg": "ES384", "kid": "k1"}, said, KEYS["ES384"], algorithms=["ES384"])
    form = {"client_assertion_type": ASSERTION, "client_assertion": signed, "token": token}
    told = door.http.post("/oauth/introspect", data=form).get_json()
    assert (told["active"], told["scope"]) == (True, "system/*.rs")
    assert not {"patient", "fhirUser"} & set(told)
