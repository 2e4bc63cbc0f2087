"""private_key_jwt: which algorithms and claims are taken, and keys that clients publish at an address."""

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services import clock, ids
from services.errors import Invalid
from services.gateway.oauth.client_keys import BETWEEN_FETCHES, FRESH, STALE_IF_ERROR
from tests.support.outside import outside_server

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PATH = "/jwks.json"


@pytest.fixture
def outside():
    with outside_server() as server:
        yield server


def new_key(kid="k1"):
    return ECKey.generate_key("P-256", {"kid": kid})


def published(*keys, **more):
    return {"keys": [key.as_dict(private=False) | more for key in keys]}


def machine(door, **given):
    settled = {
        "auth_method": "private_key_jwt",
        "grants": ["client_credentials"],
        "scopes": door.scopes_for("client")[:1],
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
    } | given
    return door.add_client(**settled)


def ask(door, pharmacy, key, *, alg="ES256", kid="k1", **given):
    now = int(clock.now().timestamp())
    claims = {
        "iss": pharmacy.client.client_id,
        "sub": pharmacy.client.client_id,
        "aud": door.issuer,
        "jti": str(ids.new_id()),
        "iat": now,
        "exp": now + 60,
    } | given
    header = {"alg": alg} | ({} if kid is None else {"kid": kid})
    signed = jwt.encode(header, claims, key, algorithms=[alg])
    form = {"client_assertion_type": ASSERTION, "client_assertion": signed}
    return door.token(pharmacy, grant_type="client_credentials", **form).status_code


@pytest.mark.parametrize(
    ("key", "alg", "status"),
    [
        (ECKey.generate_key("P-256", {"kid": "k1"}), "ES256", 200),
        (OKPKey.generate_key("Ed25519", {"kid": "k1"}), "EdDSA", 200),
        (RSAKey.generate_key(2048, {"kid": "k1"}), "PS256", 200),
        (RSAKey.generate_key(2048, {"kid": "k1"}), "RS256", 401),
        (RSAKey.generate_key(2048, {"kid": "k1"}), "PS384", 401),
    ],
    ids=["ES256", "EdDSA", "PS256", "RS256", "PS384"],
)
@pytest.mark.filterwarnings("ignore:EdDSA")
def test_es256_ps256_and_eddsa_are_the_algorithms(door, outside, key, alg, status):
    registered = machine(door, jwks=published(key))
    assert ask(door, registered, key, alg=alg) == status
    elsewhere = machine(door, jwks_uri=outside.put(PATH, published(key)))
    assert ask(door, elsewhere, key, alg=alg) == status


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize(("ahead", "status"), [(0, 200), (8, 200), (70, 401)])
def test_clocks_may_differ_by_ten_seconds_and_never_by_a_minute(door, claim, ahead, status):
    key = new_key()
    pharmacy = machine(door, jwks=published(key))
    at = int(clock.now().timestamp()) + ahead
    assert ask(door, pharmacy, key, **{claim: at, "exp": at + 60}) == status


def test_keys_at_an_address_are_fetched_once_for_many_requests(door, outside):
    key = new_key()
    pharmacy = machine(door, jwks_uri=outside.put(PATH, published(key)))
    assert [ask(door, pharmacy, key) for _ in range(3)] == [200, 200, 200]
    assert outside.asked(PATH) == 1


def test_a_new_kid_is_looked_for_at_most_every_half_minute(door, outside):
    old, new, strange = new_key("old"), new_key("new"), new_key("strange")
    pharmacy = machine(door, jwks_uri=outside.put(PATH, published(old)))
    start = clock.now()
    with clock.held(start):
        assert ask(door, pharmacy, old, kid="old") == 200
    outside.put(PATH, published(old, new))
    with clock.held(start + BETWEEN_FETCHES):
        assert ask(door, pharmacy, new, kid="new") == 200
        assert outside.asked(PATH) == 2
        for _ in range(5):
            assert ask(door, pharmacy, strange, kid="strange") == 401
        assert outside.asked(PATH) == 2
    with clock.held(start + 2 * BETWEEN_FETCHES):
        assert ask(door, pharmacy, strange, kid="strange") == 401
        assert outside.asked(PATH) == 3


