"""The review of broken glasses by supervisors and the data-protection officer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import REVIEW
from health_file.actions.readers import names_of_people, names_of_units
from health_file.errors import ReviewNotPossible
from health_file.fhir.emergency import TRANSITIONS, VERDICTS, EmergencyState
from health_file.models import emergencies
from health_file.sealing import file_cipher
from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, Invalid, NotFound
from services.state_table import sources_of

OPEN_STATES = (EmergencyState.ESCALATED, EmergencyState.CLOSED, EmergencyState.ACTIVE)
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyView:
    """A broken glass as its reviewer sees it."""

    id: UUID
    state: str
    reader: str
    person: UUID
    unit: str
    organisation: str
    reason: str
    words: str
    is_confirmed: bool
    opened_at: datetime
    expires_at: datetime
    verdict: str | None


def list_emergencies(session: Session, actor: Actor) -> list[EmergencyView]:
    """What waits for a review: what is late first, then the oldest.

    Access: scope health_file:review. Effects: audit health_file.emergencies.read, about every resident concerned.
    """
    _check(actor)
    rows = list(store.list_emergencies(session, [one.value for one in OPEN_STATES], limit=MOST))
    rows.sort(key=lambda row: (OPEN_STATES.index(row.state), row.opened_at))
    names = names_of_people(session, {row.account_id for row in rows})
    units = names_of_units(session, {row.unit for row in rows})
    if rows:
        audit.append(
            session,
            actor,
            "health_file.emergencies.read",
            subject_ids=[row.subject_id for row in rows],
            details={"count": len(rows)},
        )
    return [_view(session, row, names, units) for row in rows]


def review_emergency(session: Session, actor: Actor, *, emergency_id: UUID, verdict: str) -> None:
    """Say whether it was right to break the glass; nobody judges their own.

    Access: scope health_file:review. Effects: audit health_file.emergency.reviewed, which the resident sees.
    Raises: Denied 403, NotFound 404, Invalid 422, ReviewNotPossible 409 while it is still open, or reviewed already.
    """
    _check(actor)
    if verdict not in VERDICTS:
        raise Invalid(field="verdict", expected=" | ".join(VERDICTS))
    row = store.find_emergency(session, emergency_id)
    if row is None:
        raise NotFound
    if row.account_id == actor.account:
        raise Denied
    values = {
        "state": EmergencyState.REVIEWED.value,
        "reviewed_at": session.at,
        "reviewer_id": actor.account,
        "verdict": verdict,
    }
    states = sources_of(TRANSITIONS, "review_emergency")
    if store.change_emergency(session, row.subject_id, row.id, states, values) is None:
        raise ReviewNotPossible
    details = {"emergency_id": str(emergency_id), "verdict": verdict}
    audit.append(session, actor, "health_file.emergency.reviewed", subject_id=row.subject_id, details=details)


def _check(actor: Actor) -> None:
    if REVIEW not in actor.scopes:
        raise Denied


def _view(session: Session, row: Any, names: dict[str, str], units: dict[str, str]) -> EmergencyView:
    return EmergencyView(
        id=row.id,
        state=row.state,
        reader=names.get(str(row.account_id), ""),
        person=row.account_id,
        unit=row.unit,
        organisation=units.get(row.unit, row.unit),
        reason=row.reason,
        words=file_cipher(session, row.subject_id).unseal_text(
            emergencies.c.words_sealed, row.id, row.words_sealed
        ),
        is_confirmed=row.is_confirmed,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        verdict=row.verdict,
    )
