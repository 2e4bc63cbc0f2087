"""Queues what clients must be told when page sessions end, in the transaction in which they end.

Standard: OpenID Connect Back-Channel Logout 1.0 section 2.5.
"""

from collections.abc import Sequence
from uuid import UUID

from services import ids, jobs
from services.actor import Actor
from services.database.session import Session
from services.gateway.oauth.backchannel_logout.states import State
from services.gateway.store import logout_notices as store

DELIVER = "gateway.deliver_logout"


def queue_notices(session: Session, actor: Actor, account: UUID, ended: Sequence[UUID]) -> None:
    """One notice for each client that asked for it and has seen one of these sessions of the account.

    Also where the grant itself was revoked before: the client's own session may go on without it.

    Effects: one row and one job for each; all vanish with a rollback.
    """
    if not ended:
        return
    for row in store.list_reached(session, account, ended):
        notice_id = ids.new_id()
        notice = {
            "subject_id": account,
            "id": notice_id,
            "client_id": row.client_id,
            "session_id": row.session_id,
            "for_subject_id": row.for_subject_id,
            "state": State.QUEUED.value,
            "attempts": 0,
            "queued_at": session.at,
            "settled_at": None,
        }
        store.add_notice(session, notice)
        jobs.enqueue(session, actor, DELIVER, subject_id=account, notice_id=str(notice_id))
