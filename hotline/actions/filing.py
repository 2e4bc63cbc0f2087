"""Files tickets: a number and a tracking code at once, whatever the channel."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import holders_of
from hotline.actions.clocks import first_clocks
from hotline.actions.confirmations import ask_to_confirm
from hotline.actions.events import row_of_event
from hotline.actions.reading import tracking_digest
from hotline.actions.search import words_of
from hotline.actions.similar import joined_to
from hotline.models import tickets
from hotline.rules import Action, Event, State, ticket_number
from hotline.rules.history import actor_digest
from hotline.rules.report import Report, report_of
from hotline.rules.texts import likeness, phone_of
from hotline.rules.units import DESK
from hotline.rules.urgency import Urgency
from services import audit, clock, ids, vault
from services.actor import NOBODY, Actor
from services.database.session import Session
from services.errors import Invalid
from services.words import msgid

# The third ticket within this time that says the same is linked to the first.
REPEATED_WITHIN = timedelta(minutes=10)
REPEATED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the reporter gets at once."""

    id: UUID
    number: str
    tracking_code: str
    state: str
    created_at: datetime


def create_ticket(
    session: Session, actor: Actor, *, channel: str = "api", alike: str = "", **told: Any
) -> Filed:
    """File a ticket; without an account it is anonymous, under a key of its own.

    Shapes: `alike` is the number of a public ticket about the same matter; all else as `report_of`: text 1..20000,
        place 0..500 characters; category is a code of the catalogue.
    Access: scope hotline:create, or nobody in particular.
    Effects: as file_report.
    Raises: Invalid 422 naming the field.
    """
    report = report_of(**told)
    if not report.text:
        raise Invalid(field="/text", expected=msgid("写一两句发生了什么"))
    return file_report(session, actor, report, channel=channel, noted=joined_to(session, alike))


def file_report(
    session: Session,
    actor: Actor,
    report: Report,
    *,
    channel: str,
    noted: Mapping[str, str | int] | None = None,
) -> Filed:
    """The one way in: every channel's report becomes a ticket here.

    Shapes: `noted` are codes and counts that the channel adds to the first event.
    Access: whoever may call the channel's route or command. An anonymous report leaves no trace of the account
        that sent it, neither in the ticket nor in the audit log.
    Effects: ticket, first event, clocks, tracking code, what is public of it, audit hotline.ticket.created;
        number and code on their way to who filed. The third ticket that says the same within ten minutes is linked to
        the first.
    """
    author = NOBODY if report.is_anonymous else actor
    subject_id = author.subject or new_anonymous(session)
    alike = vault.blind_index(session, "hotline.text", likeness(report.text)) if report.text else None
    order, policy, calendar, earlier = store.open_filing(session, alike, session.at - REPEATED_WITHIN)
    row = _row(session, report, subject_id, number=ticket_number(clock.today(), order), channel=channel)
    row["same_as"] = earlier[0] if len(earlier) >= REPEATED else None
    said = {"removed": report.removed, "repeats": len(earlier)}
    details: dict[str, str | int] = {
        "category": report.category,
        "channel": channel,
        "policy": policy,
        "calendar": calendar,
        **(noted or {}),
        **{name: count for name, count in said.items() if count},
    }
    ticket = SimpleNamespace(id=row["id"], number=row["number"], subject_id=subject_id)
    event = _first_event(session, author, ticket, details)
    sealed = _sealed(session, subject_id, ticket.id, report)
    first = row_of_event(author, ticket, event, None, None)
    store.add_ticket(session, {**row, **sealed}, first, first_clocks(session, ticket, event))
    code = ids.new_token(12)
    store.make_findable(
        session,
        row,
        code=tracking_digest(row["number"], code),
        likeness=alike,
        segments=words_of(session, ticket.id, text=report.text, place=report.place, number=row["number"]),
        is_public=not (report.is_confidential or report.is_anonymous),
    )
    ask_to_confirm(session, author, report, row=row, code=code)
    audit.append(
        session,
        author,
        "hotline.ticket.created",
        subject_id=subject_id,
        details={"ticket_id": str(row["id"])},
    )
    return Filed(
        id=row["id"],
        number=row["number"],
        tracking_code=code,
        state=row["state"],
        created_at=row["created_at"],
    )


def forget_texts(session: Session) -> int:
    """Forget what was told longer ago than a repetition may be; how many. Access: the worker."""
    return store.forget_recent_texts(session, session.at - REPEATED_WITHIN)


def _row(session: Session, report: Report, subject_id: UUID, *, number: str, channel: str) -> dict[str, Any]:
    """What a ticket's row says in clear on the day it is filed."""
    return {
        "id": ids.new_id(),
        "number": number,
        "subject_id": subject_id,
        "category": report.category,
        "district": report.district,
        "channel": channel,
        "state": State.RECEIVED.value,
        "unit": DESK,
        "co_units": [],
        "urgency": Urgency.ORDINARY.value,
        "version": 1,
        "fence": 0,
        "is_supervised": False,
        "is_confidential": report.is_confidential,
        "is_anonymous": report.is_anonymous,
        "phone_digest": phone_digest(session, report.contact.phone),
        "created_at": session.at,
        "changed_at": session.at,
    }


def _first_event(session: Session, author: Actor, ticket: Any, details: Mapping[str, str | int]) -> Event:
    return Event(
        sequence=1,
        at=session.at,
        action=Action.SUBMIT,
        from_state=None,
        to_state=State.RECEIVED,
        by="operator" if "operator" in holders_of(author) else "resident",
        actor=actor_digest(ticket.id, author.label),
        account=author.account,
        unit=DESK,
        details=details,
    )


def _sealed(session: Session, subject_id: UUID, ticket_id: UUID, report: Report) -> dict[str, bytes | None]:
    """What only who works on the ticket may read."""
    cipher = vault.cipher_for(session, subject_id)
    point = None if report.point is None else json.dumps(asdict(report.point))
    contact = None if report.contact.is_empty else json.dumps(asdict(report.contact), ensure_ascii=False)
    answers = json.dumps(report.attributes, ensure_ascii=False) if report.attributes else None
    columns = (
        (tickets.c.text_sealed, report.text),
        (tickets.c.place_sealed, report.place),
        (tickets.c.attributes_sealed, answers),
        (tickets.c.contact_sealed, contact),
        (tickets.c.point_sealed, point),
    )
    return {
        column.name: None if content is None else cipher.seal(column, ticket_id, content)
        for column, content in columns
    }


def phone_digest(session: Session, phone: str) -> bytes | None:
    """By what the tickets of one number are found, without the number."""
    number = phone_of(phone)
    return vault.blind_index(session, "hotline.phone", number) if number else None


def new_anonymous(session: Session) -> UUID:
    """An anonymous ticket is sealed under a subject of its own, so that it too can be shredded."""
    subject_id = ids.new_id()
    session.raw("SELECT gateway.reach(%s)", (subject_id,))
    vault.create_data_key(session, subject_id, "anonymous")
    return subject_id
