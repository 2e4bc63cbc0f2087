"""Asking that a file be erased, and taking it back."""

from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.deciders import decider_of
from health_file.actions.erasing.blocking import list_blocking
from health_file.actions.erasing.read import Erasure, erasure_of, read_erasure
from health_file.actions.erasing.states import (
    COOLS_FOR,
    ERASE,
    EVENTS,
    TELL,
    TRANSITIONS,
    ErasureState,
)
from health_file.errors import ErasureBlocked, ErasureNotPossible
from health_file.retention import VERSION
from services import audit, ids, jobs
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


def ask_for_erasure(
    session: Session, actor: Actor, *, issuer: str, patient_id: UUID | None = None
) -> Erasure:
    """Ask that a whole file be erased for ever, once it has been thought over for seven days.

    Shapes: `issuer` is the address that the receipt names; `patient_id`, where given, must be this file's Patient.
    Access: scope health_file:erase; the resident, or a child's parent until the child is 14; with a fresh proof of who
        they are (the route's).
    Effects: an erasure in state cooling, the job of its end, messages to the resident and to who asked, audit
        health_file.erasure.requested.
    Raises: Denied 403, NotFound 404 where there is no file, ErasureBlocked 409 naming each rule of retention,
        ErasureNotPossible 409 where one was asked for already.
    """
    subject = decider_of(actor)
    patient = store.find_patient_id(session, subject)
    if patient is None or patient_id not in {None, patient}:
        raise NotFound
    if store.find_own(session, actor, subject, patient) is None:
        raise NotFound
    if blocking := list_blocking(session, subject):
        raise ErasureBlocked(blocking)
    erasure_id = ids.new_id()
    values: dict[str, Any] = {
        "subject_id": subject,
        "id": erasure_id,
        "state": ErasureState.COOLING.value,
        "account_id": actor.account,
        "issuer": issuer,
        "rules": VERSION,
        "asked_at": session.at,
        "due_at": session.at + COOLS_FOR,
    }
    if not store.add_erasure(session, values):
        raise ErasureNotPossible
    jobs.enqueue(
        session, actor, ERASE, subject_id=subject, run_at=values["due_at"], erasure_id=str(erasure_id)
    )
    note(session, actor, subject, erasure_id, ErasureState.COOLING)
    return read_erasure(session, actor, erasure_id)


def withdraw_erasure(session: Session, actor: Actor, erasure_id: UUID) -> Erasure:
    """Take the wish back while it cools; the file stays as it is.

    Access: as for asking, without a fresh proof. Effects: state withdrawn, messages, audit
        health_file.erasure.cancelled. Raises: Denied 403, NotFound 404, ErasureNotPossible 409 once it has ended.
    """
    subject = decider_of(actor)
    row = store.find_erasure(session, subject, erasure_id)
    if row is None:
        raise NotFound
    if not move(session, row, "withdraw"):
        raise ErasureNotPossible
    note(session, actor, subject, erasure_id, ErasureState.WITHDRAWN)
    return erasure_of(store.find_erasure(session, subject, erasure_id))


def move(session: Session, row: Any, event: str, **values: Any) -> bool:
    """One step of the state table by a guarded update; whether it was this transaction's to take."""
    following = TRANSITIONS.get((ErasureState(row.state), event))
    if following is None:
        return False
    values |= {"state": following.value, "ended_at": session.at}
    return store.change_erasure(session, row.subject_id, row.id, row.state, values)


def note(session: Session, actor: Actor, subject: UUID, erasure_id: UUID, state: ErasureState) -> None:
    """Put a step into the log, and have everybody concerned told."""
    details: audit.Details = {"erasure_id": str(erasure_id), "rules": VERSION}
    audit.append(session, actor, EVENTS[state], subject_id=subject, details=details)
    jobs.enqueue(session, actor, TELL, subject_id=subject, erasure_id=str(erasure_id), state=state.value)
