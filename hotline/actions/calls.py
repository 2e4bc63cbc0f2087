"""Calls to 12345: what the telephone system tells, and what an operator sees of whoever calls."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import operator_of
from hotline.actions.filing import Filed, create_ticket, file_report, new_anonymous, phone_digest
from hotline.models import calls
from hotline.rules import OPEN_STATES, State
from hotline.rules.calls import LIVE, CallEvent, CallState, state_after
from hotline.rules.report import Contact, report_of
from hotline.rules.texts import phone_of
from services import audit, ids, vault
from services.actor import Actor
from services.database.session import Session

# A call whose end the telephone system never told of is not shown as live any longer.
LONGEST = timedelta(hours=4)
MOST_SHOWN = 20
CALL_BACK = "来电没有接到，请回拨 {phone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerTicket:
    """One of a caller's tickets, without what was said in it."""

    id: UUID
    number: str
    category: str
    state: str
    created_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return State(self.state) in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call as an operator sees it; the list shows the caller's number in part."""

    id: UUID
    state: str
    caller: str
    seat: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    ticket_id: UUID | None
    recording: dict[str, Any] | None = None
    tickets: Sequence[CallerTicket] = ()


def record_call(
    session: Session,
    actor: Actor,
    *,
    event: CallEvent,
    call_id: str,
    caller: str = "",
    seat: str | None = None,
    recording: dict[str, Any] | None = None,
) -> UUID:
    """Keep what the telephone system says of a call; the hotline's own id of it.

    Shapes: `call_id` is the telephone system's; `caller` empty where the number is withheld; `recording` is where the
        recording lies and how long it is: kept sealed, fetched by nobody.
    Access: a program with a key for calls. Times are ours: what the message says of them is not asked.
    Effects: the call; for one that nobody took a ticket to call back, once per caller while it is open; audit
        hotline.call.recorded.
    """
    digest = vault.blind_index(session, "hotline.call", f"{actor.client}:{call_id}")
    row = store.lock_call(session, digest)
    if row is None:
        row = _open_call(session, digest, event, caller)
    state = state_after(CallState(row.state), event)
    values: dict[str, Any] = {"state": state.value}
    if seat is not None:
        values["seat"] = seat
    if event is CallEvent.ANSWERED and row.answered_at is None:
        values["answered_at"] = session.at
    if state not in LIVE and row.ended_at is None:
        values["ended_at"] = session.at
    if recording is not None:
        content = json.dumps(recording, ensure_ascii=False)
        values["recording_sealed"] = vault.seal(
            session, calls.c.recording_sealed, row.subject_id, row.id, content
        )
    if state is CallState.MISSED and row.ticket_id is None:
        values["ticket_id"] = _call_back(session, actor, row)
    store.change_call(session, row, values)
    audit.append(
        session,
        actor,
        "hotline.call.recorded",
        subject_id=row.subject_id,
        details={"call_id": str(row.id), "event": event.value, "to": state.value},
    )
    call_key: UUID = row.id
    return call_key


def list_calls(session: Session, actor: Actor, *, seat: str | None = None) -> list[CallView]:
    """Calls that ring or are spoken, newest first, with the caller's number in part.

    Access: scope hotline:claim; operators. Effects: one audit row hotline.calls.read.
    """
    operator_of(actor)
    rows = store.list_live_calls(session, seat=seat, since=session.at - LONGEST, limit=MOST_SHOWN)
    views = []
    for row in rows:
        number = caller_in(vault.cipher_for(session, row.subject_id), row)
        views.append(_view(row, masked(number)))
    if rows:
        audit.append(
            session,
            actor,
            "hotline.calls.read",
            subject_ids=[row.subject_id for row in rows],
            details={"count": len(rows)},
        )
    return views


def masked(number: str) -> str:
    """A number whose middle cannot be read."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "*" * len(number)


def read_call(session: Session, actor: Actor, *, call_id: UUID) -> CallView:
    """One call with the caller's number and their earlier tickets: what pops up on an operator's screen.

    Access: scope hotline:claim; operators. Effects: audit hotline.call.read. Raises: NotFound 404.
    """
    operator_of(actor)
    row = store.get_call(session, call_id)
    cipher = vault.cipher_for(session, row.subject_id)
    found: Sequence[Any] = ()
    if row.caller_digest is not None:
        found = store.list_tickets_of_caller(session, actor, row.caller_digest, limit=MOST_SHOWN)
    details: dict[str, str | int] = {"call_id": str(row.id), "count": len(found)}
    subjects = [row.subject_id, *(ticket.subject_id for ticket in found)]
    audit.append(session, actor, "hotline.call.read", subject_ids=subjects, details=details)
    recording = None
    if row.recording_sealed is not None:
        recording = json.loads(cipher.unseal_text(calls.c.recording_sealed, row.id, row.recording_sealed))
    shown = [
        CallerTicket(
            id=one.id, number=one.number, category=one.category, state=one.state, created_at=one.created_at
        )
        for one in found
    ]
    return _view(row, caller_in(cipher, row), recording, shown)


def file_on_call(session: Session, actor: Actor, *, call_id: UUID, **told: Any) -> Filed:
    """File a ticket for whoever is on the line; their number is kept with it unless they gave another.

    Shapes: as create_ticket. Access: operators. Effects: as create_ticket; the call leads to the ticket, but not to an
        anonymous one, where nothing of the call is kept.
    Raises: NotFound 404, Invalid 422.
    """
    operator_of(actor)
    row = store.get_call(session, call_id)
    contact: Contact = told.pop("contact", None) or Contact()
    if not contact.phone:
        contact = replace(contact, phone=caller_in(vault.cipher_for(session, row.subject_id), row))
    filed = create_ticket(session, actor, channel="phone", contact=contact, **told)
    if not told.get("is_anonymous"):
        store.change_call(session, row, {"ticket_id": filed.id})
    return filed


def _open_call(session: Session, digest: bytes, event: CallEvent, caller: str) -> Any:
    subject_id, call_id = new_anonymous(session), ids.new_id()
    number = phone_of(caller)
    store.add_call(
        session,
        {
            "id": call_id,
            "subject_id": subject_id,
            "external_digest": digest,
            "caller_sealed": vault.seal(session, calls.c.caller_sealed, subject_id, call_id, number),
            "caller_digest": phone_digest(session, number),
            "state": state_after(None, event).value
            if event is CallEvent.STARTED
            else CallState.RINGING.value,
            "started_at": session.at,
        },
    )
    return store.lock_call(session, digest)


def _call_back(session: Session, actor: Actor, row: Any) -> UUID | None:
    """The ticket to call somebody back; a number that is withheld cannot be called."""
    if row.caller_digest is None:
        return None
    waiting = store.find_open_call_back(session, row.caller_digest)
    if waiting is not None:
        return waiting
    phone = caller_in(vault.cipher_for(session, row.subject_id), row)
    text = CALL_BACK.format(phone=phone)
    report = report_of(category="other", text=text, district="", place="", contact=Contact(phone=phone))
    return file_report(session, actor, report, channel="phone").id


def caller_in(cipher: vault.Cipher, row: Any) -> str:
    """A call's number, opened; empty where it is withheld."""
    return cipher.unseal_text(calls.c.caller_sealed, row.id, row.caller_sealed)


def _view(
    row: Any, caller: str, recording: dict[str, Any] | None = None, shown: Sequence[CallerTicket] = ()
) -> CallView:
    return CallView(
        id=row.id,
        state=row.state,
        caller=caller,
        seat=row.seat,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        ticket_id=row.ticket_id,
        recording=recording,
        tickets=shown,
    )
