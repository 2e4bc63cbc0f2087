"""Merges tickets about one matter, undoes it exactly, and suggests which may be about one.

A merged ticket keeps everything it had; what is undone leaves no trace but its two steps in the history.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.search import pairs_query
from hotline.actions.steps import Step, standing_of, take_step
from hotline.actions.views import TicketView, disclose_list, view_of
from hotline.errors import MergeNotPossible
from hotline.models import tickets
from hotline.rules import OPEN_STATES, Action, State
from hotline.rules.grams import distinct_pairs
from hotline.rules.search import filed_at, ids_between
from services import vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied

# Recently closed ones count too: whoever reports again may not know that it was just mended.
LOOK_BACK = timedelta(days=30)
MOST_ALIKE = 5
LOOKED_AT = 40
# The share of pairs that two texts have in common, in hundredths; below it they are about different things.
ALIKE = 30
# Where no ticket is to be left out.
NOT_ONE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A ticket that may be about the same matter; `percent` of their pairs of characters are the same."""

    ticket: TicketView
    percent: int


def merge_ticket(
    session: Session, actor: Actor, *, ticket_id: UUID, into: str, fence: int | None = None
) -> TicketView:
    """Let another ticket go on for this one: the same matter under two numbers (并单).

    Shapes: `into` is the number of an open ticket. Access: scope hotline:work; the operator who holds this one.
    Effects: events `merge` here and `absorb` there, audit hotline.ticket.changed for both, a link between them.
    Raises: NotFound 404, ActionNotAllowed 409, MergeNotPossible 409 when it would make a chain or a circle.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    survivor = store.get_ticket_by_number(session, actor, into)
    if (
        survivor.id == ticket.id
        or State(survivor.state) not in OPEN_STATES
        or store.is_survivor(session, ticket.id)
    ):
        raise MergeNotPossible
    # Both rows in one order, so that two merges of the same two tickets wait and do not lock each other out.
    steps = {
        ticket.id: (ticket, Step(action=Action.MERGE, fence=fence, details={"into": survivor.number})),
        survivor.id: (survivor, Step(action=Action.ABSORB, details={"number": ticket.number})),
    }
    after = {
        one: take_step(session, actor, standing_of(session, row), step)
        for one, (row, step) in sorted(steps.items())
    }
    store.add_merge_link(session, ticket.id, survivor)
    return view_of(session, actor, store.get_ticket_by_id(session, ticket.id), after[ticket.id].facts)


def unmerge_ticket(session: Session, actor: Actor, *, ticket_id: UUID, note: str) -> TicketView:
    """Undo a merge: the ticket stands where it stood, its claim and its clocks as if nothing had been.

    Access: scope hotline:work; supervisors. Effects: events `unmerge` here and `separate` there, audit rows.
    Raises: NotFound 404, ActionNotAllowed 409, Invalid 422 without a note.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    after = take_step(session, actor, standing_of(session, ticket), Step(action=Action.UNMERGE, note=note))
    link = store.get_merge_link(session, ticket_id)
    survivor = store.get_ticket_by_id(session, link.survivor_id)
    step = Step(action=Action.SEPARATE, details={"number": ticket.number})
    take_step(session, actor, standing_of(session, survivor), step)
    store.forget_merge_link(session, ticket_id)
    return view_of(session, actor, store.get_ticket_by_id(session, ticket_id), after.facts)


def list_alike(session: Session, actor: Actor, *, ticket_id: UUID) -> list[Alike]:
    """Tickets of the same district, filed within 30 days of this one, that say much the same; the likest first.

    Access: scope hotline:work. Effects: one audit row hotline.tickets.read for those that were opened.
    Raises: NotFound 404.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    pairs = _pairs(session, ticket)
    return _list_alike(session, actor, pairs, ticket.district, filed_at(ticket.id), but=ticket.id)


def find_alike(session: Session, actor: Actor, *, text: str, district: str) -> list[Alike]:
    """Tickets of a district, filed within 30 days, that say much the same as what somebody is telling just now.

    Access: scope hotline:work; the desk. Effects: as list_alike. Raises: Denied 403.
    """
    if not actor.roles:
        raise Denied
    return _list_alike(session, actor, distinct_pairs(text), district, session.at, but=NOT_ONE)


def _list_alike(
    session: Session, actor: Actor, pairs: set[str], district: str, at: datetime, *, but: UUID
) -> list[Alike]:
    if not pairs:
        return []
    span = ids_between(at - LOOK_BACK, at + LOOK_BACK)
    query = pairs_query(session, pairs, at - LOOK_BACK, at + LOOK_BACK)
    found = []
    rows = store.list_alike(session, actor, query, district=district, but=but, span=span, limit=LOOKED_AT)
    vault.ciphers_for(session, {row.subject_id for row in rows})
    for row in rows:
        theirs = _pairs(session, row)
        percent = 100 * len(pairs & theirs) // len(pairs | theirs) if theirs else 0
        if percent >= ALIKE:
            found.append((percent, row))
    found = sorted(found, key=lambda one: -one[0])[:MOST_ALIKE]
    views = disclose_list(session, actor, [row for _, row in found])
    return [Alike(ticket=view, percent=percent) for (percent, _), view in zip(found, views, strict=True)]


def _pairs(session: Session, row: Any) -> set[str]:
    text = vault.cipher_for(session, row.subject_id).unseal_text(
        tickets.c.text_sealed, row.id, row.text_sealed
    )
    return distinct_pairs(text)
