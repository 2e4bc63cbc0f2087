"""What an import knows: the names of its entries, whose they are, and what was kept of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from health_file.models import import_entries, import_names
from health_file.store.bulk import insert_rows
from services.database.session import Session

# A name that another resource of this run, or one that was kept, bears already means neither of the two.
SHARE_NAME: LiteralString = (
    " ON CONFLICT (digest) DO UPDATE SET resource_id = CASE"
    " WHEN import_names.resource_id = excluded.resource_id THEN excluded.resource_id"
    " WHEN EXISTS (SELECT FROM health_file.import_entries e WHERE e.source = import_names.source"
    " AND e.resource_id = import_names.resource_id AND (e.run = %s OR e.loaded_digest IS NOT NULL)) THEN NULL"
    " ELSE excluded.resource_id END WHERE import_names.resource_id IS NOT NULL"
)
SPEAK: LiteralString = (
    " ON CONFLICT (source, resource_id) DO UPDATE SET type = excluded.type, run = excluded.run,"
    " ordinal = excluded.ordinal, checked_digest = excluded.checked_digest,"
    " owner_digests = excluded.owner_digests, subject_id = excluded.subject_id"
    " WHERE import_entries.run <> excluded.run OR import_entries.ordinal > excluded.ordinal"
)
# The nearest name that is known at all decides whose an entry is, also when it is nobody's.
SETTLE: LiteralString = (
    "UPDATE health_file.import_entries e SET subject_id = found.subject_id FROM ("
    " SELECT DISTINCT ON (o.resource_id) o.resource_id, p.subject_id FROM health_file.import_entries o"
    " JOIN health_file.import_names n ON n.digest = ANY (o.owner_digests)"
    " LEFT JOIN health_file.import_entries p ON p.source = o.source AND p.resource_id = n.resource_id"
    " AND p.type = 'Patient' AND (p.loaded_digest IS NOT NULL OR p.checked_digest IS NOT NULL AND p.run = o.run)"
    " WHERE o.source = %s AND o.run = %s AND o.type <> 'Patient'"
    " ORDER BY o.resource_id, array_position(o.owner_digests, n.digest)) found"
    " WHERE e.source = %s AND e.resource_id = found.resource_id AND e.subject_id IS DISTINCT FROM found.subject_id"
)
FIND_NAMES: LiteralString = "SELECT digest, resource_id FROM health_file.import_names WHERE digest = ANY (%s)"
FIND_TARGETS: LiteralString = (
    "SELECT n.digest, n.resource_id, e.type, e.subject_id, e.loaded_digest IS NOT NULL OR (e.run = %s"
    " AND e.checked_digest IS NOT NULL AND e.subject_id IS NOT NULL AND (e.type <> 'Patient' OR %s))"
    " FROM health_file.import_names n LEFT JOIN health_file.import_entries e"
    " ON e.source = n.source AND e.resource_id = n.resource_id WHERE n.digest = ANY (%s)"
)
# Locked in the order of ids, so that of two runs at once each entry is brought by one.
LOCK_ENTRIES: LiteralString = (
    "SELECT resource_id, type, ordinal, checked_digest, subject_id, loaded_digest, version"
    " FROM health_file.import_entries WHERE source = %s AND run = %s AND resource_id = ANY (%s)"
    " ORDER BY resource_id FOR UPDATE"
)
KEEP: LiteralString = (
    "UPDATE health_file.import_entries e SET loaded_digest = k.digest, version = k.version"
    " FROM unnest(%s::uuid[], %s::bytea[], %s::integer[]) AS k(resource_id, digest, version)"
    " WHERE e.source = %s AND e.resource_id = k.resource_id"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an import knows of one of its resources."""

    resource_id: UUID
    type: str
    ordinal: int
    checked_digest: bytes | None
    subject_id: UUID | None
    loaded_digest: bytes | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Target:
    """What a name means in an import; nothing where two claim it."""

    resource_id: UUID | None
    type: str | None
    subject_id: UUID | None
    is_kept: bool | None


def claim_names(session: Session, source: str, wanted: Mapping[bytes, UUID]) -> dict[bytes, UUID | None]:
    """Give each name its resource unless it has one; what each means from here on."""
    rows = [
        {"digest": digest, "source": source, "resource_id": resource_id, "run": None}
        for digest, resource_id in sorted(wanted.items())
    ]
    insert_rows(session, import_names, rows, conflict=" ON CONFLICT DO NOTHING")
    return dict(session.raw(FIND_NAMES, (list(wanted),)).fetchall())


