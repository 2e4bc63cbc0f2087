"""Files tickets: a number and a tracking code at once, whatever the channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from hotline import store
from hotline.access import holders_of
from hotline.actions.clocks import keep_clocks
from hotline.actions.events import append_event
from hotline.actions.reading import tracking_digest
from hotline.actions.search import index_ticket
from hotline.models import tickets
from hotline.rules import CATEGORIES, Action, Event, State, ticket_number
from hotline.rules.catalogue import DESK
from hotline.rules.history import actor_digest
from services import audit, clock, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the reporter gets at once."""

    id: UUID
    number: str
    tracking_code: str
    state: str
    created_at: datetime


def create_ticket(
    session: Session,
    actor: Actor,
    *,
    category: str,
    text: str,
    district: str,
    place: str,
    channel: str = "api",
) -> Filed:
    """File a ticket; without an account it is anonymous, under a key of its own.

    Shapes: text 1..20000, place 0..500 characters; category is a code of the catalogue.
    Access: scope hotline:create, or nobody in particular.
    Effects: ticket, first event, tracking code, audit hotline.ticket.created.
    Raises: Invalid 422 for an unknown category.
    """
    if category not in CATEGORIES:
        raise Invalid(field="/category", expected=", ".join(CATEGORIES))
    subject_id = actor.subject or _new_anonymous(session)
    ticket_id, code = ids.new_id(), ids.new_token(12)
    order, policy, calendar = store.open_filing(session)
    number = ticket_number(clock.today(), order)
    cipher = vault.cipher_for(session, subject_id)
    store.add_ticket(
        session,
        {
            "id": ticket_id,
            "number": number,
            "subject_id": subject_id,
            "category": category,
            "district": district,
            "channel": channel,
            "state": State.RECEIVED.value,
            "unit": DESK,
            "text_sealed": cipher.seal(tickets.c.text_sealed, ticket_id, text),
            "place_sealed": cipher.seal(tickets.c.place_sealed, ticket_id, place),
            "version": 1,
            "fence": 0,
            "is_supervised": False,
            "created_at": session.at,
            "changed_at": session.at,
        },
    )
    index_ticket(session, ticket_id, text=text, place=place, number=number)
    store.add_tracking_code(session, tracking_digest(number, code), ticket_id, subject_id)
    event = Event(
        sequence=1,
        at=session.at,
        action=Action.SUBMIT,
        from_state=None,
        to_state=State.RECEIVED,
        by="operator" if "operator" in holders_of(actor) else "resident",
        actor=actor_digest(ticket_id, actor.label),
        account=actor.account,
        unit=DESK,
        details={"category": category, "channel": channel, "policy": policy, "calendar": calendar},
    )
    ticket = SimpleNamespace(id=ticket_id, number=number, subject_id=subject_id)
    append_event(session, actor, ticket, event, None, None)
    keep_clocks(session, ticket, [event])
    audit.append(
        session, actor, "hotline.ticket.created", subject_id=subject_id, details={"ticket_id": str(ticket_id)}
    )
    return Filed(
        id=ticket_id, number=number, tracking_code=code, state=State.RECEIVED.value, created_at=session.at
    )


def list_categories() -> Sequence[tuple[str, str]]:
    """The catalogue: code and title. Access: everybody; it is no one's data."""
    return [(category.code, category.title) for category in CATEGORIES.values()]


def _new_anonymous(session: Session) -> UUID:
    """An anonymous ticket is sealed under a subject of its own, so that it too can be shredded."""
    subject_id = ids.new_id()
    session.raw("SELECT gateway.reach(%s)", (subject_id,))
    vault.create_data_key(session, subject_id, "anonymous")
    return subject_id
