"""The authorization request as a JWT that the client signed: only what is inside it counts.

Standard: RFC 9101 (JAR). Request objects come by value alone; a reference to a client's own server would make
us fetch an address that anybody may put into a link.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from services import clock
from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.oauth.client_signature import read_signed
from services.gateway.oauth.errors import InvalidRequestObject
from services.gateway.oauth.jose import Unreadable
from services.gateway.oauth.parameters import Parameters, read_parameters
from services.web.json_writer import write

TYPES = frozenset({None, "JWT", "jwt", "oauth-authz-req+jwt"})
LONGEST_LIFE = timedelta(minutes=60)
SKEW = timedelta(seconds=10)
# Claims about the JWT itself, which are no parameters of the request.
ABOUT_ITSELF = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})


def read_request_object(session: Session, client: Client, issuer: str, request_object: str) -> Parameters:
    """The parameters that a client signed.

    Standard: RFC 9101 sections 4, 6.1 and 6.2; FAPI 2.0 Message Signing section 5.3.1 (nbf, exp and aud).
    Raises: InvalidRequestObject, for whatever reason; KeysWanted.
    """
    try:
        header, claims = read_signed(session, client, request_object)
    except Unreadable as error:
        raise InvalidRequestObject from error
    if header.get("typ") not in TYPES:
        raise InvalidRequestObject
    _check_claims(claims, client, issuer)
    return read_parameters((*_pairs(claims), *_audience_meant(claims, issuer)))


def _check_claims(claims: dict[str, Any], client: Client, issuer: str) -> None:
    now = clock.now()
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    begins, ends = claims.get("nbf", claims.get("iat")), claims.get("exp")
    is_sound = (
        claims.get("iss") == client.client_id
        # RFC 9101 section 4: the object names its client itself.
        and claims.get("client_id") == client.client_id
        and issuer in audiences
        and not {"request", "request_uri"} & set(claims)
    )
    if not is_sound or not isinstance(begins, int | float) or not isinstance(ends, int | float):
        raise InvalidRequestObject
    if not now.timestamp() < ends <= (now + LONGEST_LIFE + SKEW).timestamp():
        raise InvalidRequestObject
    if not (now - LONGEST_LIFE).timestamp() <= begins <= (now + SKEW).timestamp():
        raise InvalidRequestObject


def _audience_meant(claims: dict[str, Any], issuer: str) -> Iterator[tuple[str, str]]:
    """SMART's `aud` has the name of a JWT's own: beside us, the object names there the FHIR base that it is for."""
    audience = claims.get("aud")
    others = [one for one in audience if one != issuer] if isinstance(audience, list) else []
    yield from (("aud", str(one)) for one in others)


def _pairs(claims: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Claims as parameters: numbers and JSON values as their text, `resource` as often as it stands there."""
    for name, value in claims.items():
        if name in ABOUT_ITSELF:
            continue
        if name == "resource" and isinstance(value, list):
            yield from ((name, str(one)) for one in value)
        elif isinstance(value, str):
            yield name, value
        elif value is not None:
            yield name, write(value).decode()
