"""Letters in: a new one becomes a ticket, an answer goes to its ticket, a machine's is put away with a record."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.attachments import MOST_PICTURES, keep_picture
from hotline.actions.filing import file_report
from hotline.actions.reading import tracking_digest
from hotline.actions.steps import Step, standing_of, take_step
from hotline.errors import NoPicture, PictureBroken, PicturesFull, PictureTooLarge
from hotline.rules import OPEN_STATES, Action, State
from hotline.rules.letters import Letter
from hotline.rules.pictures import picture_of
from hotline.rules.report import Contact, report_of
from hotline.rules.texts import MOST_TEXT, district_in, one_line, tidy
from services import audit, vault
from services.actor import Actor, ActorKind
from services.database.session import Session

# A sender that writes more often than this is a machine that answers a machine.
MOST_LETTERS = 20
COUNTED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a letter: `filed`, `added` to its ticket, `dropped` with a reason, or `repeated`."""

    outcome: str
    reason: str | None = None
    number: str | None = None
    tracking_code: str | None = None


def receive_letter(session: Session, actor: Actor, *, letter: Letter) -> Received:
    """Take one letter; the same Message-ID is taken once.

    Access: a program with a key for mail, or the command line. Whoever holds number and tracking code of a ticket
        writes to it as its reporter.
    Effects: a ticket, or an event of one; always a record of the letter, and audit hotline.letter.received.
    """
    sender = vault.blind_index(session, "hotline.letter.sender", letter.sender)
    told = letter.message_id or f"{letter.sender}\n{letter.subject}\n{letter.text}"
    digest = vault.blind_index(session, "hotline.letter", told)
    if not store.add_letter(session, digest, sender):
        return Received(outcome="repeated", reason=store.get_letter(session, digest).outcome)
    reason = letter.automatic
    if reason is None and store.count_letters(session, sender, session.at - COUNTED_FOR) > MOST_LETTERS:
        reason = "too_many"
    if reason is None and not (tidy(letter.text).text or tidy(letter.subject).text):
        reason = "empty"
    if reason is not None:
        return _keep(session, actor, digest, Received(outcome="dropped", reason=reason), None)
    return _take(session, actor, digest, letter)


def _take(session: Session, actor: Actor, digest: bytes, letter: Letter) -> Received:
    """A person's letter: to its ticket where that is open, else a new one that says which it follows."""
    follows = None
    for number, code in letter.references:
        found = store.find_tracked(session, tracking_digest(number, code))
        if found is None:
            continue
        session.raw("SELECT gateway.reach(%s)", (found.subject_id,))
        ticket = store.get_ticket_by_id(session, found.ticket_id)
        if State(ticket.state) in OPEN_STATES:
            _add(session, ticket, letter)
            _enclose(session, ticket.id, letter)
            received = Received(outcome="added", number=number)
            return _keep(session, actor, digest, received, ticket.id)
        follows = number
    text, noted = _told(letter)
    if follows is not None:
        noted["follows"] = follows
    report = report_of(
        category="other",
        text=text,
        district=district_in(letter.subject) or district_in(letter.text[:500]),
        place="",
        contact=Contact(name=letter.sender_name[:200], email=letter.sender[:200]),
    )
    filed = file_report(session, actor, report, channel="email", noted=noted)
    _enclose(session, filed.id, letter)
    received = Received(outcome="filed", number=filed.number, tracking_code=filed.tracking_code)
    return _keep(session, actor, digest, received, filed.id)


def _add(session: Session, ticket: Any, letter: Letter) -> None:
    """What a reporter adds: the answer where one is awaited."""
    reporter = Actor(kind=ActorKind.RESIDENT, subject=ticket.subject_id)
    action = Action.REPLY if ticket.state == State.WAITING_RESIDENT.value else Action.SUPPLEMENT
    text, noted = _told(letter)
    step = Step(action=action, note=text, details={"channel": "email", **noted})
    take_step(session, reporter, standing_of(session, ticket), step)


def _enclose(session: Session, ticket_id: UUID, letter: Letter) -> None:
    """Pictures go to the ticket as far as there is room; of all files the event says how many came."""
    for enclosure in letter.enclosures[:MOST_PICTURES]:
        ticket = store.get_ticket_by_id(session, ticket_id)
        reporter = Actor(kind=ActorKind.RESIDENT, subject=ticket.subject_id)
        with suppress(NoPicture, PictureBroken, PictureTooLarge, PicturesFull):
            keep_picture(session, reporter, ticket, picture_of(enclosure.content))


def _told(letter: Letter) -> tuple[str, dict[str, str | int]]:
    """Subject and text, bounded; what did not fit or did not come in is counted."""
    subject = one_line(letter.subject).text[:200]
    whole = f"{subject}\n\n{tidy(letter.text).text}".strip()
    noted: dict[str, str | int] = {}
    if len(whole) > MOST_TEXT:
        noted["cut"] = len(whole) - MOST_TEXT
    if letter.enclosures:
        noted["enclosures"] = len(letter.enclosures)
    return whole[:MOST_TEXT], noted


def _keep(
    session: Session, actor: Actor, digest: bytes, received: Received, ticket_id: UUID | None
) -> Received:
    values = {"outcome": received.outcome, "reason": received.reason, "ticket_id": ticket_id}
    store.change_letter(session, digest, values)
    details: Mapping[str, str] = {
        "outcome": received.outcome,
        **({"reason": received.reason} if received.reason else {}),
        **({"ticket_id": str(ticket_id)} if ticket_id else {}),
    }
    audit.append(session, actor, "hotline.letter.received", details=details)
    return received
