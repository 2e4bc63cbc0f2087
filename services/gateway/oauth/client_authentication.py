"""How clients prove who they are: by nothing, a secret, a signature, or a certificate.

Standard: RFC 6749 section 2.3, RFC 7523 section 3, OpenID Connect Core section 9, RFC 8705 section 2.
`client_secret_post` is not offered: secrets in bodies end up in logs.
"""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from joserfc import jws

from services import clock
from services.gateway.clients import Client
from services.gateway.oauth.client_certificate import ClientCertificate, is_among, is_named
from services.gateway.oauth.client_keys import keys_that
from services.gateway.oauth.client_signature import read_signed
from services.gateway.oauth.errors import InvalidClient, InvalidRequest
from services.gateway.oauth.handles import read_handle
from services.gateway.oauth.jose import ALGORITHMS, SMART_ALGORITHMS, Unreadable
from services.gateway.oauth.server import (
    CitizenAuthorizationServer,
    RegisteredClient,
    ServerRequest,
    look_up,
)
from services.gateway.store import oauth as store
from services.web.json_reader import read

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=10)

Method = Callable[[Callable[..., Any], ServerRequest], RegisteredClient | None]


def register_methods(server: CitizenAuthorizationServer) -> None:
    """Put our methods in Authlib's registry, over its own of the same names."""
    for name, method in METHODS.items():
        server.register_client_auth_method(name, method)


def _by_nothing(_: Callable[..., Any], request: ServerRequest) -> RegisteredClient | None:
    """A public client only names itself; the registry then checks that it registered as one.

    To refresh it may leave even that out (RFC 6749 section 6, SMART App Launch 2.2 section 2.0.13): the token names it.
    """
    if "Authorization" in request.headers or "client_assertion" in request.form:
        return None
    if "client_secret" in request.form:
        raise InvalidClient
    client_id = request.form.get("client_id") or _named_by_refresh_token(request)
    return look_up(request, client_id) if client_id else None


def _named_by_refresh_token(request: ServerRequest) -> str | None:
    """To whom the refresh token of this request was issued."""
    if request.form.get("grant_type") != "refresh_token":
        return None
    handle = read_handle(request.form.get("refresh_token", ""))
    row = handle and store.find_refresh_token(request.session, handle.digest, handle.expires_on)
    return row.client_id if row else None


def _by_secret(_: Callable[..., Any], request: ServerRequest) -> RegisteredClient | None:
    header = request.headers.get("Authorization", "")
    scheme, _, credentials = header.partition(" ")
    if not header:
        return None
    if scheme.lower() != "basic":
        raise InvalidClient
    if "client_assertion" in request.form or "client_secret" in request.form:
        raise InvalidRequest("Use one way of client authentication only.")
    client_id, secret = _basic_pair(credentials)
    _check_same_client(request, client_id)
    found = look_up(request, client_id)
    if found is None or not found.client.owns_secret(secret):
        raise InvalidClient
    return found


def _basic_pair(credentials: str) -> tuple[str, str]:
    """RFC 6749 section 2.3.1: both halves are form-encoded before they are joined."""
    try:
        client_id, separator, secret = b64decode(credentials, validate=True).decode().partition(":")
        pair = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError:
        raise InvalidClient from None
    if not separator or "\0" in pair[0]:
        raise InvalidClient
    return pair


def _by_assertion(_: Callable[..., Any], request: ServerRequest) -> RegisteredClient | None:
    assertion = request.form.get("client_assertion")
    if assertion is None:
        return None
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise InvalidClient
    client_id = _unverified_issuer(assertion)
    _check_same_client(request, client_id)
    found = look_up(request, client_id)
    if found is None or found.client.auth_method != "private_key_jwt":
        raise InvalidClient
    try:
        algorithms = ALGORITHMS if found.client.is_fapi else SMART_ALGORITHMS
        claims = read_signed(request.session, found.client, assertion, algorithms)[1]
    except Unreadable as error:
        raise InvalidClient from error
    _check_claims(claims, found.client, request.issuer.base_url)
    _spend(request, found.client, claims)
    return found


