"""Pushed authorization requests: the client sends what it asks directly, and the browser carries a name for it.

Standard: RFC 9126. A pushed request must be opened in a browser within its life; from then on it lasts as long
as a person takes to sign in and to decide, and the answer spends it. So reloading a page does no harm, and a
second answer is never given (FAPI 2.0 Security Profile section 5.3.2.2, notes on request_uri).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.database.session import Session
from services.errors import CitizenError
from services.gateway.clients import Client, find_client
from services.gateway.oauth.authorization_request import Asker, read_asker, read_request
from services.gateway.oauth.errors import (
    InvalidRequest,
    RequestUriNotSupported,
    StaleRequest,
    UnknownAsker,
)
from services.gateway.oauth.handles import Handle, new_handle, read_handle
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.parameters import Parameters, read_parameters
from services.gateway.oauth.questions import LIFE as DECISION_LIFE
from services.gateway.oauth.request_object import read_request_object
from services.gateway.store import pushed_requests as store

LIFE = timedelta(seconds=90)
NAME = "urn:ietf:params:oauth:request_uri:"
PURPOSE = "pushed-request"
# What a client proves itself with is no part of what it asks.
_PROOFS = frozenset({"client_assertion", "client_assertion_type", "client_secret"})


@dataclass(frozen=True, slots=True)
class Brought:
    """What a browser brought: the parameters that count, and the pushed request that they come from."""

    parameters: Parameters
    pushed: Handle | None

    @property
    def is_pushed(self) -> bool:
        """Whether the client sent it directly."""
        return self.pushed is not None


def push_request(
    session: Session, issuer: Issuer, client: Client, parameters: Parameters, *, jkt: str | None
) -> dict[str, Any]:
    """Check a request as the authorization endpoint would, and keep it under a name that only its sender knows.

    `jkt` is the thumbprint of the key that a DPoP proof came with: the code will be bound to it.

    Standard: RFC 9126 sections 2.1 to 2.3, RFC 9449 section 10.1.
    Effects: one row, sealed.
    Raises: OAuthError.
    """
    if parameters.get("request_uri") is not None:
        raise InvalidRequest("request_uri cannot be pushed.")
    if parameters.get("request") is not None:
        parameters = read_request_object(session, client, issuer.base_url, parameters.need("request"))
    parameters.refuse_faulty()
    if parameters.get("client_id", client.client_id) != client.client_id:
        raise InvalidRequest("client_id is not the client that authenticated.")
    if jkt is not None and parameters.get("dpop_jkt", jkt) != jkt:
        raise InvalidRequest("dpop_jkt is not the key of the DPoP proof.")
    pairs = [pair for pair in parameters.pairs if pair[0] not in {*_PROOFS, "client_id", "dpop_jkt"}]
    bound_to = jkt or parameters.get("dpop_jkt")
    pairs += [("client_id", client.client_id), *([("dpop_jkt", bound_to)] if bound_to else [])]
    asked = read_parameters(pairs)
    try:
        read_request(issuer, asked, read_asker(session, issuer, asked), is_pushed=True)
    except UnknownAsker:
        raise InvalidRequest("redirect_uri is missing or not registered.") from None
    expires_at = session.at + LIFE
    secret, handle = new_handle(expires_at)
    row = {
        "digest": handle.digest,
        "expires_on": handle.expires_on,
        "client_id": client.client_id,
        "parameters_sealed": session.keys.seal_reference(PURPOSE, json.dumps(pairs).encode()).encode(),
        "expires_at": expires_at,
    }
    store.add_pushed_request(session, row)
    return {"request_uri": NAME + secret, "expires_in": int(LIFE.total_seconds())}


def read_brought(session: Session, issuer: Issuer, parameters: Parameters) -> Brought:
    """What counts of a browser's query: a pushed request, a signed one, or the query itself.

    Effects: a pushed request is marked as opened.
    Raises: UnknownAsker or StaleRequest, which are pages: nothing proves where an answer should go;
        InvalidRequestObject, RequestUriNotSupported.
    """
    if parameters.faulty & {"request_uri", "request", "client_id"}:
        raise UnknownAsker
    if parameters.get("request_uri") is not None:
        return _open(session, parameters)
    if parameters.get("request") is None:
        return Brought(parameters, None)
    client = find_client(session, parameters.get("client_id") or "")
    if client is None:
        raise UnknownAsker
    return Brought(read_request_object(session, client, issuer.base_url, parameters.need("request")), None)


def find_asker(session: Session, issuer: Issuer, query: Iterable[tuple[str, str]]) -> Asker | None:
    """Who waits for the answer to a pending authorization, or None when that is not proven."""
    try:
        brought = read_brought(session, issuer, read_parameters(query))
        return read_asker(session, issuer, brought.parameters)
    except CitizenError:
        return None


def spend(session: Session, brought: Brought) -> None:
    """Let a pushed request be answered this once.

    Raises: StaleRequest when it was answered already; the transaction then undoes this answer.
    """
    pushed = brought.pushed
    if pushed and not store.consume_pushed_request(session, pushed.digest, pushed.expires_on):
        raise StaleRequest


def _open(session: Session, parameters: Parameters) -> Brought:
    name = parameters.need("request_uri")
    if not name.startswith(NAME):
        raise RequestUriNotSupported("Only a request_uri from the pushed authorization endpoint is taken.")
    handle = read_handle(name.removeprefix(NAME))
    if handle is None:
        raise StaleRequest
    row = store.find_pushed_request(session, handle.digest, handle.expires_on)
    if row is None:
        raise StaleRequest
    if row.client_id != parameters.get("client_id"):
        raise UnknownAsker
    if _has_expired(session, row):
        raise StaleRequest
    store.open_pushed_request(session, handle.digest, handle.expires_on)
    content = session.keys.open_reference(PURPOSE, bytes(row.parameters_sealed).decode())
    if content is None:
        raise StaleRequest
    return Brought(read_parameters(tuple(pair) for pair in json.loads(content)), handle)


def _has_expired(session: Session, row: Row[Any]) -> bool:
    if row.opened_at is None:
        return bool(row.expires_at <= session.at)
    return bool(row.opened_at + DECISION_LIFE <= session.at)
