"""Labels go on to what tells of a labelled record: the content of a document, and where a record comes from."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import digest_of
from health_file.actions.search.index import token_of
from health_file.actions.views import ResourceView
from health_file.fhir.inheriting import HEIRS, binaries_of, targets_of
from health_file.fhir.labels import LEVELS, NORMAL
from services.database.session import Session


def inherit_labels(
    session: Session, views: Sequence[ResourceView], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Let each Binary and Provenance beside what was just written be as confidential as what it tells of.

    Shapes: `rows` are the rows of `views`, in any order, already kept and indexed.
    Effects: labels are added, and never taken away: whose they are of several records is not known any more.
    """
    kept = [view for view in views if not view.is_deleted]
    later = [(one.subject_id, one.id, one.id) for one in kept if one.version > 1 and one.type in HEIRS]
    contents = [(one.subject_id, one.id, own) for one in kept for own in sorted(binaries_of(one.body))]
    origins = [(one.subject_id, own, one.id) for one in kept for own in sorted(targets_of(one.body))]
    levels = levels_of(session)
    store.inherit_labels(session, later + contents, levels)
    store.inherit_labels(session, origins + _told_of(session, kept, rows), levels)


def levels_of(session: Session) -> list[bytes]:
    """How confidential a row may be, as its labels say it, least first."""
    return [digest_of(session.keys, f"security={level}") for level in LEVELS]


def _told_of(
    session: Session, views: Sequence[ResourceView], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[UUID, UUID, UUID]]:
    """The Provenances that tell already of a record which is more than normally confidential."""
    plain = [digest_of(session.keys, f"security={NORMAL}")]
    labelled = {row["id"] for row in rows if row["labels"] != plain}
    asked = {
        token_of(session, "Provenance", "target", f"{one.type}/{one.id}"): one
        for one in views
        if one.id in labelled and one.type != "Provenance"
    }
    found = store.find_indexed(session, {one.subject_id for one in asked.values()}, asked) if asked else []
    return [(row.subject_id, asked[bytes(row.digest)].id, row.resource_id) for row in found]