def share_names(
    session: Session, source: str, run: UUID, named: Mapping[bytes, UUID | None], *, is_kept: bool = True
) -> None:
    """Let further names mean a resource; one that two claim means neither. Those of the run alone are not `is_kept`."""
    rows = [
        {"digest": digest, "source": source, "resource_id": resource_id, "run": None if is_kept else run}
        for digest, resource_id in sorted(named.items())
    ]
    insert_rows(session, import_names, rows, conflict=SHARE_NAME, parameters=(run,))


def speak_for(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note what this run's entries say; of several about one resource the first of the run speaks."""
    ordered = sorted(rows, key=lambda row: (row["resource_id"], row["ordinal"]))
    first = {row["resource_id"]: row for row in reversed(ordered)}
    insert_rows(session, import_entries, [first[key] for key in sorted(first)], conflict=SPEAK)


def settle_owners(session: Session, source: str, run: UUID) -> None:
    """Note whose each entry of a run is, once all of its names are known."""
    session.raw(SETTLE, (source, run, source))


def find_targets(
    session: Session, run: UUID, digests: Iterable[bytes], *, are_patients_coming: bool
) -> dict[bytes, Target]:
    """What names mean; what this run is about to keep counts as kept, a Patient only while they are `coming`."""
    rows = session.raw(FIND_TARGETS, (run, are_patients_coming, list(digests))).fetchall()
    return {digest: Target(*row) for digest, *row in rows}


def lock_entries(
    session: Session, source: str, run: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, Standing]:
    """What is known of resources, held until the transaction ends."""
    rows = session.raw(LOCK_ENTRIES, (source, run, list(resource_ids))).fetchall()
    return {row[0]: Standing(*row) for row in rows}


def keep_entries(session: Session, source: str, kept: Mapping[UUID, tuple[bytes, int]]) -> None:
    """Note what was kept of resources, and as which version."""
    digests, versions = [one[0] for one in kept.values()], [one[1] for one in kept.values()]
    session.raw(KEEP, (list(kept), digests, versions, source))


def find_patients(session: Session, subject_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The Patient resources of residents who have one."""
    query: LiteralString = (
        "SELECT subject_id, resource_id FROM health_file.patients WHERE subject_id = ANY (%s)"
    )
    return dict(session.raw(query, (list(subject_ids),)).fetchall())


def find_owners(session: Session, patient_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whose Patient resources are."""
    query: LiteralString = (
        "SELECT id, subject_id FROM health_file.resource_ids WHERE id = ANY (%s) AND type = 'Patient'"
    )
    return dict(session.raw(query, (list(patient_ids),)).fetchall())


@dataclass(frozen=True, slots=True)
class Now:
    """The current version of a resource that an import brought."""

    version: int
    is_deleted: bool
    author: str
    subject_id: UUID


def find_current(session: Session, resource_ids: Sequence[UUID]) -> dict[UUID, Now]:
    """What became of resources here."""
    query: LiteralString = (
        "SELECT id, version, is_deleted, author, subject_id FROM health_file.resources"
        " WHERE id = ANY (%s) AND is_current"
    )
    return {row[0]: Now(*row[1:]) for row in session.raw(query, (list(resource_ids),)).fetchall()}


def move_names(session: Session, moved: Mapping[bytes, UUID]) -> None:
    """Let names mean other resources than before."""
    query: LiteralString = (
        "UPDATE health_file.import_names n SET resource_id = m.resource_id"
        " FROM unnest(%s::bytea[], %s::uuid[]) AS m(digest, resource_id) WHERE n.digest = m.digest"
    )
    session.raw(query, (list(moved), list(moved.values())))


def find_held(session: Session, resource_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these ids are resources of ours."""
    query: LiteralString = "SELECT id FROM health_file.resource_ids WHERE id = ANY (%s)"
    return {row[0] for row in session.raw(query, (list(resource_ids),)).fetchall()}


def forget_names(session: Session, run: UUID, *, abandoned_before: UUID) -> None:
    """Forget what names meant inside the Bundles of a run, and of runs left long ago (their ids tell when)."""
    query: LiteralString = "DELETE FROM health_file.import_names WHERE run = %s OR run < %s"
    session.raw(query, (run, abandoned_before))
