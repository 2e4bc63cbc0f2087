"""What the audit log holds about a person, for that person: what, when, by whom, and the proof of each line.

Reading it is an event too, as every disclosure is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services import audit
from services.actor import Actor, ActorKind
from services.audit import store
from services.audit.proof import InclusionProof, prove_event
from services.database.session import Session
from services.errors import Denied
from services.gateway.store.clients import list_names

PAGE_SIZE = 25


class By(StrEnum):
    """Who did it, in the reader's eyes."""

    SELF = "self"
    OTHER = "other"
    CLIENT = "client"
    STAFF = "staff"
    SYSTEM = "system"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """One line. `session` is the page session it tells of, where it does; `client` the application's names."""

    id: UUID
    at: datetime
    event: str
    by: By
    client: tuple[str, str] | None
    session: UUID | None


def list_own_events(
    session: Session, actor: Actor, *, before: UUID | None
) -> tuple[list[OwnEvent], UUID | None]:
    """A page of events about the actor's own person, newest first, and where the next page begins.

    Access: one's own alone, never that of a person acted for.
    Effects: one audit row.
    Raises: Denied 403 to staff, whose work is overseen elsewhere.
    """
    account = _own(actor)
    rows = store.list_events_about(session, account, before=before, limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    details = {"count": len(shown)}
    audit.append(session, actor, "gateway.events.read", subject_id=account, details=details)
    names = list_names(session, [client for row in shown if (client := _client_of(row))])
    events = [_event(account, row, names) for row in shown]
    return events, (shown[-1][0] if len(rows) > PAGE_SIZE else None)


def prove_own_event(session: Session, actor: Actor, event_id: UUID) -> InclusionProof:
    """The proof of one event about the actor.

    Effects: one audit row.
    Raises: Denied 403, NotFound 404, ProofNotReady 409.
    """
    account = _own(actor)
    proof = prove_event(session, event_id)
    details = {"count": 1}
    audit.append(session, actor, "gateway.events.read", subject_id=account, details=details)
    return proof


def _own(actor: Actor) -> UUID:
    if actor.account is None or actor.kind is not ActorKind.RESIDENT or actor.subject != actor.account:
        raise Denied
    return actor.account


def _event(account: UUID, row: tuple[Any, ...], names: Mapping[str, tuple[str, str]]) -> OwnEvent:
    event_id, at, event, label, _, _, details = row
    named = details.get("session")
    client = _client_of(row)
    return OwnEvent(
        id=event_id,
        at=at,
        event=event,
        by=_by(account, label),
        client=names.get(client, (client, client)) if client else None,
        session=UUID(named) if isinstance(named, str) else None,
    )


def _client_of(row: tuple[Any, ...]) -> str | None:
    """The application that acted, or that the event is about."""
    named = row[4] or row[6].get("client")
    return None if named is None else str(named)


def _by(account: UUID, label: str) -> By:
    kind, _, who = label.partition(":")
    if kind == ActorKind.RESIDENT:
        return By.SELF if who == str(account) else By.OTHER
    return {
        ActorKind.CLIENT.value: By.CLIENT,
        ActorKind.STAFF.value: By.STAFF,
        ActorKind.SYSTEM.value: By.SYSTEM,
    }.get(kind, By.NOBODY)
