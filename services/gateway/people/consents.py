"""What an account has allowed to applications, and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import consents
from services.gateway.oauth.authorization_details import Details, open_details
from services.gateway.oauth.ledger import append_about
from services.gateway.people.sessions import append_revoked
from services.gateway.people.signed_in import account_of
from services.gateway.store import consents as store

WITHDRAWN = "consent_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingConsent:
    """One application's permission: for whom, to do what, since when, and when it last asked for access."""

    id: UUID
    client_id: str
    name: str
    name_en: str
    for_subject: UUID
    relation: str
    scopes: tuple[str, ...]
    details: Details
    given_at: datetime
    used_at: datetime | None


def list_consents(session: Session, actor: Actor) -> list[StandingConsent]:
    """The standing consents of the actor's account, newest first."""
    return [_consent(session, row) for row in store.list_consents(session, account_of(actor))]


def read_consent(session: Session, actor: Actor, consent_id: UUID) -> StandingConsent:
    """One standing consent. Raises: NotFound."""
    return _consent(session, store.get_consent(session, account_of(actor), consent_id))


def revoke_consent(session: Session, actor: Actor, consent_id: UUID) -> None:
    """Withdraw a consent: every grant that stands on it is refused from the next request on.

    Effects: consent and grants ended, one audit row for each.
    Raises: NotFound when there is none, or it was withdrawn already.
    """
    account = account_of(actor)
    row = store.withdraw_consent(session, account, consent_id)
    if row is None:
        raise NotFound
    details = {"client": row.client_id, "consent": str(consent_id)}
    append_about(session, actor, "gateway.consent.withdrawn", account, row.for_subject_id, details)
    ended = store.revoke_consent_grants(session, account, consent_id, WITHDRAWN)
    append_revoked(session, actor, ended, WITHDRAWN)


def _consent(session: Session, row: Row[Any]) -> StandingConsent:
    return StandingConsent(
        id=row.id,
        client_id=row.client_id,
        name=row.name or row.client_id,
        name_en=row.name_en or row.client_id,
        for_subject=row.for_subject_id,
        relation=row.relation,
        scopes=tuple(row.scopes),
        details=open_details(
            session,
            consents.c.authorization_details_sealed,
            row.subject_id,
            row.id,
            row.authorization_details_sealed,
        ),
        given_at=row.given_at,
        used_at=row.used_at,
    )
