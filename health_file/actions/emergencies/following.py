"""What follows a broken glass by itself: a child's parents hear of it, its hour ends, and it is not forgotten."""

from uuid import UUID

from health_file import store
from health_file.actions.emergencies.breaking import OPENED, PAGE
from health_file.actions.readers import name_of_unit
from health_file.fhir.emergency import TRANSITIONS, EmergencyState
from services import audit
from services.actor import Actor
from services.database.session import Session
from services.gateway.directory import list_guardians
from services.notices import notify
from services.state_table import sources_of


def tell_guardians(session: Session, actor: Actor, *, emergency_id: str) -> None:
    """The job that tells a child's parents. Effects: one message each, however often it runs."""
    row = store.find_emergency(session, UUID(emergency_id))
    if row is None:
        return
    unit = name_of_unit(session, row.unit)
    for guardian in list_guardians(session, row.subject_id):
        notify(
            session,
            actor,
            subject_id=guardian,
            kind=OPENED.name,
            facts={"unit": unit},
            link=f"{PAGE}?for={row.subject_id}",
            once=f"emergency:{emergency_id}",
        )


def close_due(session: Session, actor: Actor, *, emergency_id: str) -> None:
    """The job of the hour's end; every read asks for itself whether the hour has passed."""
    if actor.subject is None:
        return
    values = {"state": EmergencyState.CLOSED.value, "closed_at": session.at}
    states = sources_of(TRANSITIONS, "60 minutes have passed")
    if store.change_emergency(session, actor.subject, UUID(emergency_id), states, values) is not None:
        details = {"emergency_id": emergency_id}
        audit.append(
            session, actor, "health_file.emergency.closed", subject_id=actor.subject, details=details
        )


def escalate(session: Session, actor: Actor, *, emergency_id: str) -> None:
    """The job of 72 hours: what nobody has reviewed by then stands on top of the queue, and is on record as late."""
    if actor.subject is None:
        return
    close_due(session, actor, emergency_id=emergency_id)
    values = {"state": EmergencyState.ESCALATED.value}
    states = sources_of(TRANSITIONS, "72 hours have passed")
    if store.change_emergency(session, actor.subject, UUID(emergency_id), states, values) is not None:
        details = {"emergency_id": emergency_id}
        audit.append(
            session, actor, "health_file.emergency.escalated", subject_id=actor.subject, details=details
        )
