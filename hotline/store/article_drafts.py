"""What supervisors are writing for the knowledge base, and which tickets cite what stands in it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hotline.access import visible_to
from hotline.models import article_drafts, articles, citations, tickets
from services.actor import Actor
from services.database.session import Session

CITE = (
    "INSERT INTO hotline.citations (ticket_id, sequence, code, version, cited_at) VALUES (%s, %s, %s, %s, %s)"
)


def put_article_draft(session: Session, account: UUID, values: Mapping[str, Any]) -> None:
    """Keep what somebody is writing; everybody has one draft of an article."""
    statement = insert(article_drafts).values(written_by=account, **values)
    keys = ("code", "written_by")
    changed = {name: value for name, value in values.items() if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def find_article_draft(session: Session, account: UUID, code: str) -> Row[Any] | None:
    """What somebody is writing of an article."""
    mine = (article_drafts.c.code == code, article_drafts.c.written_by == account)
    return session.execute(select(article_drafts).where(*mine)).one_or_none()


def list_article_drafts(session: Session, account: UUID) -> Sequence[Row[Any]]:
    """What somebody is writing, the newest first."""
    mine = select(article_drafts).where(article_drafts.c.written_by == account)
    return session.execute(mine.order_by(article_drafts.c.changed_at.desc(), article_drafts.c.code)).all()


def forget_article_draft(session: Session, account: UUID, code: str) -> bool:
    """Throw a draft away; False when there is none."""
    mine = (article_drafts.c.code == code, article_drafts.c.written_by == account)
    return session.execute(delete(article_drafts).where(*mine)).rowcount == 1


def list_article_versions(session: Session, code: str) -> Sequence[Row[Any]]:
    """Every version of an article, the newest first, with how many answers rest on it."""
    cited = (
        select(citations.c.version, func.count().label("times"))
        .where(citations.c.code == code)
        .group_by(citations.c.version)
        .subquery()
    )
    statement = (
        select(articles, func.coalesce(cited.c.times, 0).label("times"))
        .outerjoin(cited, cited.c.version == articles.c.version)
        .where(articles.c.code == code)
    )
    return session.execute(statement.order_by(articles.c.version.desc())).all()


def add_citation(session: Session, ticket_id: UUID, *, sequence: int, code: str, version: int) -> None:
    """Keep what an answer rests on. It travels with COMMIT."""
    session.at_commit(CITE, (ticket_id, sequence, code, version, session.at))


def list_citations(session: Session, actor: Actor, code: str, *, limit: int) -> Sequence[Row[Any]]:
    """Tickets that the actor sees and that were answered from an article, the newest first."""
    statement = (
        select(citations, tickets.c.number, tickets.c.state, tickets.c.category)
        .join(tickets, tickets.c.id == citations.c.ticket_id)
        .where(citations.c.code == code, visible_to(actor))
        .order_by(citations.c.cited_at.desc(), citations.c.ticket_id)
    )
    return session.execute(statement.limit(limit)).all()
