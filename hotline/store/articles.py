"""The knowledge base: articles in versions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hotline.models import articles
from services.database.session import Session


def list_articles(
    session: Session, *, words: str, category: str | None, on: date | None, limit: int
) -> Sequence[Row[Any]]:
    """The newest version of each article that holds these words, by title; with `on` only those valid that day."""
    newest = select(articles.c.code, func.max(articles.c.version).label("version")).group_by(articles.c.code)
    latest = newest.subquery()
    statement = select(articles).join(
        latest, (articles.c.code == latest.c.code) & (articles.c.version == latest.c.version)
    )
    for word in words.split():
        held = (
            articles.c.title.contains(word, autoescape=True),
            articles.c.text.contains(word, autoescape=True),
        )
        statement = statement.where(or_(*held))
    if category is not None:
        statement = statement.where(or_(articles.c.category == category, articles.c.category.is_(None)))
    if on is not None:
        statement = statement.where(or_(articles.c.valid_until.is_(None), articles.c.valid_until >= on))
    return session.execute(statement.order_by(articles.c.title, articles.c.code).limit(limit)).all()


def find_article(session: Session, code: str, version: int | None) -> Row[Any] | None:
    """One version of an article; the newest where none is named."""
    statement = select(articles).where(articles.c.code == code)
    if version is not None:
        statement = statement.where(articles.c.version == version)
    return session.execute(statement.order_by(articles.c.version.desc()).limit(1)).one_or_none()


def add_article(session: Session, values: Mapping[str, Any]) -> bool:
    """Keep a version; False when somebody has written that version first."""
    statement = insert(articles).values(dict(values)).on_conflict_do_nothing().returning(articles.c.version)
    return session.execute(statement).scalar() is not None
