"""Whether a unit may begin to treat a resident by what it writes, and whether that is looked at afterwards."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access.openings import (
    BOUNDS,
    BRIEF,
    REJECTED_FOR,
    TRANSITIONS,
    OpeningState,
    Reason,
    Whom,
)
from health_file.actions.readers import keep_name
from health_file.errors import TooManyOpenings
from services import ids
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.state_table import sources_of


@dataclass(frozen=True, slots=True)
class Beginning:
    """What came of it: whether the relation may stand, and what is unusual about it."""

    is_allowed: bool
    reasons: tuple[Reason, ...] = ()


def begin(
    session: Session, actor: Actor, *, subject_id: UUID, unit: str, basis_id: UUID, kind: str
) -> Beginning:
    """Count one more beginning by what somebody writes, and judge it by the table of bounds.

    A unit whom the resident rejected not long ago begins nothing: what it writes is kept, and opens no file.
    Effects: a row of openings, unless the system itself writes (imports are a unit's own past).
    Raises: TooManyOpenings 429.
    """
    if actor.kind is ActorKind.SYSTEM:
        return Beginning(is_allowed=True)
    reasons = list(_over_bounds(session, actor, unit))
    is_rejected = store.was_rejected(session, subject_id, unit, session.at - REJECTED_FOR)
    if is_rejected:
        reasons.append(Reason.REJECTED)
    if store.has_denied(session, subject_id, unit):
        reasons.append(Reason.BLOCKED)
    keep_name(session, actor)
    state = OpeningState.UNUSUAL if reasons else OpeningState.USUAL
    values: dict[str, Any] = {
        "subject_id": subject_id,
        "id": ids.new_id(),
        "unit": unit,
        "account_id": actor.account if actor.kind is ActorKind.STAFF else None,
        "client": actor.client,
        "basis_id": basis_id,
        "kind": kind,
        "reasons": [one.value for one in reasons],
        "state": state.value,
        "opened_at": session.at,
    }
    store.add_opening(session, values)
    return Beginning(not is_rejected, tuple(reasons))


def note_ended(session: Session, subject_id: UUID, basis_id: UUID) -> None:
    """Have it looked at where what a resource began is over at once, and nothing else was written meanwhile."""
    states = sources_of(TRANSITIONS, "a reason appears")
    store.note_brief(session, subject_id, basis_id, Reason.BRIEF, states, since=session.at - BRIEF)


def _over_bounds(session: Session, actor: Actor, unit: str) -> set[Reason]:
    account = actor.account if actor.kind is ActorKind.STAFF else None
    found: set[Reason] = set()
    for within in {bound.within for bound in BOUNDS}:
        bounds = [bound for bound in BOUNDS if bound.within == within]
        most = {whom: max((one.most for one in bounds if one.whom is whom), default=0) for whom in Whom}
        own, all_of = store.count_openings(
            session, account, unit, session.at - within, most=(most[Whom.PRACTITIONER], most[Whom.UNIT])
        )
        counts = {Whom.PRACTITIONER: own, Whom.UNIT: all_of}
        for bound in bounds:
            if counts[bound.whom] >= bound.most:
                if bound.is_refused:
                    raise TooManyOpenings
                found.add(Reason.MANY)
    return found