def test_a_key_that_was_taken_down_stops_working_when_the_keys_have_grown_old(door, outside):
    old, new = new_key("old"), new_key("new")
    pharmacy = machine(door, jwks_uri=outside.put(PATH, published(old)))
    start = clock.now()
    with clock.held(start):
        assert ask(door, pharmacy, old, kid="old") == 200
    outside.put(PATH, published(new))
    with clock.held(start + FRESH):
        assert ask(door, pharmacy, old, kid="old") == 401
        assert ask(door, pharmacy, new, kid="new") == 200
    assert outside.asked(PATH) == 2


@pytest.mark.parametrize(("status", "document"), [(500, {}), (200, {"no": "keys"}), (200, [1])])
def test_old_keys_serve_for_a_day_while_the_address_fails(door, outside, status, document):
    key = new_key()
    pharmacy = machine(door, jwks_uri=outside.put(PATH, published(key)))
    start = clock.now()
    with clock.held(start):
        assert ask(door, pharmacy, key) == 200
    outside.put(PATH, document, status=status)
    with clock.held(start + FRESH):
        assert [ask(door, pharmacy, key) for _ in range(3)] == [200, 200, 200]
        assert outside.asked(PATH) == 2
    with clock.held(start + STALE_IF_ERROR):
        assert ask(door, pharmacy, key) == 401
    outside.put(PATH, published(key))
    with clock.held(start + STALE_IF_ERROR + BETWEEN_FETCHES):
        assert ask(door, pharmacy, key) == 200


def test_keys_that_never_came_are_invalid_client(door, outside):
    pharmacy = machine(door, jwks_uri=outside.url("/nothing"))
    assert ask(door, pharmacy, new_key()) == 401
    assert ask(door, pharmacy, new_key()) == 401
    assert outside.asked("/nothing") == 1


@pytest.mark.filterwarnings("ignore:Key size")
def test_unfit_keys_at_an_address_are_passed_over(door, outside):
    good, weak, curve = new_key("good"), RSAKey.generate_key(1024, {"kid": "weak"}), new_key("enc")
    secret = new_key("secret")
    document = {
        "keys": [
            weak.as_dict(private=False),
            curve.as_dict(private=False) | {"use": "enc"},
            secret.as_dict(private=True),
            {"kty": "oct", "k": "AAAA", "kid": "shared"},
            {"kty": "unknown", "kid": "odd"},
            "nonsense",
            good.as_dict(private=False),
        ]
    }
    pharmacy = machine(door, jwks_uri=outside.put(PATH, document))
    assert ask(door, pharmacy, good, kid="good") == 200
    assert ask(door, pharmacy, weak, alg="PS256", kid="weak") == 401
    assert ask(door, pharmacy, curve, kid="enc") == 401
    assert ask(door, pharmacy, secret, kid="secret") == 401


def test_another_address_has_other_keys(door, outside):
    from services.actor import system
    from services.gateway.clients import change_client
    from tests.support.oauth import GATEWAY

    old, new = new_key("old"), new_key("new")
    pharmacy = machine(door, jwks_uri=outside.put(PATH, published(old)))
    assert ask(door, pharmacy, old, kid="old") == 200
    with door.database.transaction(GATEWAY) as session:
        change_client(
            session,
            system("test"),
            pharmacy.client.client_id,
            catalogue=door.catalogue,
            jwks_uri=outside.put("/new.json", published(new)),
        )
    assert ask(door, pharmacy, old, kid="old") == 401
    assert ask(door, pharmacy, new, kid="new") == 200


def test_without_a_kid_the_only_key_is_meant(door, outside):
    one, two = new_key("one"), new_key("two")
    pharmacy = machine(door, jwks_uri=outside.put(PATH, published(one)))
    assert ask(door, pharmacy, one, kid=None) == 200
    many = machine(door, jwks_uri=outside.put("/two.json", published(one, two)))
    assert ask(door, many, one, kid=None) == 401


@pytest.mark.parametrize(
    "given",
    [
        {"jwks_uri": "ftp://client.example/jwks"},
        {"jwks_uri": "https://client.example/jwks", "jwks": {"keys": []}},
        {"jwks_uri": "https://client.example/jwks", "auth_method": "client_secret_basic"},
        {},
    ],
)
def test_a_client_that_signs_has_keys_or_an_address_and_not_both(door, given):
    with pytest.raises(Invalid):
        machine(door, **given)
