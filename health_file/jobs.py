"""What the worker does for the health file."""

from uuid import UUID

from health_file import actions
from health_file.actions.reindex import reindex_some
from services.actor import Actor
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.errors import CitizenError


def run_export(database: Database, actor: Actor, *, export_id: str) -> None:
    """Gather an export to its end, a page in each transaction; killed, it goes on where it was."""
    subjects = () if actor.subject is None else (actor.subject,)
    opening = Opening(role=Role.WORKER, service="health_file", account=actor.account, subjects=subjects)
    goes_on = True
    try:
        while goes_on:
            with database.transaction(opening) as session:
                goes_on = actions.gather_export(session, actor, export_id=UUID(export_id))
    except CitizenError:
        # A fact stays a fact however often it is tried: a broken seal, a destroyed key.
        with database.transaction(opening) as session:
            actions.fail_export(session, actor, export_id=UUID(export_id))
        raise


def expire_export(session: Session, actor: Actor, *, export_id: str) -> None:
    """End an export whose time is over."""
    actions.expire_export(session, actor, export_id=UUID(export_id))


def reindex(session: Session, actor: Actor) -> None:
    """Index some rows again that an older version of the index holds; `citizen health reindex` does all at once."""
    del actor
    reindex_some(session)


def forget_openings(session: Session, actor: Actor) -> None:
    """Forget beginnings of treating relations that nobody had to look at, when they no longer count."""
    del actor
    actions.forget_usual_openings(session)


def expire_share(session: Session, actor: Actor, *, share_id: str) -> None:
    """End a shared link whose time is over."""
    actions.expire_share(session, actor, share_id=UUID(share_id))


def erase_file(session: Session, actor: Actor, *, erasure_id: str) -> None:
    """Erase a file whose time has come."""
    actions.erase_due(session, actor, erasure_id=UUID(erasure_id))


def sweep_erased(session: Session, actor: Actor, *, erasure_id: str) -> None:
    """Delete what was being written while a file was erased."""
    actions.sweep_erased(session, actor, erasure_id=UUID(erasure_id))


def tell_erasure(session: Session, actor: Actor, *, erasure_id: str, state: str) -> None:
    """Tell everybody concerned how an erasure stands."""
    actions.tell_erasure(session, actor, erasure_id=UUID(erasure_id), state=state)


def tell_guardians(session: Session, actor: Actor, *, emergency_id: str) -> None:
    """Tell a child's parents of an emergency."""
    actions.tell_guardians(session, actor, emergency_id=emergency_id)


def close_emergency(session: Session, actor: Actor, *, emergency_id: str) -> None:
    """End an emergency whose hour is over."""
    actions.close_due(session, actor, emergency_id=emergency_id)


def escalate_emergency(session: Session, actor: Actor, *, emergency_id: str) -> None:
    """Put on record that nobody has reviewed an emergency within 72 hours."""
    actions.escalate(session, actor, emergency_id=emergency_id)
