"""What a client signed with a key of its own: assertions about itself, and its authorization requests.

Keys inside the signature's own header are never looked at.
"""

from collections.abc import Collection, Mapping
from typing import Any

from joserfc.jwk import ECKey, Key

from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.oauth.client_keys import keys_named
from services.gateway.oauth.jose import ALGORITHMS, Unreadable, read_claims, read_header

KEY_TYPES = {
    "ES256": "EC",
    "PS256": "RSA",
    "EdDSA": "OKP",
    "Ed25519": "OKP",
    "ES384": "EC",
    "RS384": "RSA",
}
CURVES = {"ES256": "P-256", "ES384": "P-384"}


def read_signed(
    session: Session, client: Client, token: str, algorithms: Collection[str] = ALGORITHMS
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The header and the claims of a JWT that exactly one key of the client may have signed, and did.

    An address of keys in the header (`jku`) must be the one that the client registered (SMART App Launch 5.0.3); what
    is looked up is the registered one in any case.

    Raises: Unreadable; KeysWanted when the client's published keys have to be fetched first.
    """
    header = read_header(token, algorithms)
    if "jku" in header and header["jku"] != client.jwks_uri:
        raise Unreadable
    keys = [key for key in keys_named(session, client, header.get("kid")) if _fits(key, header["alg"])]
    if len(keys) != 1:
        raise Unreadable
    return header, read_claims(token, keys[0], algorithms)


def _fits(key: Key, algorithm: str) -> bool:
    """Whether a key is of the kind that the algorithm signs with."""
    is_of_curve = not isinstance(key, ECKey) or key.curve_name == CURVES.get(algorithm)
    return key.key_type == KEY_TYPES[algorithm] and is_of_curve
