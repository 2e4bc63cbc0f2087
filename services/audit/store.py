"""Every SQL statement of the audit log but the hot insert, which `log` queues itself."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from services.database.session import Session

LOCK_KEY = 6_962_001


def lock_sequencer(session: Session) -> bool:
    """Whether this transaction may number leaves; only one may."""
    row = session.raw("SELECT pg_try_advisory_xact_lock(%s)", (LOCK_KEY,)).fetchone()
    return bool(row and row[0])


def find_last_checkpoint(session: Session) -> tuple[Any, ...] | None:
    """(tree_size, frontier, last_xid, last_event_id) of the newest checkpoint."""
    return session.raw(
        "SELECT tree_size, frontier, last_xid::text, last_event_id FROM audit.checkpoints "
        "ORDER BY tree_size DESC LIMIT 1"
    ).fetchone()


def list_unsequenced(
    session: Session, after_xid: str, after_id: UUID, limit: int
) -> Sequence[tuple[str, UUID, bytes]]:
    """Events whose transactions all ended before the oldest one still running, in (xid, id) order.

    Ordering by id alone would skip a transaction that started earlier and commits later. The columns are named with
    their table, because a bare `xid` would mean the text of the answer, where 1000 comes before 999.
    """
    return session.raw(
        "SELECT xid::text, id, leaf FROM audit.events "
        "WHERE (xid, id) > (%s::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot()) "
        "ORDER BY events.xid, events.id LIMIT %s",
        (after_xid, after_id, limit),
    ).fetchall()


def add_leaves(session: Session, rows: Sequence[tuple[int, UUID, bytes]]) -> None:
    """Number events."""
    sequences, event_ids, digests = zip(*rows, strict=True)
    session.raw(
        "INSERT INTO audit.leaves (sequence, event_id, leaf_digest) "
        "SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[])",
        (list(sequences), list(event_ids), list(digests)),
    )


def add_checkpoint(
    session: Session,
    *,
    tree_size: int,
    root: bytes,
    kid: str,
    note: str,
    frontier: bytes,
    last_xid: str,
    last_event_id: UUID,
) -> None:
    """Keep a signed checkpoint."""
    session.raw(
        "INSERT INTO audit.checkpoints (tree_size, root_digest, at, kid, note, frontier, last_xid, last_event_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s::xid8, %s)",
        (tree_size, root, session.at, kid, note, frontier, last_xid, last_event_id),
    )


def list_leaves(session: Session, batch: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Batches of (sequence, event_id, leaf_digest, leaf, columns …) in sequence order; events may be missing."""
    last = -1
    while True:
        rows = session.raw(
            "SELECT l.sequence, l.event_id, l.leaf_digest, e.leaf, e.at, e.event, e.actor, e.account_id, "
            "e.client, e.subject_id, e.purpose, e.request_id, e.details, e.subject_ids, "
            "array(SELECT s.subject_id FROM audit.event_subjects s WHERE s.event_id = l.event_id) "
            "FROM audit.leaves l LEFT JOIN audit.events e ON e.id = l.event_id "
            "WHERE l.sequence > %s ORDER BY l.sequence LIMIT %s",
            (last, batch),
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def list_checkpoints(session: Session) -> Sequence[tuple[int, bytes, str, str]]:
    """(tree_size, root_digest, kid, note) of every checkpoint, oldest first."""
    return session.raw(
        "SELECT tree_size, root_digest, kid, note FROM audit.checkpoints ORDER BY tree_size"
    ).fetchall()


def count_leaves(session: Session) -> int:
    """How many events are numbered."""
    row = session.raw("SELECT count(*) FROM audit.leaves").fetchone()
    return int(row[0]) if row else 0


def count_events(session: Session) -> int:
    """How many events there are."""
    row = session.raw("SELECT count(*) FROM audit.events").fetchone()
    return int(row[0]) if row else 0


ABOUT = "(subject_id = %s OR subject_ids @> ARRAY[%s]::uuid[])"
NAMED = "(%s::text[] IS NULL OR event = ANY (%s))"
EVENT = "SELECT id, at, event, actor, client, purpose, details FROM audit.events"


def list_events_about(
    session: Session,
    subject: UUID,
    *,
    before: UUID | None,
    limit: int,
    events: Sequence[str] | None = None,
) -> Sequence[tuple[Any, ...]]:
    """(id, at, event, actor, client, purpose, details) about one subject, newest first, older than an event's id.

    `events` are the kinds wanted, all where none are given. Ids are drawn from the clock, so their order is that of time.
    """
    kinds = None if events is None else list(events)
    return session.raw(
        f"{EVENT} WHERE {ABOUT} AND {NAMED} AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s",
        (subject, subject, kinds, kinds, before, before, limit),
    ).fetchall()


def find_event_about(
    session: Session, subject: UUID, event_id: UUID, *, events: Sequence[str]
) -> tuple[Any, ...] | None:
    """One event about a subject, where it is of these kinds; columns as in `list_events_about`."""
    kinds = list(events)
    return session.raw(
        f"{EVENT} WHERE {ABOUT} AND {NAMED} AND id = %s", (subject, subject, kinds, kinds, event_id)
    ).fetchone()


def find_leaf_bytes(session: Session, event_id: UUID) -> bytes | None:
    """The frozen bytes of an event that row-level security shows."""
    row = session.raw("SELECT leaf FROM audit.events WHERE id = %s", (event_id,)).fetchone()
    return bytes(row[0]) if row else None


def find_sequence(session: Session, event_id: UUID) -> int | None:
    """Which leaf of the tree an event is, once it is numbered."""
    row = session.raw("SELECT sequence FROM audit.leaves WHERE event_id = %s", (event_id,)).fetchone()
    return int(row[0]) if row else None


def find_newest_checkpoint(session: Session) -> tuple[int, bytes, str, str] | None:
    """(tree_size, root_digest, kid, note) of the newest checkpoint."""
    row = session.raw(
        "SELECT tree_size, root_digest, kid, note FROM audit.checkpoints ORDER BY tree_size DESC LIMIT 1"
    ).fetchone()
    return (int(row[0]), bytes(row[1]), str(row[2]), str(row[3])) if row else None


def list_digests(session: Session, start: int, count: int) -> list[bytes]:
    """The hashes of some leaves in a row."""
    rows = session.raw(
        "SELECT leaf_digest FROM audit.leaves WHERE sequence >= %s AND sequence < %s ORDER BY sequence",
        (start, start + count),
    ).fetchall()
    return [bytes(row[0]) for row in rows]


def add_nodes(session: Session, rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Keep the roots of whole subtrees."""
    if not rows:
        return
    levels, numbers, digests = zip(*rows, strict=True)
    session.raw(
        "INSERT INTO audit.nodes (level, number, node_digest) "
        "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])",
        (list(levels), list(numbers), list(digests)),
    )


def find_node(session: Session, level: int, number: int) -> bytes | None:
    """The root of a whole subtree, where it was kept."""
    row = session.raw(
        "SELECT node_digest FROM audit.nodes WHERE level = %s AND number = %s", (level, number)
    ).fetchone()
    return bytes(row[0]) if row else None
