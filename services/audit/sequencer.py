"""Numbers committed events, grows the tree, signs a checkpoint and publishes it to the witness file.

One transaction per run: killed at any point it leaves no gap and no duplicate.
"""

import os
from base64 import b64encode
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit import merkle, store
from services.audit.checkpoint import sign_checkpoint
from services.audit.proof import KEPT_LEVEL
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.vault.signing import active_signing_key

BATCH = 5000
WITNESS = "checkpoints.log"


def sequence_events(database: Database, witness: Path | None = None) -> int:
    """Sequence what waits, in batches; returns how many events were numbered.

    Access: enters the sequencer's role. An advisory lock lets one sequencer work; others return at once.
    """
    total = 0
    while True:
        with database.transaction(Opening(role=Role.SEQUENCER)) as session:
            done, line = _sequence_batch(session)
        if line and witness is not None:
            _publish(witness, line)
        total += done
        if done < BATCH:
            return total


def _sequence_batch(session: Session) -> tuple[int, str | None]:
    if not store.lock_sequencer(session):
        return 0, None
    size, frontier, last_xid, last_id = _last(session)
    rows = store.list_unsequenced(session, last_xid, last_id, BATCH)
    if not rows:
        return 0, None
    leaves, nodes = [], []
    for offset, (_, event_id, leaf) in enumerate(rows):
        digest = merkle.leaf_hash(bytes(leaf))
        for level, node in enumerate(frontier.append(digest), start=1):
            if level >= KEPT_LEVEL:
                nodes.append((level, (frontier.size >> level) - 1, node))
        leaves.append((size + offset, event_id, digest))
    store.add_leaves(session, leaves)
    store.add_nodes(session, nodes)
    return len(rows), _sign(session, frontier, rows[-1][0], rows[-1][1])


def _last(session: Session) -> tuple[int, merkle.Frontier, str, UUID]:
    found = store.find_last_checkpoint(session)
    if found is None:
        return 0, merkle.Frontier(), "0", UUID(int=0)
    size, dumped, last_xid, last_id = found
    return size, merkle.Frontier.load(size, bytes(dumped)), last_xid, last_id


def _sign(session: Session, frontier: merkle.Frontier, last_xid: str, last_id: UUID) -> str:
    key = active_signing_key(session, "audit")
    private = key.private_key.private_key
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError("the audit key is no Ed25519 key")
    root = frontier.root()
    note = sign_checkpoint(private, tree_size=frontier.size, root=root, at=session.at)
    store.add_checkpoint(
        session,
        tree_size=frontier.size,
        root=root,
        kid=key.kid,
        note=note,
        frontier=frontier.dump(),
        last_xid=last_xid,
        last_event_id=last_id,
    )
    public = b64encode(private.public_key().public_bytes_raw()).decode()
    return f"{frontier.size} {b64encode(root).decode()} {session.at.isoformat(timespec='seconds')} {public}\n"


def _publish(witness: Path, line: str) -> None:
    """Append to the witness file, a copy outside the database that convicts a truncated log."""
    witness.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(witness / WITNESS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.write(line)
