"""Every forged token, assertion and proof of R8, R10 and R13 hears the same no, and nothing of it comes back.

Black box over HTTP. Where a forgery must carry a good signature, it is made with the server's own signing key: what
refuses it is then the one rule that it breaks.
"""

import json
import secrets
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from services.database.roles import Role
from services.database.session import Opening
from services.vault.signing import active_signing_key
from tests.support.fapi2 import expect
from tests.support.fapi2.http import FORM, post, send
from tests.support.fapi2.jose import Key, b64, compact, new_key, opened, segment, signature, unb64
from tests.support.fapi2.relying_party import ASSERTION_TYPE, RESOURCE

CANARY = "canary-7f3ab91c"
EVIL = f"https://{CANARY}.example/keys"
SQL = f"{CANARY}' OR '1'='1"
PATH = f"../../../../dev/{CANARY}"


@pytest.fixture(scope="module")
def stage(city):
    """A bearer client, a FAPI client, both with tokens of one resident, and the server's own key."""
    return Stage(city)


class Stage:
    def __init__(self, city):
        self.city = city
        self.visitor = city.visitor()
        self.party, self.fapi = city.client(), city.fapi_client()
        self.tokens = self.party.tokens(self.visitor)
        self.bound = self.fapi.tokens(self.visitor)["access_token"]
        with city.database.transaction(Opening(role=Role.WORKER)) as session:
            active = active_signing_key(session, "token")
        self.key = Key("ES256", active.private_key.raw_value, active.kid)
        (self.jwk,) = (one for one in self.party.jwks()["keys"] if one["kid"] == active.kid)
        self.header, self.claims = opened(self.tokens["access_token"])
        self.now = int(self.party.clock())

    def resigned(self, header=None, claims=None):
        """The genuine token with changes, signed by the server's own key."""
        return self.key.sign({**self.header, **(header or {})}, {**self.claims, **(claims or {})})


def public_pem(stage):
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return stage.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def by_hmac(secret):
    def forge(stage):
        held = secret(stage)
        header = {**stage.header, "alg": "HS256"}
        return compact(header, stage.claims, lambda data: signature("HS256", held, data))

    return forge


def by_stranger(**header):
    """Signed by a key of the attacker's, who points at it in the header."""

    def forge(stage):
        key = new_key(kid=CANARY)
        told = {"jwk": key.public_jwk} if header.get("jwk") else {}
        return key.sign({**stage.header, "kid": key.kid, **header, **told}, stage.claims)

    return forge


def with_duplicated_claim(stage):
    """Two readers could read two different subjects out of it."""
    body = json.dumps(stage.claims)
    doubled = body[:-1] + f', "sub": "{CANARY}", "client_id": "{CANARY}"}}'
    return stage.key.sign(stage.header, doubled.encode())


def cut(stage):
    return stage.tokens["access_token"].rpartition(".")[0] + "."


def swapped_claims(stage):
    head, _, signed = stage.tokens["access_token"].split(".")
    return f"{head}.{segment({**stage.claims, 'scope': CANARY})}.{signed}"


def signature_in_der(stage):
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    return compact(stage.header, stage.claims, lambda data: stage.key.private.sign(data, ec.ECDSA(SHA256())))


