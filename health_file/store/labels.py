"""Labels of older versions, of deletions, and of what tells of a record: shown is what is known of it now."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from health_file.models import tokens
from services.database.session import Session

GIVEN = "unnest(%(subjects)s::uuid[], %(ids)s::uuid[], %(versions)s::integer[]) AS given (subject_id, id, version)"
# The kinds of both, and of how confidential they are the higher alone: a permit up to a level must not find the lower.
MERGED = (
    "ARRAY(SELECT DISTINCT one FROM unnest(held.labels || source.labels) one "
    "WHERE one <> ALL (%(levels)s::bytea[])) || "
    "ARRAY(SELECT one FROM unnest(held.labels || source.labels) one WHERE one = ANY (%(levels)s::bytea[]) "
    "ORDER BY array_position(%(levels)s::bytea[], one) DESC LIMIT 1)"
)
# A label that a later version brings holds for what was written before, too; one that it drops stays there.
SPREAD = (
    f"UPDATE health_file.resources AS held SET labels = {MERGED} "
    f"FROM {GIVEN} JOIN health_file.resources AS source USING (subject_id, id, version) "
    "WHERE held.subject_id = source.subject_id AND held.id = source.id AND held.version < source.version "
    "AND NOT source.is_deleted AND NOT held.labels @> source.labels"
)
# A deletion says nothing itself: that there was something is as confidential as what there was.
INHERIT = (
    "UPDATE health_file.resources AS held SET labels = older.labels, dated_on = older.dated_on "
    f"FROM {GIVEN}, health_file.resources AS older "
    "WHERE held.subject_id = given.subject_id AND held.id = given.id AND held.version = given.version "
    "AND held.is_deleted AND older.subject_id = held.subject_id AND older.id = held.id "
    "AND older.version = held.version - 1"
)
# What tells of several records is as confidential as all together; a later version of it as the ones before.
BESIDE = (
    f"UPDATE health_file.resources AS held SET labels = {MERGED} FROM ("
    "SELECT given.subject_id, given.heir, array_agg(DISTINCT one) AS labels "
    "FROM unnest(%(subjects)s::uuid[], %(sources)s::uuid[], %(heirs)s::uuid[]) AS given (subject_id, source, heir) "
    "JOIN health_file.resources AS told ON told.subject_id = given.subject_id AND told.id = given.source "
    "AND (told.is_current OR told.id = given.heir), unnest(told.labels) AS one "
    "GROUP BY given.subject_id, given.heir) AS source "
    "WHERE held.subject_id = source.subject_id AND held.id = source.heir "
    "AND held.type IN ('Binary', 'Provenance') AND NOT held.labels @> source.labels"
)


def spread_labels(
    session: Session, places: Sequence[tuple[UUID, UUID, int]], levels: Sequence[bytes], *, are_deleted: bool
) -> None:
    """Carry labels over between the versions of resources, given as (subject, id, new version)."""
    if places:
        subjects, ids, versions = (list(column) for column in zip(*places, strict=True))
        given = {"subjects": subjects, "ids": ids, "versions": versions, "levels": list(levels)}
        session.raw(INHERIT if are_deleted else SPREAD, given)


def inherit_labels(
    session: Session, pairs: Sequence[tuple[UUID, UUID, UUID]], levels: Sequence[bytes]
) -> None:
    """Add the labels of records to a Binary or a Provenance of the same file, given as (subject, record, heir)."""
    if pairs:
        subjects, sources, heirs = (list(column) for column in zip(*pairs, strict=True))
        given = {"subjects": subjects, "sources": sources, "heirs": heirs, "levels": list(levels)}
        session.raw(BESIDE, given)


def find_indexed(
    session: Session, subjects: Collection[UUID], digests: Collection[bytes]
) -> Sequence[Row[Any]]:
    """What is found by these tokens in these files, with the token."""
    statement = select(tokens.c.subject_id, tokens.c.resource_id, tokens.c.digest)
    return session.execute(
        statement.where(tokens.c.subject_id.in_(subjects), tokens.c.digest.in_(list(digests)))
    ).all()
