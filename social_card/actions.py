"""The social card's use cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services import audit, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied
from services.state_table import find_arrow, holders_of, legal_events
from social_card import store
from social_card.errors import CardAlreadyHeld, EventNotAllowed
from social_card.models import cards
from social_card.rules import FINAL, TRANSITIONS, Event, State, card_number

GENERATION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card as its reader may see it."""

    id: UUID
    subject_id: UUID
    state: str
    generation: int
    number: str
    pickup: str
    version: int
    applied_at: datetime
    changed_at: datetime
    events: tuple[str, ...]


def create_application(session: Session, actor: Actor, *, pickup: str) -> CardView:
    """Apply for a card for the actor's subject (oneself, or a child).

    Shapes: pickup 1..200 characters, the outlet where the card is to be collected.
    Access: scope social_card:apply. Effects: card, first event, audit social_card.card.applied.
    Raises: CardAlreadyHeld 409.
    """
    if actor.subject is None:
        raise Denied
    subject_id, card_id = actor.subject, ids.new_id()
    if not store.claim_live_place(session, subject_id, card_id):
        raise CardAlreadyHeld
    cipher = vault.cipher_for(session, subject_id)
    number = card_number(store.next_order(session))
    store.add_card(
        session,
        {
            "subject_id": subject_id,
            "id": card_id,
            "state": State.APPLIED.value,
            "generation": GENERATION,
            "number_sealed": cipher.seal(cards.c.number_sealed, card_id, number),
            "pickup_sealed": cipher.seal(cards.c.pickup_sealed, card_id, pickup),
            "version": 1,
            "applied_at": session.at,
            "changed_at": session.at,
        },
    )
    card = store.get_card(session, actor, card_id)
    _record(session, actor, card, 1, "apply", State.APPLIED)
    details = {"card_id": str(card_id)}
    audit.append(session, actor, "social_card.card.applied", subject_id=subject_id, details=details)
    return _view(session, actor, card)


def list_cards(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    states: tuple[State, ...] | None = None,
) -> list[CardView]:
    """The cards an actor sees, newest first.

    Access: scope social_card:read. Effects: one audit row social_card.cards.read.
    """
    rows = store.list_cards(session, actor, limit=limit, after=after, states=states)
    views = [_view(session, actor, row) for row in rows]
    if views:
        details: audit.Details = {"fields": ["number", "pickup"], "count": len(views)}
        subjects = [view.subject_id for view in views]
        audit.append(session, actor, "social_card.cards.read", subject_ids=subjects, details=details)
    return views


def read_card(session: Session, actor: Actor, *, card_id: UUID) -> tuple[CardView, list[Any]]:
    """One card with its history. Access: scope social_card:read. Raises: NotFound 404."""
    card = store.get_card(session, actor, card_id)
    details = {"card_id": str(card_id), "fields": ["number", "pickup"]}
    audit.append(session, actor, "social_card.card.read", subject_id=card.subject_id, details=details)
    return _view(session, actor, card), list(store.list_events(session, card))


def change_card(session: Session, actor: Actor, *, card_id: UUID, event: Event) -> CardView:
    """Take one arrow of the card's state table.

    Access: scope social_card:apply for the holder, social_card:work for officers; the table says who may what.
    Effects: state, event, audit social_card.card.changed; a card at its end frees the holder's one place.
    Raises: NotFound 404, EventNotAllowed 409.
    """
    card = store.get_card(session, actor, card_id)
    arrow = find_arrow(TRANSITIONS, State(card.state), event, holders_of(actor))
    if arrow is None or not store.change_state(session, card, arrow.to):
        raise EventNotAllowed
    if arrow.to in FINAL:
        store.free_live_place(session, card.subject_id, card.id)
    _record(session, actor, card, store.count_events(session, card) + 1, event.value, arrow.to)
    details = {"card_id": str(card.id), "event": event.value, "to": arrow.to.value}
    audit.append(session, actor, "social_card.card.changed", subject_id=card.subject_id, details=details)
    return _view(session, actor, store.get_card(session, actor, card_id))


def _record(session: Session, actor: Actor, card: Any, sequence: int, event: str, to: State) -> None:
    store.add_event(
        session,
        {
            "subject_id": card.subject_id,
            "card_id": card.id,
            "sequence": sequence,
            "at": session.at,
            "event": event,
            "to_state": to.value,
            "actor": actor.label,
        },
    )


def _view(session: Session, actor: Actor, row: Any) -> CardView:
    cipher = vault.cipher_for(session, row.subject_id)
    return CardView(
        id=row.id,
        subject_id=row.subject_id,
        state=row.state,
        generation=row.generation,
        number=cipher.unseal_text(cards.c.number_sealed, row.id, row.number_sealed),
        pickup=cipher.unseal_text(cards.c.pickup_sealed, row.id, row.pickup_sealed),
        version=row.version,
        applied_at=row.applied_at,
        changed_at=row.changed_at,
        events=tuple(event.value for event in legal_events(TRANSITIONS, State(row.state), holders_of(actor))),
    )