RESOURCE_ATTACKS = {
    "no token at all": lambda _: CANARY,
    "a token cut short": cut,
    "alg none": lambda stage: compact({**stage.header, "alg": "none"}, stage.claims, lambda _: b""),
    "alg NoNe": lambda stage: compact({**stage.header, "alg": "NoNe"}, stage.claims, lambda _: b""),
    "alg none with the old signature": lambda stage: compact(
        {**stage.header, "alg": "none"},
        stage.claims,
        lambda _: unb64(stage.tokens["access_token"].split(".")[2]),
    ),
    "HS256 with the public key in PEM": by_hmac(public_pem),
    "HS256 with the public key as JWK": by_hmac(lambda stage: json.dumps(stage.jwk).encode()),
    "HS256 with the x coordinate": by_hmac(lambda stage: unb64(stage.jwk["x"])),
    "HS256 with an empty key": by_hmac(lambda _: b""),
    "a foreign key, embedded": by_stranger(jwk=True),
    "a foreign key, embedded, under our kid": lambda stage: by_stranger(jwk=True, kid=stage.key.kid)(stage),
    "a foreign key, at jku": by_stranger(jku=EVIL),
    "a foreign key, at x5u": by_stranger(x5u=EVIL),
    "a foreign certificate": by_stranger(x5c=[b64encode(CANARY.encode()).decode()]),
    "kid as a path": by_stranger(kid=PATH),
    "kid as SQL": by_stranger(kid=SQL),
    "kid as a list": by_stranger(kid=[CANARY]),
    "an unknown critical header": lambda stage: stage.resigned(header={"crit": [CANARY], CANARY: 1}),
    "an unencoded payload": lambda stage: stage.resigned(header={"crit": ["b64"], "b64": False}),
    "an ID token": lambda stage: stage.tokens["id_token"],
    "a refresh token": lambda stage: stage.tokens["refresh_token"],
    "typ JWT": lambda stage: stage.resigned(header={"typ": "JWT"}),
    "typ dpop+jwt": lambda stage: stage.resigned(header={"typ": "dpop+jwt"}),
    "no typ": lambda stage: stage.key.sign({"alg": "ES256", "kid": stage.key.kid}, stage.claims),
    "another audience": lambda stage: stage.resigned(claims={"aud": [f"{stage.party.issuer}/hotline"]}),
    "a foreign audience": lambda stage: stage.resigned(claims={"aud": [EVIL]}),
    "a foreign issuer": lambda stage: stage.resigned(claims={"iss": EVIL}),
    "expired": lambda stage: stage.resigned(claims={"exp": stage.now - 1}),
    "exp as text": lambda stage: stage.resigned(claims={"exp": f"{stage.now + 300}"}),
    "no exp": lambda stage: stage.key.sign(
        stage.header, {name: value for name, value in stage.claims.items() if name != "exp"}
    ),
    "not yet": lambda stage: stage.resigned(claims={"nbf": stage.now + 120}),
    "issued in the future": lambda stage: stage.resigned(claims={"iat": stage.now + 120}),
    "a claim twice": with_duplicated_claim,
    "swapped claims": swapped_claims,
    "a signature in DER": signature_in_der,
    "somebody else's reference": lambda stage: stage.resigned(claims={"ref": CANARY}),
    "another jti than the reference's": lambda stage: stage.resigned(claims={"jti": CANARY}),
    "a bound token sent as Bearer": lambda stage: stage.bound,
}


def told(answer):
    """An answer without what differs from request to request."""
    body = json.loads(answer.text)
    for name in ("instance", "request_id"):
        body.pop(name, None)
    return answer.status, answer.header("Content-Type"), body


@pytest.mark.parametrize("attack", list(RESOURCE_ATTACKS))
def test_forged_access_token_hears_the_same_401(stage, attack):
    reference = send("GET", f"{stage.city.base_url}{RESOURCE}", headers=[("Authorization", "Bearer x.y.z")])
    token = RESOURCE_ATTACKS[attack](stage)
    answer = send("GET", f"{stage.city.base_url}{RESOURCE}", headers=[("Authorization", f"Bearer {token}")])
    assert answer.status == 401
    assert told(answer) == told(reference)
    assert 'error="invalid_token"' in (answer.header("WWW-Authenticate") or "")
    nothing_echoed(answer, token)
    expect.admitted(stage.party.resource(stage.tokens["access_token"]))


def test_the_reason_is_in_the_scheme_alone(stage):
    """A bound token sent as Bearer is told by which scheme it goes, which its holder knows anyway."""
    answer = stage.party.resource(stage.bound, scheme="Bearer")
    assert (answer.header("WWW-Authenticate") or "").startswith("DPoP ")


def nothing_echoed(answer, *sent):
    """Nothing of the request stands in the answer, neither whole nor in parts."""
    shown = answer.text + "".join(f"{name}{value}" for name, value in answer.headers)
    assert CANARY not in shown
    for value in sent:
        for part in value.split("."):
            assert len(part) < 12 or part not in shown


# Client assertions at the token endpoint (R13).


def assertion_by(key_of, header=None, claims=None):
    def forge(stage):
        return stage.fapi.assertion(claims or {}, header or {}, key_of(stage))

    return forge


