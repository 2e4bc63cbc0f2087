"""Which ticket goes on for which."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, insert, select

from hotline.access import visible_to
from hotline.models import merge_links, tickets
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound

ALIKE = """
    SELECT ticket_id FROM hotline.search_texts
    WHERE grams @@ %s::tsquery AND ticket_id BETWEEN %s AND %s AND ticket_id <> %s AND segment < 1000
    ORDER BY ts_rank(grams, %s::tsquery) DESC, ticket_id DESC LIMIT %s
"""


def add_merge_link(session: Session, ticket_id: UUID, survivor: Any) -> None:
    """Keep that one ticket goes on for another."""
    values = {
        "ticket_id": ticket_id,
        "survivor_id": survivor.id,
        "survivor_subject_id": survivor.subject_id,
        "merged_at": session.at,
    }
    session.execute(insert(merge_links), values)


def get_merge_link(session: Session, ticket_id: UUID) -> Row[Any]:
    """Where a merged ticket went. Raises: NotFound."""
    row = session.execute(select(merge_links).where(merge_links.c.ticket_id == ticket_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def forget_merge_link(session: Session, ticket_id: UUID) -> None:
    """The ticket stands for itself again."""
    session.execute(delete(merge_links).where(merge_links.c.ticket_id == ticket_id))


def is_survivor(session: Session, ticket_id: UUID) -> bool:
    """Whether a ticket goes on for another one."""
    return bool(session.execute(select(exists().where(merge_links.c.survivor_id == ticket_id))).scalar())


def get_ticket_by_number(session: Session, actor: Actor, number: str) -> Row[Any]:
    """One ticket that the actor sees, by its number. Raises: NotFound."""
    found = select(tickets).where(tickets.c.number == number, visible_to(actor))
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound
    return row


def list_alike(
    session: Session,
    actor: Actor,
    query: str,
    *,
    district: str,
    but: UUID,
    span: tuple[UUID, UUID],
    limit: int,
) -> list[Any]:
    """Tickets of the district but one that share most pairs of characters, the likest first."""
    found = session.raw(ALIKE, (query, *span, but, query, limit)).fetchall()
    ids = [row[0] for row in found]
    rows = session.execute(
        select(tickets).where(tickets.c.id.in_(ids), tickets.c.district == district, visible_to(actor))
    ).all()
    return sorted(rows, key=lambda row: ids.index(row.id))
