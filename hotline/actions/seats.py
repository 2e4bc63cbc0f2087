"""An operator at a seat: which call rings there, and who is still to be called back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotline import store
from hotline.access import operator_of
from hotline.actions.calls import LONGEST, caller_in, masked
from hotline.rules.texts import one_line
from services import audit, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid

MOST_SEAT = 40
MOST_MISSED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedView:
    """Somebody whom nobody answered: their number in part, how often they tried, and the ticket to call them back."""

    ticket_id: UUID
    number: str
    state: str
    caller: str
    times: int
    last_at: datetime
    is_mine: bool
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """The call at one's own seat, without the number: asked for again and again, it discloses nothing."""

    id: UUID
    state: str


def take_seat(session: Session, actor: Actor, *, seat: str) -> None:
    """Sit down at a seat of the telephone system, or get up where it is empty.

    Access: scope hotline:claim; operators. Effects: whoever sat there before does no more; audit hotline.seat.taken.
    Raises: NotFound 404, Invalid 422.
    """
    account = operator_of(actor)
    told = one_line(seat).text
    if len(told) > MOST_SEAT:
        raise Invalid(field="/seat", expected=f"1–{MOST_SEAT}")
    if told:
        store.put_seat(session, account, told)
    else:
        store.forget_seat(session, account)
    audit.append(session, actor, "hotline.seat.taken", details={"is_seated": int(bool(told))})


def find_seat(session: Session, actor: Actor) -> str | None:
    """Where the caller sits. Access: operators, for themselves."""
    return store.find_seat(session, operator_of(actor))


def find_ringing(session: Session, actor: Actor) -> Ringing | None:
    """The newest call that rings or is spoken at one's own seat. Access: operators. Effects: none."""
    seat = store.find_seat(session, operator_of(actor))
    if seat is None:
        return None
    rows = store.list_live_calls(session, seat=seat, since=session.at - LONGEST, limit=1)
    return Ringing(id=rows[0].id, state=rows[0].state) if rows else None


def list_missed_calls(session: Session, actor: Actor) -> list[MissedView]:
    """Who called, was not answered and has not been called back, the newest first; at most 50.

    Access: scope hotline:claim; operators. Effects: one audit row hotline.calls.read.
    """
    operator_of(actor)
    rows = store.list_missed_calls(session, actor, limit=MOST_MISSED)
    vault.ciphers_for(session, {row.subject_id for row in rows})
    if rows:
        audit.append(
            session,
            actor,
            "hotline.calls.read",
            subject_ids=[row.subject_id for row in rows],
            details={"count": len(rows)},
        )
    return [
        MissedView(
            ticket_id=row.ticket_id,
            number=row.number,
            state=row.ticket_state,
            caller=masked(caller_in(vault.cipher_for(session, row.subject_id), row)),
            times=row.times,
            last_at=row.started_at,
            is_mine=row.claimed_by is not None and row.claimed_by == actor.account,
            is_held=row.claimed_by is not None,
        )
        for row in rows
    ]
