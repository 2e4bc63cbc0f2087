"""Labels of older versions and of deletions: what is shown of a record follows what is known of it now."""

from collections.abc import Sequence
from uuid import UUID

from services.database.session import Session

GIVEN = "unnest(%s::uuid[], %s::uuid[], %s::integer[]) AS given (subject_id, id, version)"
# A label that a later version brings holds for what was written before, too; one that it drops stays there.
SPREAD = (
    "UPDATE health_file.resources AS held SET labels = held.labels || newer.labels "
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


def spread_labels(session: Session, places: Sequence[tuple[UUID, UUID, int]], *, are_deleted: bool) -> None:
    """Carry labels over between the versions of resources, given as (subject, id, new version)."""
    if places:
        columns = [list(column) for column in zip(*places, strict=True)]
        session.raw(INHERIT if are_deleted else SPREAD, columns)
