"""What moved in the queue, and who has a ticket open."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from hotline.models import presences, queue_changes
from services import ids
from services.database.session import Session

CHANNEL = "hotline_queue"
CHANGE = ("ticket_id", "number", "category", "district", "state", "unit", "co_units", "version", "holder")
ADD = f"""INSERT INTO hotline.queue_changes (id, {", ".join(CHANGE)})
    VALUES (%(change_id)s, {", ".join(f"%({name})s" for name in CHANGE)})"""


def add_queue_change(session: Session, values: Mapping[str, Any]) -> None:
    """Tell live screens how a ticket now stands. It travels with COMMIT, and those who listen are woken after it."""
    session.at_commit(ADD, change_given(values))
    announce(session)


def change_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `ADD`."""
    return {"change_id": ids.new_id()} | {name: values[name] for name in CHANGE}


def announce(session: Session) -> None:
    """Wake those who listen, after COMMIT."""
    session.announce(CHANNEL)


def list_queue_changes(session: Session, since: datetime, *, limit: int) -> Sequence[Row[Any]]:
    """What moved since an instant, oldest first."""
    statement = select(queue_changes).where(queue_changes.c.id >= ids.first_id_at(since))
    return session.execute(statement.order_by(queue_changes.c.id).limit(limit)).all()


def newest_queue_change(session: Session) -> UUID | None:
    """The id of the newest change."""
    found: UUID | None = session.execute(
        select(queue_changes.c.id).order_by(queue_changes.c.id.desc()).limit(1)
    ).scalar()
    return found


def forget_queue_changes(session: Session, before: datetime) -> None:
    """Forget what moved before an instant, and who was seen then."""
    session.execute(delete(queue_changes).where(queue_changes.c.id < ids.first_id_at(before)))
    session.execute(delete(presences).where(presences.c.seen_at < before))


def put_presence(session: Session, ticket_id: UUID, account: UUID) -> None:
    """Say that somebody has a ticket open."""
    given = insert(presences).values(ticket_id=ticket_id, account_id=account, seen_at=session.at)
    session.execute(
        given.on_conflict_do_update(
            index_elements=["ticket_id", "account_id"], set_={"seen_at": given.excluded.seen_at}
        )
    )


def list_presences(session: Session, ticket_id: UUID, *, within: timedelta) -> Sequence[UUID]:
    """Who has had a ticket open lately."""
    statement = select(presences.c.account_id).where(
        presences.c.ticket_id == ticket_id, presences.c.seen_at > session.at - within
    )
    return session.execute(statement.order_by(presences.c.account_id)).scalars().all()
