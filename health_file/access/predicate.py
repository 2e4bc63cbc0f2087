"""The one predicate of every path that reads the file."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, true

from health_file.access.authors import author_of
from health_file.access.smart import within_scopes
from health_file.models import resources
from health_file.rules import DIRECTORY
from services.actor import Actor, ActorKind
from services.database.session import Session


def visible_to(session: Session, actor: Actor, rows: FromClause = resources) -> ColumnElement[bool]:
    """Whether an actor sees a row: residents their own file (or a child's), a clinic what it wrote itself.

    Everybody sees the directory of organisations and practitioners, once the transaction reaches it
    (`store.reach_directory` for residents). Of all that, a token shows what its scopes reach.

    `rows` is the table of resources or an alias of it, so that includes and chains ask the same question.
    """
    return and_(_reached_by(actor, rows), within_scopes(session, actor, rows))


def _reached_by(actor: Actor, rows: FromClause) -> ColumnElement[bool]:
    columns: Any = rows.c
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return columns.subject_id.in_((actor.subject, DIRECTORY))  # type: ignore[no-any-return]
    author = author_of(actor)
    if actor.kind is ActorKind.SYSTEM:
        return true()
    return or_(columns.author == author, columns.subject_id == DIRECTORY) if author else false()
