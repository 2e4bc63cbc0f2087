"""Bad marks for supervisors: a mark of one or two is looked into within three working days."""

from collections.abc import Sequence
from typing import Any

from hotline import store
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied

MOST_LISTED = 100


def list_rechecks(session: Session, actor: Actor) -> Sequence[Any]:
    """Bad marks that nobody has looked into, those due first; at most 100. Looking is an arrow of the state table.

    Access: scope hotline:work; supervisors. Effects: none, nothing that a reporter said is opened.
    """
    if "supervisor" not in actor.roles:
        raise Denied
    return store.list_rechecks(session, actor, limit=MOST_LISTED)
