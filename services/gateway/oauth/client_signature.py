"""What a client signed with a key of its own: assertions about itself, and its authorization requests.

Keys inside the signature's own header are never looked at.
"""

from collections.abc import Mapping
from typing import Any

from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.oauth.client_keys import keys_named
from services.gateway.oauth.jose import Unreadable, read_claims, read_header

KEY_TYPES = {"ES256": "EC", "PS256": "RSA", "EdDSA": "OKP", "Ed25519": "OKP"}


def read_signed(session: Session, client: Client, token: str) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The header and the claims of a JWT that exactly one key of the client may have signed, and did.

    Raises: Unreadable; KeysWanted when the client's published keys have to be fetched first.
    """
    header = read_header(token)
    named = keys_named(session, client, header.get("kid"))
    keys = [key for key in named if key.key_type == KEY_TYPES[header["alg"]]]
    if len(keys) != 1:
        raise Unreadable
    return header, read_claims(token, keys[0])
