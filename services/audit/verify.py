"""Verifies the whole log: every leaf, every root, every signature, and older checkpoints kept elsewhere."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.audit import merkle, store
from services.audit.checkpoint import read_checkpoint
from services.audit.sequencer import WITNESS
from services.database.session import Session
from services.vault.signing import list_public_keys

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. `faults` are (sequence, sentence); none means the log is whole."""

    leaves: int
    checkpoints: int
    waiting: int
    faults: tuple[tuple[int, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered."""
        return not self.faults


def verify_log(
    session: Session, *, witness: Path | None = None, progress: Callable[[int], None] | None = None
) -> Verdict:
    """Recompute everything from the frozen bytes of the events.

    Access: the verifier's role.
    Names the sequence of a row that was edited, deleted, reordered or cut off.
    """
    faults: list[tuple[int, str]] = []
    kept = _witnessed(witness)
    # The sequencer may be at work meanwhile: what was there before the walk must be found by it, and what the
    # walk finds must have a checkpoint after it.
    before = _checkpoints(session)
    newest = max(before, default=0)
    roots = {0: merkle.Frontier().root()}
    frontier = merkle.Frontier()
    for rows in store.list_leaves(session, BATCH):
        for row in rows:
            _check_row(row, frontier.size, faults)
            frontier.append(bytes(row[2]))
            if frontier.size in before or frontier.size in kept or frontier.size > newest:
                roots[frontier.size] = frontier.root()
        if progress:
            progress(len(rows))
    after = {size: found for size, found in _checkpoints(session).items() if size <= frontier.size}
    checkpoints = {**before, **after}
    _check_checkpoints(session, checkpoints, roots, frontier.size, faults)
    _check_witness(kept, roots, frontier.size, faults)
    waiting = max(0, store.count_events(session) - frontier.size)
    return Verdict(frontier.size, len(checkpoints), waiting, tuple(faults))


def _checkpoints(session: Session) -> dict[int, tuple[bytes, str, str]]:
    return {size: (bytes(root), kid, note) for size, root, kid, note in store.list_checkpoints(session)}


def _check_row(row: Sequence[Any], expected: int, faults: list[tuple[int, str]]) -> None:
    sequence, _, digest, leaf, *columns = row
    if sequence != expected:
        faults.append((expected, f"row {expected} is missing or out of order (found {sequence})"))
    if leaf is None:
        faults.append((sequence, "the event was deleted"))
    elif merkle.leaf_hash(bytes(leaf)) != bytes(digest):
        faults.append((sequence, "the event was edited, or rows were exchanged"))
    elif not _columns_match(row[1], json.loads(bytes(leaf)), columns):
        faults.append((sequence, "a column of the event was edited"))


def _columns_match(event_id: object, leaf: dict[str, Any], columns: Sequence[Any]) -> bool:
    at, event, actor, account, client, subject, purpose, request, details, listed, subjects = columns
    told_subjects = sorted(leaf["subjects"])
    # Rows from before the ids stood in the row too have none there.
    if listed is not None and sorted(str(one) for one in listed) != told_subjects:
        return False
    shown = (
        str(event_id),
        at.isoformat(timespec="microseconds"),
        event,
        actor,
        account and str(account),
        client,
        subject and str(subject),
        purpose,
        request,
        details,
        sorted(str(one) for one in subjects),
    )
    told = tuple(
        leaf[name]
        for name in (
            "id",
            "at",
            "event",
            "actor",
            "account",
            "client",
            "subject",
            "purpose",
            "request",
            "details",
        )
    )
    return shown == (*told, told_subjects)


def _check_checkpoints(
    session: Session,
    checkpoints: dict[int, tuple[bytes, str, str]],
    roots: dict[int, bytes],
    size: int,
    faults: list[tuple[int, str]],
) -> None:
    keys = {key.kid: key.public_key.public_key for key in list_public_keys(session, "audit")}
    for tree_size, (root, kid, note) in sorted(checkpoints.items()):
        key = keys.get(kid)
        told = read_checkpoint(note, key) if isinstance(key, Ed25519PublicKey) else None
        if told is None or told.tree_size != tree_size or told.root != root:
            faults.append((tree_size - 1, f"the checkpoint of {tree_size} rows is not genuine"))
        elif tree_size > size:
            faults.append((size, f"rows from {size} on were cut off; a checkpoint knows {tree_size}"))
        elif roots[tree_size] != root:
            faults.append((_first_difference(faults, tree_size), f"the first {tree_size} rows were altered"))
    newest = max(checkpoints, default=0)
    if size > newest:
        faults.append((newest, f"rows from {newest} on have no checkpoint"))


def _first_difference(faults: Sequence[tuple[int, str]], tree_size: int) -> int:
    return min((sequence for sequence, _ in faults if sequence < tree_size), default=tree_size - 1)


def _witnessed(folder: Path | None) -> dict[int, bytes]:
    """Tree sizes and roots that were published outside the database."""
    path = folder / WITNESS if folder else None
    if path is None or not path.exists():
        return {}
    kept = {}
    for line in path.read_text().splitlines():
        size, root, *_ = line.split()
        kept[int(size)] = base64.b64decode(root)
    return kept


def _check_witness(
    kept: dict[int, bytes], roots: dict[int, bytes], size: int, faults: list[tuple[int, str]]
) -> None:
    for tree_size, root in sorted(kept.items()):
        if tree_size > size:
            faults.append((size, f"rows from {size} on were cut off; the witness file knows {tree_size}"))
        elif roots[tree_size] != root:
            faults.append(
                (
                    _first_difference(faults, tree_size),
                    f"the first {tree_size} rows differ from the witness file",
                )
            )
