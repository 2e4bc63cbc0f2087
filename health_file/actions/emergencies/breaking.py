"""Opening one resident's file in an emergency, for an hour, to read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import READ
from health_file.access.purposes import EMERGENCY
from health_file.actions.readers import keep_name, name_of_unit
from health_file.errors import ParameterInvalid
from health_file.fhir.emergency import (
    LIFE,
    LONGEST_WORDS,
    REASONS,
    REVIEW_WITHIN,
    SHORTEST_WORDS,
    TRANSITIONS,
    EmergencyState,
)
from health_file.models import emergencies
from health_file.rules import ID_NUMBER_SYSTEM
from health_file.sealing import file_cipher
from services import audit, ids, jobs
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import Denied, NotFound
from services.gateway.directory import find_resident
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.state_table import sources_of
from services.words import msgid

OPENED = NoticeKind(
    name="health_file.emergency_opened",
    service="health_file",
    sentence=msgid("%(unit)s 的医务人员以急救为由打开了健康档案。打开这里看是谁、看了什么；每一次都有人复核"),
)
declare(OPENED)
PAGE = "/my/health/readers"
CLOSE, TELL, ESCALATE = (
    "health_file.close_emergency",
    "health_file.tell_guardians",
    "health_file.escalate_emergency",
)
# (emergency, resident, end) to an access token.
Issue = Callable[[UUID, UUID, datetime], str]


@dataclass(frozen=True, slots=True)
class Emergency:
    """A glass that was broken: its token reads this resident's file until `expires_at`. `actor` is who reads by it."""

    id: UUID
    subject_id: UUID
    patient_id: UUID
    token: str
    expires_at: datetime
    actor: Actor


def open_emergency(
    session: Session,
    actor: Actor,
    *,
    patient_id: UUID | None = None,
    identifier: str = "",
    reason: str,
    words: str,
    issue: Issue,
) -> Emergency:
    """Break the glass before one resident's file.

    Shapes: the resident by the id of the Patient or by ID number (`system|value`); a reason of `REASONS` and 5..500
        characters that say more.
    Access: a practitioner of a unit, who has just proved again who they are.
    Effects: the emergency, active for 60 minutes; at once a message to the resident, and by a job to a child's
        parents; jobs that close it then and escalate it after 72 hours without a review; audit
        health_file.emergency.opened.
    Raises: Denied 403, NotFound 404, ParameterInvalid 400.
    """
    account, unit = _practitioner(actor)
    if reason not in REASONS:
        raise ParameterInvalid("reason", " | ".join(REASONS))
    if not SHORTEST_WORDS <= len(words.strip()) <= LONGEST_WORDS:
        raise ParameterInvalid("text", f"{SHORTEST_WORDS}..{LONGEST_WORDS}")
    subject, patient = _resident(session, patient_id, identifier)
    emergency_id, expires_at = ids.new_id(), session.at + LIFE
    store.add_emergency(
        session,
        {
            "subject_id": subject,
            "id": emergency_id,
            "account_id": account,
            "unit": unit,
            "client": actor.client,
            "reason": reason,
            "words_sealed": file_cipher(session, subject).seal(
                emergencies.c.words_sealed, emergency_id, words.strip()
            ),
            "state": EmergencyState.OPENED.value,
            "is_confirmed": False,
            "opened_at": session.at,
            "expires_at": expires_at,
        },
    )
    token = issue(emergency_id, subject, expires_at)
    store.change_emergency(
        session,
        subject,
        emergency_id,
        sources_of(TRANSITIONS, "its token is issued"),
        {"state": EmergencyState.ACTIVE.value},
    )
    keep_name(session, actor)
    _record(session, actor, "health_file.emergency.opened", subject, emergency_id, reason=reason)
    facts = {"unit": name_of_unit(session, unit)}
    notify(session, actor, subject_id=subject, kind=OPENED.name, facts=facts, link=PAGE)
    for job, run_at in ((TELL, None), (CLOSE, expires_at), (ESCALATE, session.at + REVIEW_WITHIN)):
        jobs.enqueue(session, actor, job, subject_id=subject, run_at=run_at, emergency_id=str(emergency_id))
    reading = replace(
        actor, purpose=EMERGENCY, mandate_id=emergency_id, patient=subject, scopes=frozenset({READ})
    )
    return Emergency(emergency_id, subject, patient, token, expires_at, reading)


def confirm_emergency(session: Session, actor: Actor, *, emergency_id: UUID) -> None:
    """Ask a second time, for what is restricted as well; the token stays the same.

    Access: who broke this glass, having proved again who they are.
    Effects: what is restricted is shown from now on; audit health_file.emergency.confirmed. Raises: NotFound 404.
    """
    row = _own(session, actor, emergency_id)
    changed = store.change_emergency(
        session, row.subject_id, row.id, [EmergencyState.ACTIVE.value], {"is_confirmed": True}
    )
    if changed is None or row.expires_at <= session.at:
        raise NotFound
    _record(
        session, actor, "health_file.emergency.confirmed", row.subject_id, emergency_id, reason=row.reason
    )


def close_emergency(session: Session, actor: Actor, *, emergency_id: UUID) -> None:
    """End it before its hour is over; its token reads nothing any more.

    Access: who broke this glass. Effects: audit health_file.emergency.closed. Raises: NotFound 404.
    """
    row = _own(session, actor, emergency_id)
    values: dict[str, Any] = {"state": EmergencyState.CLOSED.value, "closed_at": session.at}
    if (
        store.change_emergency(
            session, row.subject_id, row.id, sources_of(TRANSITIONS, "close_emergency"), values
        )
        is not None
    ):
        _record(
            session, actor, "health_file.emergency.closed", row.subject_id, emergency_id, reason=row.reason
        )


def _practitioner(actor: Actor) -> tuple[UUID, str]:
    is_theirs = actor.kind is ActorKind.STAFF and "practitioner" in actor.roles
    if not is_theirs or actor.account is None or actor.unit is None or actor.purpose == EMERGENCY:
        raise Denied
    return actor.account, actor.unit


def _own(session: Session, actor: Actor, emergency_id: UUID) -> Any:
    row = store.find_emergency(session, emergency_id)
    if row is None or row.account_id != actor.account:
        raise NotFound
    return row


def _resident(session: Session, patient_id: UUID | None, identifier: str) -> tuple[UUID, UUID]:
    """Whose file it is, and the id of its Patient."""
    if patient_id is not None:
        subject = store.find_residents_of(session, [("Patient", patient_id)]).get(f"Patient/{patient_id}")
    else:
        system, _, number = identifier.rpartition("|")
        subject = find_resident(session, number) if system in {"", ID_NUMBER_SYSTEM} else None
    patient = None if subject is None else store.find_patient_id(session, subject)
    if subject is None or patient is None:
        raise NotFound
    return subject, patient


def _record(
    session: Session, actor: Actor, event: str, subject: UUID, emergency_id: UUID, *, reason: str
) -> None:
    details = {
        "emergency_id": str(emergency_id),
        "reason": reason,
        "unit": actor.unit or "",
        "purpose": EMERGENCY,
        "consent": "break-glass",
    }
    audit.append(session, replace(actor, purpose=EMERGENCY), event, subject_id=subject, details=details)
