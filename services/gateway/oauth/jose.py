"""Reading what clients sign: one list of algorithms, headers of bounded size, content that parses one way only.

Standard: RFC 7515, RFC 8725 section 3.1 (algorithms are ours to choose, never the sender's); FAPI 2.0 Security
Profile section 5.4.1 (PS256, ES256, EdDSA). RFC 9864 renames EdDSA over Ed25519; both names are read.
"""

from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from typing import Any

from joserfc import jws
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from services.web.json_reader import read

ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
# SMART App Launch 2.2 section 5.0.1 demands these two of servers, for what a client says about itself; FAPI forbids
# RS384, so no client of FAPI signs with them.
SMART_ALGORITHMS = (*ALGORITHMS, "ES384", "RS384")


class _Registry(JWSRegistry):
    """A header may hold an RSA key or a certificate, which the library's 512 bytes do not."""

    max_header_length = 8192
    max_payload_length = 32768


# RFC 7515 section 4: header parameters that are not understood are ignored; `crit` is refused before.
_REGISTRY = _Registry(algorithms=list(SMART_ALGORITHMS), strict_check_header=False)


class Unreadable(Exception):
    """It is no JWT, or says so in a way that two readers could read differently."""


def read_header(token: str, algorithms: Collection[str] = ALGORITHMS) -> Mapping[str, Any]:
    """The header of a compact JWS, not verified: only to find the key that must then verify it.

    Raises: Unreadable, also for an algorithm that is not on the list and for `crit` (none is understood).
    """
    first, _, rest = token.partition(".")
    try:
        header = read(urlsafe_b64decode(first.encode("ascii") + b"=" * (-len(first) % 4)))
    except Exception as error:
        raise Unreadable from error
    if rest.count(".") != 1 or not isinstance(header, dict):
        raise Unreadable
    if header.get("alg") not in algorithms or "crit" in header or "b64" in header:
        raise Unreadable
    return header


def read_claims(token: str, key: Key, algorithms: Collection[str] = ALGORITHMS) -> dict[str, Any]:
    """The claims of a compact JWS that verifies with this key.

    Raises: Unreadable for whatever reason.
    """
    try:
        signed = jws.deserialize_compact(token, key, algorithms=list(algorithms), registry=_REGISTRY)
        claims = read(signed.payload)
    except Exception as error:
        raise Unreadable from error
    if not isinstance(claims, dict):
        raise Unreadable
    return claims
