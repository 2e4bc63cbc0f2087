"""Telling a resident that bills have arrived."""

from uuid import UUID

from ebills.notices import BILLS_ARRIVED
from ebills.rules.bills import State
from ebills.store import bills as store
from services import notices
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


def create_notice(session: Session, actor: Actor, *, subject_id: UUID, import_id: UUID) -> None:
    """One message about what an import brought and is still open, however often this is asked for.

    Access: the worker. Effects: a sealed message and its deliveries, once per resident and import.
    Raises: NotFound while the import's rows are not visible yet; the queue then tries again.
    """
    rows = store.list_imported(session, subject_id, import_id)
    if not rows:
        raise NotFound
    owing = [row for row in rows if row.state != State.PAID]
    if not owing:
        return
    yuan, fen = divmod(sum(row.due_minor for row in owing), 100)
    notices.notify(
        session,
        actor,
        subject_id=subject_id,
        kind=BILLS_ARRIVED.name,
        facts={
            "count": str(len(owing)),
            "amount": f"{yuan:,}.{fen:02d}",
            "due_on": min(row.due_on for row in owing).isoformat(),
        },
        link=f"/my/bills/{owing[0].id}" if len(owing) == 1 else "/my/bills",
        once=f"{BILLS_ARRIVED.name}:{import_id}",
    )
