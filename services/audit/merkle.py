"""The Merkle tree of RFC 6962 section 2.1: leaf and node hashes, roots, proofs, and a growing frontier. Pure."""

import hashlib
from collections.abc import Sequence


def leaf_hash(content: bytes) -> bytes:
    """MTH({d}) = SHA-256(0x00 || d)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; the empty tree's is SHA-256 of nothing."""
    frontier = Frontier()
    for leaf in hashes:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """The right edge of a tree: enough to append leaves and to know the root, log2(n) hashes.

    `peaks` are the roots of the complete subtrees, largest first; their sizes are the bits of `size`.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add one leaf hash at the right; the roots of the subtrees that it completes, of 2, 4, 8 … leaves."""
        node, size = leaf, self.size
        completed = []
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            completed.append(node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def dump(self) -> bytes:
        """The peaks as bytes."""
        return b"".join(self.peaks)

    @classmethod
    def load(cls, size: int, dumped: bytes) -> "Frontier":
        """A frontier from its size and dumped peaks."""
        return cls(size, [dumped[start : start + 32] for start in range(0, len(dumped), 32)])


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1: from the leaf's sibling upwards."""
    if len(hashes) <= 1:
        return []
    middle = split(len(hashes))
    if index < middle:
        return [*inclusion_proof(hashes[:middle], index), root_of(hashes[middle:])]
    return [*inclusion_proof(hashes[middle:], index - middle), root_of(hashes[:middle])]


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF(m, D[n]) of section 2.1.2: that the first `old_size` leaves are a prefix."""

    def part(leaves: Sequence[bytes], size: int, *, is_whole: bool) -> list[bytes]:
        if size == len(leaves):
            return [] if is_whole else [root_of(leaves)]
        middle = split(len(leaves))
        if size <= middle:
            return [*part(leaves[:middle], size, is_whole=is_whole), root_of(leaves[middle:])]
        return [*part(leaves[middle:], size - middle, is_whole=False), root_of(leaves[:middle])]

    return part(hashes, old_size, is_whole=True) if 0 < old_size <= len(hashes) else []


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof leads from a leaf hash to the root (RFC 9162 section 2.1.3.2)."""
    if index >= size:
        return False
    node, last = index, size - 1
    current = leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and current == root
