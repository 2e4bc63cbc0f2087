"""Whoever stands behind a grant, and how long the grant stands on them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.actor import Actor, ActorKind
from services.database.session import Session
from services.gateway.oauth.errors import LostGrant
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.ledger import append_about
from services.gateway.people.relations import find_relation
from services.gateway.store import oauth as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The account behind a grant as it is now: its kind, and a staff member's roles and unit."""

    kind: str
    roles: tuple[str, ...]
    unit: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """What scopes call such holders."""
        return self.roles if self.kind == "staff" else ("resident",)


def find_holder(session: Session, account: UUID) -> Holder | None:
    """The account's kind and roles as they are now, or None once it has ended."""
    row = store.find_holder(session, account)
    if row is None or (row.kind == "staff" and row.roles is None):
        return None
    return Holder(kind=row.kind, roles=tuple(row.roles or ()), unit=row.unit)


def may_hold(issuer: Issuer, holder: Holder, scopes: tuple[str, ...]) -> bool:
    """Whether such an account may carry each of these scopes."""
    return all(any(issuer.catalogue.allowed(scope, name) for name in holder.names) for scope in scopes)


def revoke_grant(session: Session, account: UUID, grant: UUID, *, client_id: str, reason: str) -> None:
    """End a grant: every token of its family is refused from the next request on.

    Effects: one audit row `gateway.grant.revoked`, unless it was revoked already.
    """
    about = store.revoke_grant(session, account, grant, reason)
    if about is None:
        return
    actor = Actor(kind=ActorKind.CLIENT, account=account, subject=about, client=client_id, grant=grant)
    details = {"client": client_id, "grant": str(grant), "reason": reason}
    append_about(session, actor, "gateway.grant.revoked", account, about, details)


def check_still_holds(session: Session, issuer: Issuer, grant: Row[Any]) -> Holder:
    """A grant lives no longer than what it stands on, however long it was given for."""
    account, about = grant.subject_id, grant.for_subject_id
    holder = find_holder(session, account)
    related = about == account or _find_relation(session, issuer, grant) == grant.relation
    if holder is None or not related or not may_hold(issuer, holder, tuple(grant.scopes)):
        revoke_grant(session, account, grant.id, client_id=grant.client_id, reason="ground_lost")
        raise LostGrant("The grant has ended.")
    return holder


def _find_relation(session: Session, issuer: Issuer, grant: Row[Any]) -> str | None:
    services = issuer.catalogue.packages(grant.scopes)
    return find_relation(session, grant.subject_id, grant.for_subject_id, session.at, services=services)
