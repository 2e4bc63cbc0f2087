"""Inclusion proofs: that one event stands in the tree which a signed checkpoint fixes, for anybody to check.

A proof needs the roots of about log2(n) subtrees. The large ones are kept by the sequencer, small ones and those from
before nodes were kept are computed from the leaves, so that a proof costs the same in a log of a thousand millions.

Standard: RFC 6962 section 2.1.1, RFC 9162 section 2.1.3.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.audit import merkle, store
from services.database.session import Session
from services.errors import CitizenError, NotFound
from services.vault.signing import list_public_keys
from services.words import msgid

# Subtrees of at least 2**8 leaves are kept as nodes; smaller ones are hashed anew.
KEPT_LEVEL = 8


class ProofNotReady(CitizenError):
    """The event was written a moment ago; its number in the log and the next checkpoint are on their way."""

    code = "web.proof_not_ready"
    status = 409
    title = msgid("这一条刚写下，还没有编号。几秒后再来取它的证明")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Everything that an outsider needs, besides having seen the checkpoint somewhere else."""

    event_id: UUID
    leaf: bytes
    index: int
    tree_size: int
    path: tuple[bytes, ...]
    root: bytes
    checkpoint: str
    kid: str
    public_key: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The proof as a file: hashes in base64, the leaf as the text whose bytes were hashed."""
        return {
            "event": str(self.event_id),
            "leaf": self.leaf.decode(),
            "leaf_index": self.index,
            "tree_size": self.tree_size,
            "inclusion_path": [b64encode(node).decode() for node in self.path],
            "root_hash": b64encode(self.root).decode(),
            "checkpoint": self.checkpoint,
            "public_key": {"kid": self.kid, **self.public_key},
            "standard": "RFC 6962 section 2.1: leaf = SHA-256(0x00 || leaf), node = SHA-256(0x01 || left || right)",
        }


def prove_event(session: Session, event_id: UUID) -> InclusionProof:
    """The proof of an event under the newest checkpoint.

    Access: events that row-level security shows.
    Raises: NotFound 404, ProofNotReady 409.
    """
    leaf = store.find_leaf_bytes(session, event_id)
    if leaf is None:
        raise NotFound
    index = store.find_sequence(session, event_id)
    checkpoint = store.find_newest_checkpoint(session)
    if index is None or checkpoint is None or checkpoint[0] <= index:
        raise ProofNotReady
    tree_size, root, kid, note = checkpoint
    keys = {key.kid: key.jwk for key in list_public_keys(session, "audit")}
    path = tuple(_path(session, index, 0, tree_size))
    return InclusionProof(event_id, leaf, index, tree_size, path, root, note, kid, keys.get(kid, {}))


def _path(session: Session, index: int, start: int, size: int) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1 over the leaves from `start` on."""
    if size == 1:
        return []
    middle = merkle.split(size)
    if index < middle:
        return [*_path(session, index, start, middle), _root(session, start + middle, size - middle)]
    return [*_path(session, index - middle, start + middle, size - middle), _root(session, start, middle)]


def _root(session: Session, start: int, size: int) -> bytes:
    """The root over some leaves; a whole subtree that is kept is one look-up."""
    if size < 1 << KEPT_LEVEL:
        return merkle.root_of(store.list_digests(session, start, size))
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        kept = store.find_node(session, level, start >> level)
        if kept is not None:
            return kept
    middle = merkle.split(size)
    return merkle.node_hash(_root(session, start, middle), _root(session, start + middle, size - middle))