def _by_issued_certificate(_: Callable[..., Any], request: ServerRequest) -> RegisteredClient | None:
    """RFC 8705 section 2.1: an authority vouches for the name that the client registered."""
    presented, found = _with_certificate(request, "tls_client_auth")
    if presented is None or found is None:
        return None
    is_theirs = is_named(presented, found.client.certificate_names)
    if not is_theirs or not request.certificates.is_issued(presented, request.session.at):
        raise InvalidClient
    return found


def _by_own_certificate(_: Callable[..., Any], request: ServerRequest) -> RegisteredClient | None:
    """RFC 8705 section 2.2: the certificate itself is registered; who issued it says nothing."""
    presented, found = _with_certificate(request, "self_signed_tls_client_auth")
    if presented is None or found is None:
        return None
    keys = keys_that(request.session, found.client, partial(is_among, presented))
    if not keys or not presented.is_valid_at(request.session.at):
        raise InvalidClient
    return found


def _with_certificate(
    request: ServerRequest, method: str
) -> tuple[ClientCertificate | None, RegisteredClient | None]:
    """A request that names its client and shows nothing but a certificate (RFC 8705 section 2)."""
    is_other = "Authorization" in request.headers or {"client_assertion", "client_secret"} & set(request.form)
    client_id = request.form.get("client_id")
    if is_other or client_id is None or request.certificate is None:
        return None, None
    found = look_up(request, client_id)
    is_theirs = found is not None and found.client.auth_method == method
    return request.certificate, found if is_theirs else None


def _check_same_client(request: ServerRequest, client_id: str) -> None:
    if request.form.get("client_id", client_id) != client_id:
        raise InvalidClient


def _unverified_issuer(assertion: str) -> str:
    """Whom the assertion says it is from: only to find the keys it must then verify with."""
    try:
        claims = read(jws.extract_compact(assertion.encode("ascii")).payload)
    except Exception as error:
        raise InvalidClient from error
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(issuer, str) or "\0" in issuer or len(issuer) > 200:
        raise InvalidClient
    return issuer


def _check_claims(claims: dict[str, Any], client: Client, issuer: str) -> None:
    """RFC 7523 section 3: who, to whom, until when, and an id that is used once."""
    now = clock.now()
    expires = claims.get("exp")
    starts = [claims.get(name, 0) for name in ("nbf", "iat")]
    is_sound = (
        claims.get("iss") == client.client_id
        and claims.get("sub") == client.client_id
        and _is_for_us(claims.get("aud"), client, issuer)
        and _is_instant(expires)
        and all(_is_instant(start) for start in starts)
        and isinstance(claims.get("jti"), str)
        and 0 < len(claims["jti"]) <= 255
    )
    if not is_sound or not isinstance(expires, int | float):
        raise InvalidClient
    if not now.timestamp() < expires <= (now + LONGEST_LIFE + SKEW).timestamp():
        raise InvalidClient
    if max(starts) > (now + SKEW).timestamp():
        raise InvalidClient


def _is_for_us(audience: object, client: Client, issuer: str) -> bool:
    """Whether we are the only audience, by our name or, for clients of older standards, by the token endpoint's.

    Standard: RFC 7523 section 3; FAPI 2.0 section 5.3.2.1-8: the issuer as a string, and nothing else.
    """
    if client.is_fapi:
        return audience == issuer
    only = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
    return isinstance(only, str) and only in {issuer, f"{issuer}/oauth/token"}


def _is_instant(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spend(request: ServerRequest, client: Client, claims: dict[str, Any]) -> None:
    """An assertion works once: its id joins the tokens that must not be taken again, until it expires."""
    name = f"client_assertion\n{client.client_id}\n{claims['jti']}".encode("utf-8", "surrogatepass")
    spent = UUID(bytes=hashlib.sha256(name).digest()[:16])
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    if not store.add_revoked_token(request.session, spent, expires_at):
        raise InvalidClient


METHODS: dict[str, Method] = {
    "none": _by_nothing,
    "client_secret_basic": _by_secret,
    "private_key_jwt": _by_assertion,
    "tls_client_auth": _by_issued_certificate,
    "self_signed_tls_client_auth": _by_own_certificate,
}