def own_key(stage):
    return stage.fapi.key


def assertion_of(stage, claims=None, header=None):
    return stage.fapi.assertion(claims or {}, header or {})


def unsigned_assertion(stage):
    header, claims = opened(stage.fapi.assertion())
    return compact({**header, "alg": "none"}, claims, lambda _: b"")


def assertion_by_hmac(stage):
    header, claims = opened(stage.fapi.assertion())
    secret = json.dumps(stage.fapi.key.public_jwk).encode()
    return compact({**header, "alg": "HS256"}, claims, lambda data: signature("HS256", secret, data))


def assertion_with_embedded_key(stage):
    key = new_key(kid=CANARY)
    return stage.fapi.assertion({}, {"jwk": key.public_jwk}, key)


def assertion_with_doubled_subject(stage):
    header, claims = opened(stage.fapi.assertion())
    body = json.dumps(claims)[:-1] + f', "sub": "{CANARY}"}}'
    return stage.fapi.key.sign(header, body.encode())


def spent_assertion(stage):
    used = stage.fapi.assertion()
    credentials = lambda: stage.fapi.credentials(used)  # noqa: E731
    assert stage.fapi.push(stage.fapi.begin(), credentials=credentials).status == 201
    return used


def request_object(stage):
    """A signed request object has no `sub`: it must never authenticate a client."""
    now = int(stage.fapi.clock())
    claims = {**stage.fapi.begin().parameters, "iss": stage.fapi.client_id, "aud": stage.fapi.issuer}
    return stage.fapi.key.sign(
        {"alg": "ES256", "kid": "k1"}, {**claims, "nbf": now, "exp": now + 60, "jti": "j"}
    )


ASSERTION_ATTACKS = {
    "no JWT": lambda _: CANARY,
    "alg none": unsigned_assertion,
    "HS256 with the public key": assertion_by_hmac,
    "RS256": lambda stage: compact(
        {"alg": "RS256", "kid": "k1"}, opened(stage.fapi.assertion())[1], lambda _: secrets.token_bytes(256)
    ),
    "another key under the same kid": assertion_by(lambda _: new_key()),
    "another client's key": assertion_by(lambda stage: stage.city.fapi_client().key),
    "a key in the header": assertion_with_embedded_key,
    "a key at jku": lambda stage: stage.fapi.assertion({}, {"jku": EVIL, "kid": CANARY}, new_key(kid=CANARY)),
    "kid as a path": lambda stage: assertion_of(stage, header={"kid": PATH}),
    "kid as SQL": lambda stage: assertion_of(stage, header={"kid": SQL}),
    "an unknown critical header": lambda stage: assertion_of(stage, header={"crit": [CANARY], CANARY: 1}),
    "spent before": spent_assertion,
    "an unknown client": lambda stage: assertion_of(stage, {"iss": CANARY, "sub": CANARY}),
    "iss as SQL": lambda stage: assertion_of(stage, {"iss": SQL, "sub": SQL}),
    "another sub": lambda stage: assertion_of(stage, {"sub": stage.party.client_id}),
    "another audience": lambda stage: assertion_of(stage, {"aud": EVIL}),
    "the resource as audience": lambda stage: assertion_of(stage, {"aud": f"{stage.fapi.issuer}/ebills"}),
    "the token endpoint as audience": lambda stage: assertion_of(
        stage, {"aud": stage.fapi.endpoint("token")}
    ),
    "no audience": lambda stage: assertion_of(stage, {"aud": None}),
    "expired": lambda stage: assertion_of(stage, {"exp": int(stage.fapi.clock()) - 1}),
    "lives too long": lambda stage: assertion_of(stage, {"exp": int(stage.fapi.clock()) + 3600}),
    "exp as text": lambda stage: assertion_of(stage, {"exp": "never"}),
    "exp beyond all time": lambda stage: assertion_of(stage, {"exp": 10**30}),
    "not yet": lambda stage: assertion_of(stage, {"nbf": int(stage.fapi.clock()) + 61}),
    "no jti": lambda stage: assertion_of(stage, {"jti": ""}),
    "jti as a number": lambda stage: assertion_of(stage, {"jti": 7}),
    "a claim twice": assertion_with_doubled_subject,
    "a list instead of claims": lambda stage: stage.fapi.key.sign({"alg": "ES256", "kid": "k1"}, [CANARY]),
    "an access token": lambda stage: stage.bound,
    "a DPoP proof": lambda stage: stage.fapi.proof("POST", stage.fapi.endpoint("token")),
    "a request object": request_object,
}


