"""Registering a client, and putting a new registration in the place of an old one."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid, NotFound
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.clients.client import Client, client_of
from services.gateway.clients.registration import Registration, checked_columns
from services.gateway.pairwise import sector_of
from services.gateway.store import clients as store


@dataclass(frozen=True, slots=True)
class NewClient:
    """A fresh client with its secret, which is shown once and never again."""

    client: Client
    secret: str | None


def create_client(
    session: Session,
    actor: Actor,
    *,
    catalogue: ScopeCatalogue,
    unit: str | None = None,
    client_id: str | None = None,
    registered_with: UUID | None = None,
    registration_digest: bytes | None = None,
    **metadata: Any,
) -> NewClient:
    """Register a client; `metadata` are the fields of a `Registration`.

    Standard: RFC 7591 section 2 (the meaning of the fields), RFC 9700 section 2.1 (redirect URIs).
    Effects: one row, one audit row `gateway.client.created`.
    Raises: Invalid 422 naming the field that is wrong.
    """
    columns = checked_columns(catalogue, Registration(**metadata))
    secret = ids.new_token(32) if columns["auth_method"] == "client_secret_basic" else None
    client_id = client_id or f"c-{ids.new_token(15)}"
    row = {
        "id": ids.new_id(),
        "client_id": client_id,
        "secret_digest": secret and hashlib.sha256(secret.encode()).digest(),
        "unit": unit,
        "sector": sector_of(columns["redirect_uris"], client_id),
        "registered_with": registered_with,
        "registration_digest": registration_digest,
        **columns,
        "created_at": session.at,
        "disabled_at": None,
    }
    store.add_client(session, row)
    audit.append(session, actor, "gateway.client.created", details={"client": client_id})
    return NewClient(client_of(row), secret)


def replace_client(
    session: Session,
    actor: Actor,
    client: Client,
    *,
    catalogue: ScopeCatalogue,
    registration_digest: bytes | None = None,
    **metadata: Any,
) -> Client:
    """Put a new registration in the place of the old one; what is not said falls back to its default.

    How the client authenticates stays, and so do its secret and its sector.

    Standard: RFC 7592 section 2.2.
    Effects: one audit row `gateway.client.changed`.
    Raises: NotFound 404, Invalid 422.
    """
    values = checked_columns(catalogue, Registration(**metadata))
    if values["auth_method"] != client.auth_method:
        raise Invalid(field="auth", expected=client.auth_method)
    if registration_digest is not None:
        values["registration_digest"] = registration_digest
    row = store.set_client(session, client.client_id, values)
    if row is None:
        raise NotFound
    details = {"client": client.client_id, "fields": sorted(set(values) - {"registration_digest"})}
    audit.append(session, actor, "gateway.client.changed", details=details)
    return client_of(row._asdict())
