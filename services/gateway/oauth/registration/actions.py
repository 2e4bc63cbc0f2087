"""Registering, reading, replacing and withdrawing oneself.

The body is read only after the token is found good, so who has none learns nothing else.

Standard: RFC 7591 section 3, RFC 7592 section 2.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from services import ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway.clients import Client, cancel_client, create_client, find_client, replace_client
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.registration.errors import InvalidClientMetadata, RegistrationRefused
from services.gateway.oauth.registration.invitations import spend_invitation
from services.gateway.oauth.registration.metadata import read_metadata, shown_metadata

# RFC 7592 section 2.2: what only we say; a client that repeats it has misunderstood.
OURS = frozenset(
    {
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    }
)


def register_client(
    session: Session, issuer: Issuer, *, token: str | None, document: Callable[[], object]
) -> dict[str, Any]:
    """A new client, with its secret and its registration access token, both shown once.

    Effects: one use of the initial access token, one row, one audit row `gateway.client.created`.
    Raises: RegistrationRefused 401, InvalidClientMetadata and InvalidRedirectUri 400.
    """
    invitation = spend_invitation(session, token)
    given = read_metadata(issuer.catalogue, document())
    client_id = f"c-{ids.new_token(15)}"
    registration, digest = _new_token()
    made = create_client(
        session,
        _itself(client_id),
        catalogue=issuer.catalogue,
        client_id=client_id,
        registered_with=invitation,
        registration_digest=digest,
        **given,
    )
    answer = _shown(issuer, made.client, registration) | {"client_id_issued_at": int(session.at.timestamp())}
    if made.secret is not None:
        answer |= {"client_secret": made.secret, "client_secret_expires_at": 0}
    return answer


def read_registration(
    session: Session, issuer: Issuer, *, client_id: str, token: str | None
) -> dict[str, Any]:
    """All that is registered, to the client itself; of its secret only a digest is kept.

    Raises: RegistrationRefused 401.
    """
    client = _owned(session, client_id, token)
    return _shown(issuer, client, token)


def replace_registration(
    session: Session, issuer: Issuer, *, client_id: str, token: str | None, document: Callable[[], object]
) -> dict[str, Any]:
    """A new registration in the place of the old one, and a new registration access token.

    Effects: the old registration access token stops working; one audit row `gateway.client.changed`.
    Raises: RegistrationRefused 401, InvalidClientMetadata and InvalidRedirectUri 400.
    """
    client = _owned(session, client_id, token)
    read = document()
    given = read_metadata(issuer.catalogue, read)
    _check_itself(client, read)
    if given["auth_method"] != client.auth_method:
        raise InvalidClientMetadata("token_endpoint_auth_method cannot be changed.")
    registration, digest = _new_token()
    changed = replace_client(
        session,
        _itself(client_id),
        client,
        catalogue=issuer.catalogue,
        registration_digest=digest,
        **given,
    )
    return _shown(issuer, changed, registration)


def delete_registration(session: Session, *, client_id: str, token: str | None) -> None:
    """Withdraw oneself: every grant and token ends at once (RFC 7592 section 2.3).

    Effects: one audit row `gateway.client.cancelled`.
    Raises: RegistrationRefused 401.
    """
    client = _owned(session, client_id, token)
    cancel_client(session, _itself(client.client_id), client.client_id)


def _owned(session: Session, client_id: str, token: str | None) -> Client:
    client = find_client(session, client_id) if token is not None else None
    if client is None or token is None or not client.owns_registration(token):
        raise RegistrationRefused(given=token is not None)
    return client


def _check_itself(client: Client, document: object) -> None:
    """RFC 7592 section 2.2: the registration names its client, and repeats nothing that is ours to say."""
    named = document if isinstance(document, dict) else {}
    if named.get("client_id") != client.client_id:
        raise InvalidClientMetadata("client_id must be the client's own.")
    if OURS & set(named):
        raise InvalidClientMetadata(f"{min(OURS & set(named))} is not the client's to set.")
    secret = named.get("client_secret")
    if secret is not None and not (isinstance(secret, str) and client.owns_secret(secret)):
        raise InvalidClientMetadata("client_secret must be the one that was issued.")


def _shown(issuer: Issuer, client: Client, registration: str | None) -> dict[str, Any]:
    return {
        **shown_metadata(client),
        "registration_access_token": registration,
        "registration_client_uri": f"{issuer.base_url}/oauth/register/{client.client_id}",
    }


def _new_token() -> tuple[str, bytes]:
    token = ids.new_token(32)
    return token, hashlib.sha256(token.encode()).digest()


def _itself(client_id: str) -> Actor:
    return Actor(kind=ActorKind.CLIENT, client=client_id, relation=Relation.SYSTEM)