@pytest.mark.parametrize("attack", list(ASSERTION_ATTACKS))
def test_forged_client_assertion_hears_the_same_401(stage, attack):
    url, form = stage.fapi.endpoint("token"), {"grant_type": "refresh_token", "refresh_token": CANARY}
    reference = post(url, {**form, "client_id": "nobody"})
    forged = ASSERTION_ATTACKS[attack](stage)
    sent = {**form, "client_assertion_type": ASSERTION_TYPE, "client_assertion": forged}
    answer = post(url, sent, headers=[("DPoP", stage.fapi.proof("POST", url))])
    assert answer.status == 401
    assert told(answer) == told(reference)
    assert answer.header("WWW-Authenticate") == reference.header("WWW-Authenticate")
    nothing_echoed(answer, forged)


def test_a_client_with_keys_is_never_taken_by_a_secret(stage):
    url, form = stage.fapi.endpoint("token"), {"grant_type": "refresh_token", "refresh_token": CANARY}
    basic = b64encode(f"{stage.fapi.client_id}:{CANARY}".encode()).decode()
    for answer in (
        post(url, form, headers=[("Authorization", f"Basic {basic}")]),
        post(url, {**form, "client_id": stage.fapi.client_id, "client_secret": CANARY}),
        post(url, {**form, "client_id": stage.fapi.client_id}),
    ):
        expect.refused(answer, "invalid_client", status=401)
        nothing_echoed(answer)


# DPoP proofs, at the token endpoint and at a resource (R8).


def proofs(stage, method, url, token=None):
    """Every unsound proof for one request."""
    party = stage.fapi

    def made(claims=None, header=None, key=None):
        return party.proof(method, url, access_token=token, claims=claims or {}, header=header or {}, key=key)

    head, claims = opened(made())
    now = int(party.clock())
    yield "no JWT", CANARY
    yield "alg none", compact({**head, "alg": "none"}, claims, lambda _: b"")
    secret = json.dumps(head["jwk"]).encode()
    yield "HS256", compact({**head, "alg": "HS256"}, claims, lambda data: signature("HS256", secret, data))
    shared = {"kty": "oct", "k": b64(b"k" * 32)}
    yield (
        "a shared key",
        compact(
            {**head, "alg": "HS256", "jwk": shared}, claims, lambda data: signature("HS256", b"k" * 32, data)
        ),
    )
    yield "a private key in the header", made(header={"jwk": party.dpop.private_jwk})
    yield "another key's signature", new_key().sign(head, claims)
    yield "another method", made({"htm": "DELETE"})
    yield "another address", made({"htu": EVIL})
    yield "another host", made({"htu": url.replace("localhost", CANARY)})
    yield "61 seconds old", made({"iat": now - 62})
    yield "61 seconds ahead", made({"iat": now + 62})
    yield "iat as text", made({"iat": "now"})
    yield "iat beyond all time", made({"iat": 10**30})
    yield "no jti", made({"jti": ""})
    yield "a long jti", made({"jti": CANARY * 100})
    yield "typ JWT", made(header={"typ": "JWT"})
    yield "crit", made(header={"crit": [CANARY], CANARY: 1})
    yield "claims twice", party.dpop.sign(head, (json.dumps(claims)[:-1] + ', "htm": "X"}').encode())
    if token is not None:
        yield "another token's hash", made({"ath": b64(b"h" * 32)})


def test_unsound_proof_at_the_token_endpoint_is_refused_alike(stage):
    url = stage.fapi.endpoint("token")
    bodies = set()
    for name, proof in proofs(stage, "POST", url):
        form = {"grant_type": "refresh_token", "refresh_token": CANARY, **stage.fapi.credentials()}
        answer = post(url, form, headers=[("DPoP", proof)])
        expect.refused(answer, "invalid_dpop_proof")
        nothing_echoed(answer, proof)
        bodies.add((name and "") + answer.text)
    assert len(bodies) == 1


