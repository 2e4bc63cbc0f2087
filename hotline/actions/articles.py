"""The knowledge base: what answers rest on, in versions that answers name."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hotline import store
from hotline.rules import CATEGORIES
from hotline.rules.texts import check_code
from services import audit, clock
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, Invalid, NotFound
from services.web.preconditions import PreconditionFailed

MOST_LISTED = 100
# What the column holds.
VERSIONS = range(1, 2**31)


def list_articles(
    session: Session, *, words: str = "", category: str | None = None, only_valid: bool = True
) -> Sequence[Any]:
    """The newest version of each article that holds all of these words, by title; at most 100.

    Access: everybody; the knowledge base is public.
    """
    on = clock.today() if only_valid else None
    return store.list_articles(session, words=words, category=category, on=on, limit=MOST_LISTED)


def read_article(session: Session, *, code: str, version: int | None = None) -> Any:
    """One version of an article, the newest where none is named. Access: everybody. Raises: NotFound 404."""
    if version is not None and version not in VERSIONS:
        raise NotFound
    found = store.find_article(session, code, version)
    if found is None:
        raise NotFound
    return found


def write_article(
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
    """Write the next version of an article; what was answered from an older one stays answered from that one.

    Shapes: `seen` is the version that the writer has read, 0 for a new article.
    Access: scope hotline:work; supervisors.
    Effects: a version, audit hotline.article.written. Raises: PreconditionFailed 412 when somebody wrote first.
    """
    if "supervisor" not in actor.roles:
        raise Denied
    check_article(code, category)
    newest = store.find_article(session, code, None)
    if (0 if newest is None else newest.version) != seen:
        raise PreconditionFailed
    values = {
        "code": code,
        "version": seen + 1,
        "title": title,
        "text": text,
        "category": category,
        "valid_until": valid_until,
        "written_by": actor.account,
        "written_at": session.at,
    }
    if not store.add_article(session, values):
        raise PreconditionFailed
    audit.append(session, actor, "hotline.article.written", details={"code": code, "version": seen + 1})
    return read_article(session, code=code)


def check_article(code: str, category: str | None) -> None:
    """An article's code stands in addresses, its category in the catalogue. Raises: Invalid 422."""
    check_code(code)
    if category is not None and category not in CATEGORIES:
        raise Invalid(field="/category", expected=", ".join(CATEGORIES))
