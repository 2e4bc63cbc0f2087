"""FAPI 2.0 Security Profile Final, module `dpop-negative-tests`: its 32 blocks, in its order, each a test of its own.

Every block that must fail ends with a sound proof over the same token, so that what failed is the proof alone.
"""

import json
import secrets
import time
from urllib.parse import urlsplit

import pytest

from tests.support.fapi2 import expect
from tests.support.fapi2.jose import b64, new_key, unb64
from tests.support.fapi2.relying_party import GONE, RESOURCE

MODULE = "fapi2-security-profile-final-dpop-negative-tests"
DPOP_ERRORS = ("invalid_dpop_proof", "invalid_token", "use_dpop_nonce")


class Holder:
    """A client with a bound token, and what it may do wrong with it."""

    def __init__(self, party, token):
        self.party, self.token = party, token

    def proof(self, method, url, **how):
        return self.party.proof(method, url, access_token=self.token, **how)

    def send(self, name="DPoP", scheme=None, spoil=lambda proof: proof, **how):
        """One request whose proof was made so, spoilt so, and stands in such a header."""

        def shown(method, url):
            return [(name, spoil(self.proof(method, url, **how)))]

        return self.party.resource(self.token, proof=shown, scheme=scheme)


@pytest.fixture(scope="module")
def holder(city):
    """One token for the whole module, as the conformance suite has it; an RSA key, so that RS256 can be tried."""
    party = city.fapi_client()
    party.dpop = new_key("PS256", "dpop")
    return Holder(party, party.tokens(city.visitor())["access_token"])


def htu(holder):
    return f"{holder.party.base_url}{RESOURCE}"


def all_upper_case_header(holder):
    return holder.send(name="DPOP")


def more_than_one(holder):
    def shown(method, url):
        return [("DPoP", holder.proof(method, url)), ("DPoP", holder.proof(method, url))]

    return holder.party.resource(holder.token, proof=shown)


def not_well_formed(holder):
    return holder.send(spoil=lambda proof: proof.rpartition(".")[0])


def alg_missing(holder):
    def spoil(proof):
        head, rest = proof.split(".", 1)
        return f"{b64(unb64(head).replace(b'alg', b'alg2'))}.{rest}"

    return holder.send(spoil=spoil)


def none_alg(holder):
    def spoil(proof):
        head = b64(json.dumps({"alg": "none", "typ": "dpop+jwt"}).encode())
        return f"{head}.{proof.split('.')[1]}."

    return holder.send(spoil=spoil)


def invalid_signature(holder):
    def spoil(proof):
        head, body, signed = proof.split(".")
        raw = bytearray(unb64(signed))
        raw[7] ^= 0x55
        return f"{head}.{body}.{b64(bytes(raw))}"

    return holder.send(spoil=spoil)


def second_use_of_the_same_jti(holder):
    jti = secrets.token_urlsafe(12)
    expect.admitted(holder.send(claims={"jti": jti}))
    return holder.send(claims={"jti": jti})


def upper_case_scheme_and_host(holder):
    parts = urlsplit(htu(holder))
    host = parts.netloc.replace(parts.hostname, parts.hostname.upper())
    return holder.send(claims={"htu": f"{parts.scheme.upper()}://{host}{parts.path}"})


def default_port(holder):
    """As the module has it: the scheme's default port is named where the address names none."""
    parts = urlsplit(htu(holder))
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return holder.send(claims={"htu": f"{parts.scheme}://{parts.hostname}:{port}{parts.path}"})


def no_proof(holder):
    return holder.party.resource(holder.token, proof=lambda *_: [])


def no_proof_as_bearer(holder):
    return holder.party.resource(holder.token, proof=lambda *_: [], scheme="Bearer")


def claims(**changes):
    return lambda holder: holder.send(claims=changes)


def made(**how):
    return lambda holder: holder.send(**{name: make(holder) for name, make in how.items()})


SUCCEEDS, FAILS = True, False
BLOCKS = {
    "all_upper_case_header_value": (SUCCEEDS, all_upper_case_header),
    "more_than_one_dpop_in_the_header": (FAILS, more_than_one),
    "not_well_formed_jwt": (FAILS, not_well_formed),
    "typ_is_missing_in_header": (FAILS, made(header=lambda _: {"typ": GONE})),
    "alg_is_missing": (FAILS, alg_missing),
    "jwk_is_missing": (FAILS, made(header=lambda _: {"jwk": GONE})),
    "jti_is_missing": (FAILS, claims(jti=GONE)),
    "htm_is_missing": (FAILS, claims(htm=GONE)),
    "htu_is_missing": (FAILS, claims(htu=GONE)),
    "iat_is_missing": (FAILS, claims(iat=GONE)),
    "ath_is_missing": (FAILS, claims(ath=GONE)),
    "invalid_typ_in_header": (FAILS, made(header=lambda _: {"typ": "dpop+jwt+wrongyousee"})),
    "signed_using_rs256": (FAILS, made(header=lambda _: {"alg": "RS256"})),
    "none_alg": (FAILS, none_alg),
    "invalid_signature": (FAILS, invalid_signature),
    "jwk_header_containing_private_key": (
        FAILS,
        made(header=lambda one: {"jwk": one.party.dpop.private_jwk}),
    ),
    "incorrect_htm": (FAILS, claims(htm="PUT")),
    "htu_has_a_query_and_fragment": (
        SUCCEEDS,
        made(claims=lambda one: {"htu": f"{htu(one)}?all=doors#sunny"}),
    ),
    "htu_does_not_contain_the_query": (SUCCEEDS, made(claims=lambda one: {"htu": htu(one)})),
    "htu_is_a_different_url": (FAILS, made(claims=lambda one: {"htu": f"{htu(one)}ohnonotagain"})),
    "iat_is_one_hour_in_the_future": (FAILS, made(claims=lambda _: {"iat": int(time.time()) + 3600})),
    "iat_is_one_hour_in_the_past": (FAILS, made(claims=lambda _: {"iat": int(time.time()) - 3600})),
    "first_use_of_jti": (SUCCEEDS, made(claims=lambda _: {"jti": secrets.token_urlsafe(12)})),
    "second_use_of_the_same_jti": (FAILS, second_use_of_the_same_jti),
    "ath_is_incorrect": (FAILS, claims(ath=b64(b"0" * 32))),
    "signed_with_a_different_key": (FAILS, made(key=lambda _: new_key("PS256"))),
    "extra_claims_on_header_and_claims": (
        SUCCEEDS,
        made(header=lambda _: {"tx_id": 1893456000}, claims=lambda _: {"tx_id_key": 1893456000}),
    ),
    "scheme_and_hostname_in_case_independent_mode": (SUCCEEDS, upper_case_scheme_and_host),
    "scheme_based_normalization_of_htu_port": (SUCCEEDS, default_port),
    "resource_access_without_dpop_proof": (FAILS, no_proof),
    "resource_access_without_dpop_proof_as_bearer": (FAILS, no_proof_as_bearer),
    "a_correct_dpop_proof_still_works": (SUCCEEDS, lambda holder: holder.send()),
}


@pytest.mark.parametrize("block", list(BLOCKS))
def test_fapi2_security_profile_final_dpop_negative_tests(holder, block):
    succeeds, attempt = BLOCKS[block]
    answer = attempt(holder)
    if succeeds:
        expect.admitted(answer)
        return
    expect.turned_away(answer, *DPOP_ERRORS)
    expect.admitted(holder.send())


def test_there_are_32_blocks():
    assert len(BLOCKS) == 32
