"""Changing what a client may ask for, and withdrawing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.client_rules import (
    check_detail_types,
    check_grants,
    check_keys,
    check_redirect_uri,
    check_resource_servers,
    check_scopes,
)
from services.gateway.clients.client import Client, client_of
from services.gateway.clients.finding import find_client
from services.gateway.clients.registration import ADDRESSES, SETS
from services.gateway.logout_rules import FIELDS as LOGOUT
from services.gateway.logout_rules import check_logout
from services.gateway.store import clients as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a client; what is None stays."""

    scopes: Sequence[str] | None = None
    redirect_uris: Sequence[str] | None = None
    post_logout_redirect_uris: Sequence[str] | None = None
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool | None = None
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool | None = None
    authorization_details_types: Sequence[str] | None = None
    resource_servers: Sequence[str] | None = None

    def given(self, fields: Sequence[str]) -> dict[str, Any]:
        """Those of the fields that do not stay."""
        return {field: value for field in fields if (value := getattr(self, field)) is not None}


def change_client(
    session: Session, actor: Actor, client_id: str, *, catalogue: ScopeCatalogue, **changes: Any
) -> Client:
    """Change what a client may ask for, where its answers go, or its keys; `changes` are the fields of a `Change`.

    The sector never changes with the addresses: people would get another `sub` at a client they know.

    Effects: one audit row `gateway.client.changed`.
    Raises: NotFound 404, Invalid 422.
    """
    client = find_client(session, client_id)
    if client is None:
        raise NotFound
    values = _changed_columns(catalogue, client, Change(**changes))
    if not values:
        return client
    row = store.set_client(session, client_id, values)
    if row is None:
        raise NotFound
    details = {"client": client_id, "fields": sorted(values)}
    audit.append(session, actor, "gateway.client.changed", details=details)
    return client_of(row._asdict())


def _changed_columns(catalogue: ScopeCatalogue, client: Client, change: Change) -> dict[str, Any]:
    """The columns that change, checked beside those that stay. Raises: Invalid 422."""
    if change.scopes is not None:
        check_scopes(catalogue, client.auth_method, client.grants, change.scopes)
    addresses = change.given(ADDRESSES)
    for uris in addresses.values():
        for uri in uris:
            check_redirect_uri(uri, is_public=client.is_public)
    keys: dict[str, Any] = {}
    if change.jwks is not None or change.jwks_uri is not None:
        keys["jwks"], keys["jwks_uri"] = check_keys(client.auth_method, change.jwks, change.jwks_uri)
    if change.authorization_details_types is not None:
        check_detail_types(catalogue, change.authorization_details_types)
    if change.resource_servers is not None:
        check_resource_servers(catalogue, client.auth_method, change.resource_servers)
    values = {
        **{field: list(dict.fromkeys(said)) for field, said in change.given(SETS).items()},
        **{field: list(uris) for field, uris in addresses.items()},
        **keys,
        **change.given(LOGOUT),
    }
    if values:
        redirect_uris = values.get("redirect_uris", client.redirect_uris)
        check_logout(redirect_uris, {field: values.get(field, getattr(client, field)) for field in LOGOUT})
        check_grants(client.auth_method, client.grants, redirect_uris)
    return values


def cancel_client(session: Session, actor: Actor, client_id: str) -> None:
    """Withdraw a client: it can do nothing more, and every grant given to it ends at once.

    Effects: one audit row `gateway.client.cancelled`.
    Raises: NotFound 404.
    """
    if store.set_client(session, client_id, {"disabled_at": session.at}) is None:
        raise NotFound
    store.revoke_grants_of_client(session, client_id, "client_cancelled")
    audit.append(session, actor, "gateway.client.cancelled", details={"client": client_id})
