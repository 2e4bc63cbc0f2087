"""The review of unusual beginnings by supervisors."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from health_file import store
from health_file.access import REVIEW
from health_file.access.openings import KEPT, TRANSITIONS, OpeningState
from health_file.actions.readers import names_of_people, names_of_units
from health_file.errors import ReviewNotPossible
from health_file.fhir.emergency import VERDICTS
from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, Invalid, NotFound
from services.state_table import sources_of

MOST = 200
JUSTIFIED, UNJUSTIFIED = VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningView:
    """A beginning as its reviewer sees it; `person` is None where a unit's system wrote it."""

    id: UUID
    reader: str
    person: UUID | None
    unit: str
    organisation: str
    kind: str
    reasons: tuple[str, ...]
    opened_at: datetime


def list_openings(session: Session, actor: Actor) -> list[OpeningView]:
    """What waits for a review, the oldest first.

    Access: scope health_file:review. Effects: audit health_file.openings.read, about every resident concerned.
    """
    _check(actor)
    rows = store.list_openings(session, OpeningState.UNUSUAL, limit=MOST)
    names = names_of_people(session, {row.account_id for row in rows if row.account_id is not None})
    units = names_of_units(session, {row.unit for row in rows})
    if rows:
        about = list(dict.fromkeys(row.subject_id for row in rows))
        details = {"count": len(rows)}
        audit.append(session, actor, "health_file.openings.read", subject_ids=about, details=details)
    return [
        OpeningView(
            id=row.id,
            reader=names.get(str(row.account_id), ""),
            person=row.account_id,
            unit=row.unit,
            organisation=units.get(row.unit, row.unit),
            kind=row.kind,
            reasons=tuple(row.reasons),
            opened_at=row.opened_at,
        )
        for row in rows
    ]


def review_opening(session: Session, actor: Actor, *, opening_id: UUID, verdict: str) -> None:
    """Say whether it was right to begin; nobody judges their own.

    Access: scope health_file:review. Effects: audit health_file.opening.reviewed, which the resident sees; what was
        not right ends with it, as if the resident had rejected it.
    Raises: Denied 403, NotFound 404, Invalid 422, ReviewNotPossible 409 where it waits for no review.
    """
    _check(actor)
    if verdict not in VERDICTS:
        raise Invalid(field="verdict", expected=" | ".join(VERDICTS))
    row = store.find_opening(session, opening_id)
    if row is None:
        raise NotFound
    if row.account_id is not None and row.account_id == actor.account:
        raise Denied
    values = {
        "state": OpeningState.REVIEWED.value,
        "reviewed_at": session.at,
        "reviewer_id": actor.account,
        "verdict": verdict,
    }
    if not store.change_opening(
        session, row.subject_id, row.id, sources_of(TRANSITIONS, "review_opening"), values
    ):
        raise ReviewNotPossible
    if verdict == UNJUSTIFIED:
        store.reject_relations(session, row.subject_id, row.unit)
    details = {"opening_id": str(opening_id), "verdict": verdict}
    audit.append(session, actor, "health_file.opening.reviewed", subject_id=row.subject_id, details=details)


def forget_usual_openings(session: Session) -> None:
    """Forget what nobody had to look at, when it no longer counts. Access: the worker."""
    store.delete_openings(session, before=session.at - KEPT)


def _check(actor: Actor) -> None:
    if REVIEW not in actor.scopes:
        raise Denied
