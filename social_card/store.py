"""Every SQL statement of the social card."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from social_card.access import visible_to
from social_card.codes import ShownCard
from social_card.models import card_events, cards, checks, live_cards
from social_card.rules import State

Card = Row[Any]


def next_order(session: Session) -> int:
    """The next running card number."""
    return int(session.execute(text("SELECT nextval('social_card.card_numbers')")).scalar_one())


def claim_live_place(session: Session, subject_id: UUID, card_id: UUID) -> bool:
    """Take the one place for a live card; False when it is taken."""
    statement = upsert(live_cards).on_conflict_do_nothing().returning(live_cards.c.card_id)
    return session.execute(statement, {"subject_id": subject_id, "card_id": card_id}).scalar() is not None


def find_live_state(session: Session, subject_id: UUID) -> str | None:
    """Where a resident's live card stands; None without one."""
    statement = (
        select(cards.c.state)
        .join(
            live_cards, (live_cards.c.subject_id == cards.c.subject_id) & (live_cards.c.card_id == cards.c.id)
        )
        .where(cards.c.subject_id == subject_id)
    )
    found: str | None = session.execute(statement).scalar_one_or_none()
    return found


def free_live_place(session: Session, subject_id: UUID, card_id: UUID) -> None:
    """Give the place back when the card has come to its end."""
    session.execute(
        delete(live_cards).where(live_cards.c.subject_id == subject_id, live_cards.c.card_id == card_id)
    )


def add_card(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new card."""
    session.execute(insert(cards), dict(values))


def add_event(session: Session, values: Mapping[str, Any]) -> None:
    """Append to a card's history."""
    session.execute(insert(card_events), dict(values))


def get_card(session: Session, actor: Actor, card_id: UUID) -> Card:
    """One card that the actor sees. Raises: NotFound."""
    row = session.execute(select(cards).where(cards.c.id == card_id, visible_to(actor))).one_or_none()
    if row is None:
        raise NotFound
    return row


def list_cards(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None,
    states: Sequence[State] | None = None,
) -> Sequence[Card]:
    """Cards the actor sees, newest first."""
    statement = select(cards).where(visible_to(actor))
    if states is not None:
        statement = statement.where(cards.c.state.in_([state.value for state in states]))
    if after is not None:
        statement = statement.where(tuple_(cards.c.applied_at, cards.c.id) < tuple_(*after))
    return session.execute(
        statement.order_by(cards.c.applied_at.desc(), cards.c.id.desc()).limit(limit)
    ).all()


def list_events(session: Session, card: Card) -> Sequence[Row[Any]]:
    """A card's history, oldest first."""
    statement = select(card_events).where(
        card_events.c.subject_id == card.subject_id, card_events.c.card_id == card.id
    )
    return session.execute(statement.order_by(card_events.c.sequence)).all()


def count_events(session: Session, card: Card) -> int:
    """How long a card's history is."""
    statement = (
        select(func.count())
        .select_from(card_events)
        .where(card_events.c.subject_id == card.subject_id, card_events.c.card_id == card.id)
    )
    return int(session.execute(statement).scalar_one())


def change_state(session: Session, card: Card, to: State) -> bool:
    """Move a card from the version that was read; False when somebody else was first."""
    changed = session.execute(
        update(cards)
        .where(
            cards.c.subject_id == card.subject_id,
            cards.c.id == card.id,
            cards.c.version == card.version,
            cards.c.state == card.state,
        )
        .values(state=to.value, version=card.version + 1, changed_at=session.at)
    )
    return changed.rowcount == 1


def hold_active(session: Session, shown: ShownCard) -> Card | None:
    """The card that a code names, as long as it is active and has not changed; it cannot change before the end.

    Access: the code itself, which only its holder gets.
    """
    statement = select(cards).where(
        cards.c.subject_id == shown.subject_id,
        cards.c.id == shown.card_id,
        cards.c.version == shown.version,
        cards.c.state == State.ACTIVE.value,
    )
    return session.execute(statement.with_for_update(read=True)).one_or_none()


def claim_code(session: Session, shown: ShownCard, *, unit: str, account_id: UUID | None) -> bool:
    """Use a code up; False when it was used before, also by whoever is a moment ahead."""
    values = {
        "subject_id": shown.subject_id,
        "id": shown.id,
        "card_id": shown.card_id,
        "checked_at": session.at,
        "unit": unit,
        "account_id": account_id,
    }
    statement = upsert(checks).on_conflict_do_nothing().returning(checks.c.id)
    return session.execute(statement, values).scalar() is not None


def fill_check(session: Session, shown: ShownCard, *, unit_name: str, opened_until: datetime | None) -> None:
    """What the check opened, and under what name the desk is known."""
    session.execute(
        update(checks)
        .where(checks.c.subject_id == shown.subject_id, checks.c.id == shown.id)
        .values(unit_name=unit_name, opened_until=opened_until)
    )


def list_checks(session: Session, subject_id: UUID, *, limit: int) -> Sequence[Row[Any]]:
    """Who checked a resident's cards, newest first."""
    statement = select(checks).where(checks.c.subject_id == subject_id)
    return session.execute(statement.order_by(checks.c.checked_at.desc(), checks.c.id).limit(limit)).all()
