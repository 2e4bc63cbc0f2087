"""Answer templates in versions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hotline.models import templates
from services.database.session import Session


def list_templates(
    session: Session,
    *,
    purposes: Collection[str] | None,
    category: str | None,
    with_retired: bool,
    limit: int,
) -> Sequence[Row[Any]]:
    """The newest version of each template; of a category with those for every category, its own first."""
    newest = (
        select(templates.c.code, func.max(templates.c.version).label("version"))
        .group_by(templates.c.code)
        .subquery()
    )
    statement = select(templates).join(
        newest, (templates.c.code == newest.c.code) & (templates.c.version == newest.c.version)
    )
    if purposes is not None:
        statement = statement.where(templates.c.purpose.in_(purposes))
    if category is not None:
        statement = statement.where(or_(templates.c.category == category, templates.c.category.is_(None)))
    if not with_retired:
        statement = statement.where(templates.c.is_retired.is_(False))
    order = (templates.c.category.is_(None), templates.c.purpose, templates.c.title, templates.c.code)
    return session.execute(statement.order_by(*order).limit(limit)).all()


def find_template(session: Session, code: str, version: int | None) -> Row[Any] | None:
    """One version of a template; the newest where none is named."""
    statement = select(templates).where(templates.c.code == code)
    if version is not None:
        statement = statement.where(templates.c.version == version)
    return session.execute(statement.order_by(templates.c.version.desc()).limit(1)).one_or_none()


def add_template(session: Session, values: Mapping[str, Any]) -> bool:
    """Keep a version; False when somebody has written that version first."""
    statement = insert(templates).values(dict(values)).on_conflict_do_nothing().returning(templates.c.version)
    return session.execute(statement).scalar() is not None
