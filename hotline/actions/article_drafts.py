"""Writing for the knowledge base: drafts that only their writer sees, and what answers rest on each version."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.articles import check_article, write_article
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, NotFound

MOST_CITATIONS = 50


def save_article_draft(
    session: Session,
    actor: Actor,
    *,
    code: str,
    seen: int,
    title: str,
    text: str,
    category: str | None = None,
    valid_until: date | None = None,
) -> None:
    """Keep the next version of an article as far as it is written; nobody else sees it.

    Shapes: `seen` is the version that it is to follow, 0 for a new article.
    Access: scope hotline:work; supervisors, each their own. Effects: the draft. Raises: Denied 403, Invalid 422.
    """
    account = _writer(actor)
    check_article(code, category)
    values = {
        "code": code,
        "seen": seen,
        "title": title,
        "text": text,
        "category": category,
        "valid_until": valid_until,
        "changed_at": session.at,
    }
    store.put_article_draft(session, account, values)


def read_article_draft(session: Session, actor: Actor, *, code: str) -> Any | None:
    """What the caller is writing of an article, or None. Access: as save_article_draft."""
    return store.find_article_draft(session, _writer(actor), code)


def list_article_drafts(session: Session, actor: Actor) -> Sequence[Any]:
    """What the caller is writing, the newest first. Access: as save_article_draft."""
    return store.list_article_drafts(session, _writer(actor))


def forget_article_draft(session: Session, actor: Actor, *, code: str) -> None:
    """Throw a draft away. Access: as save_article_draft. Raises: NotFound 404."""
    if not store.forget_article_draft(session, _writer(actor), code):
        raise NotFound


def publish_article(
    session: Session,
    actor: Actor,
    *,
    code: str,
    seen: int,
    title: str,
    text: str,
    category: str | None = None,
    valid_until: date | None = None,
) -> Any:
    """Write the next version for everybody; the writer's draft of it goes.

    Access, effects and refusals: as write_article.
    """
    account = _writer(actor)
    article = write_article(
        session,
        actor,
        code=code,
        seen=seen,
        title=title,
        text=text,
        category=category,
        valid_until=valid_until,
    )
    store.forget_article_draft(session, account, code)
    return article


def list_article_versions(session: Session, *, code: str) -> Sequence[Any]:
    """Every version of an article, the newest first, with how many answers rest on each.

    Access: everybody; no ticket is named. Raises: NotFound 404.
    """
    found = store.list_article_versions(session, code)
    if not found:
        raise NotFound
    return found


def list_citations(session: Session, actor: Actor, *, code: str) -> Sequence[Any]:
    """Tickets that were answered from an article, the newest first, with the version; at most 50.

    Access: scope hotline:work; staff, those tickets that they see. Effects: none, nothing is opened.
    """
    if not actor.roles:
        raise Denied
    return store.list_citations(session, actor, code, limit=MOST_CITATIONS)


def _writer(actor: Actor) -> UUID:
    if actor.account is None or "supervisor" not in actor.roles:
        raise Denied
    return actor.account