def test_unsound_proof_at_a_resource_hears_the_same_401(stage):
    url = f"{stage.city.base_url}{RESOURCE}"
    answers = set()
    for _, proof in proofs(stage, "GET", url, stage.bound):
        headers = [("Authorization", f"DPoP {stage.bound}"), ("DPoP", proof)]
        answer = send("GET", url, headers=headers)
        expect.turned_away(answer, "invalid_dpop_proof")
        nothing_echoed(answer, proof)
        answers.add((json.dumps(told(answer)), answer.header("WWW-Authenticate")))
    missing = send("GET", url, headers=[("Authorization", f"DPoP {stage.bound}")])
    expect.turned_away(missing, "invalid_dpop_proof", "invalid_token")
    assert len(answers) == 1
    expect.admitted(stage.fapi.resource(stage.bound))


def test_stale_or_foreign_nonce_is_answered_with_a_fresh_one(stage):
    url = stage.fapi.endpoint("token")
    for nonce in (CANARY, "", 7):
        form = {"grant_type": "refresh_token", "refresh_token": CANARY, **stage.fapi.credentials()}
        answer = post(url, form, headers=[("DPoP", stage.fapi.proof("POST", url, claims={"nonce": nonce}))])
        expect.refused(answer, "use_dpop_nonce")
        assert answer.header("DPoP-Nonce")
        nothing_echoed(answer)


# Parameters at the endpoints that take forms (RFC 6749 section 3.2).

ENDPOINTS = ("token", "introspection", "revocation", "pushed_authorization_request")
FORMS = {
    "token": {"grant_type": "refresh_token", "refresh_token": CANARY},
    "introspection": {"token": CANARY},
    "revocation": {"token": CANARY},
    "pushed_authorization_request": {},
}


def form_of(stage, endpoint):
    pushed = stage.fapi.begin({"state": CANARY}).parameters if endpoint.startswith("pushed") else {}
    return {**FORMS[endpoint], **pushed, **stage.fapi.credentials()}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_repeated_parameter_is_refused(stage, endpoint):
    url = stage.fapi.endpoint(endpoint)
    for name in form_of(stage, endpoint):
        form = form_of(stage, endpoint)
        for second in (form[name], CANARY):
            headers = [("DPoP", stage.fapi.proof("POST", url))]
            answer = post(url, [*form_of(stage, endpoint).items(), (name, second)], headers=headers)
            expect.refused(answer, "invalid_request")
            nothing_echoed(answer, form[name])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_parameter_in_the_query_is_refused(stage, endpoint):
    url = stage.fapi.endpoint(endpoint)
    form = form_of(stage, endpoint)
    for name, value in form.items():
        rest = {other: held for other, held in form.items() if other != name}
        headers = [("DPoP", stage.fapi.proof("POST", url))]
        answer = post(f"{url}?{urlencode({name: value})}", rest, headers=headers)
        expect.refused(answer, "invalid_request")
        nothing_echoed(answer, value)
    headers = [("DPoP", stage.fapi.proof("POST", url))]
    answer = post(f"{url}?{urlencode({CANARY: CANARY})}", form_of(stage, endpoint), headers=headers)
    expect.refused(answer, "invalid_request")
    nothing_echoed(answer)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_body_that_is_no_form_is_refused(stage, endpoint, content_type):
    url = stage.fapi.endpoint(endpoint)
    body = json.dumps(form_of(stage, endpoint)).encode()
    headers = [("Content-Type", content_type)] if content_type else []
    answer = send("POST", url, headers=headers, body=body)
    assert answer.status in {400, 415}
    assert answer.json()["error"] == "invalid_request"
    nothing_echoed(answer)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_unprintable_parameter_is_refused(stage, endpoint):
    url = stage.fapi.endpoint(endpoint)
    form = form_of(stage, endpoint)
    for value in (f"{CANARY}\x00", f"{CANARY}\r\nSet-Cookie: a=b", CANARY * 3000):
        spoilt = {**form, "scope": value}
        answer = post(url, spoilt)
        assert answer.status in {400, 413}, answer.status
        assert answer.json()["error"] == "invalid_request"
        nothing_echoed(answer)
    assert FORM.startswith("application/")
