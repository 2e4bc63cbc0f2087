"""Labels of older versions and of deletions: what is shown of a record follows what is known of it now."""

from collections.abc import Sequence
from uuid import UUID

from services.database.session import Session

# All labels of both rows, and of their levels the highest alone: a permit up to a level must not find a lower one
# beside it. The levels are given from the lowest to the highest.
JOINED = (
    "ARRAY(SELECT DISTINCT label FROM unnest(held.labels || newer.labels) AS label "
    "WHERE array_position(%s::bytea[], label) IS NULL OR array_position(%s::bytea[], label) = "
    "(SELECT max(array_position(%s::bytea[], one)) FROM unnest(held.labels || newer.labels) AS one))"
)
GIVEN = "unnest(%s::uuid[], %s::uuid[], %s::integer[]) AS given (subject_id, id, version)"
# A label that a later version brings holds for what was written before, too; one that it drops stays there.
SPREAD = (
    f"UPDATE health_file.resources AS held SET labels = {JOINED} "
    f"FROM {GIVEN} JOIN health_file.resources AS newer USING (subject_id, id, version) "
    "WHERE held.subject_id = newer.subject_id AND held.id = newer.id AND held.version < newer.version "
    "AND NOT newer.is_deleted AND NOT held.labels @> newer.labels"
)
# A deletion says nothing itself: that there was something is as confidential as what there was.
INHERIT = (
    "UPDATE health_file.resources AS held SET labels = older.labels, dated_on = older.dated_on "
    f"FROM {GIVEN}, health_file.resources AS older "
    "WHERE held.subject_id = given.subject_id AND held.id = given.id AND held.version = given.version "
    "AND held.is_deleted AND older.subject_id = held.subject_id AND older.id = held.id "
    "AND older.version = held.version - 1"
)
# What stands beside a record in the same file is as confidential as the record, in every version of its own.
CARRY = (
    f"UPDATE health_file.resources AS held SET labels = {JOINED} "
    "FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS given (subject_id, source, id) "
    "JOIN health_file.resources AS newer ON newer.subject_id = given.subject_id AND newer.id = given.source "
    "AND NOT newer.is_deleted WHERE held.subject_id = given.subject_id AND held.id = given.id "
    "AND held.type = ANY(%s) AND (newer.id <> held.id AND newer.is_current "
    "OR newer.id = held.id AND newer.version = held.version - 1) AND NOT held.labels @> newer.labels"
)


def spread_labels(
    session: Session, places: Sequence[tuple[UUID, UUID, int]], levels: Sequence[bytes], *, are_deleted: bool
) -> None:
    """Carry labels over between the versions of resources, given as (subject, id, new version)."""
    if not places:
        return
    columns = [list(column) for column in zip(*places, strict=True)]
    if are_deleted:
        session.raw(INHERIT, columns)
    else:
        session.raw(SPREAD, [*[list(levels)] * 3, *columns])


def carry_labels(
    session: Session,
    places: Sequence[tuple[UUID, UUID, UUID]],
    levels: Sequence[bytes],
    *,
    to: Sequence[str],
) -> None:
    """Carry labels to resources of these types from what they stand beside; (subject, source, id of who gets them).

    A source that is the resource itself is its version before: what was carried there stays with the next.
    """
    if places:
        columns = [list(column) for column in zip(*places, strict=True)]
        session.raw(CARRY, [*[list(levels)] * 3, *columns, list(to)])
