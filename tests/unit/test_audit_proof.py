"""Proofs from kept nodes and leaves are those that the whole list of leaves gives."""

import pytest

from services.audit import merkle, proof, store


class Log:
    """A log in memory, standing in the place of the store; it counts what is read."""

    def __init__(self, size: int, *, kept: bool) -> None:
        self.hashes = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.read = 0
        frontier = merkle.Frontier()
        for leaf in self.hashes:
            for level, node in enumerate(frontier.append(leaf), start=1):
                if kept and level >= proof.KEPT_LEVEL:
                    self.nodes[level, (frontier.size >> level) - 1] = node
        self.root = frontier.root()

    def list_digests(self, session: object, start: int, count: int) -> list[bytes]:
        del session
        self.read += count
        return self.hashes[start : start + count]

    def find_node(self, session: object, level: int, number: int) -> bytes | None:
        del session
        return self.nodes.get((level, number))


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 700, 1024, 3000])
def test_proof_leads_from_every_leaf_to_the_root(
    monkeypatch: pytest.MonkeyPatch, size: int, *, kept: bool
) -> None:
    log = Log(size, kept=kept)
    monkeypatch.setattr(store, "list_digests", log.list_digests)
    monkeypatch.setattr(store, "find_node", log.find_node)
    for index in {0, size // 3, size // 2, size - 1}:
        log.read = 0
        path = proof._path(None, index, 0, size)  # type: ignore[arg-type]  # the pure half
        assert path == merkle.inclusion_proof(log.hashes, index)
        assert merkle.verify_inclusion(log.hashes[index], index, size, path, log.root)
        # The leaf's own 256, at most as many again at the right edge.
        assert not kept or log.read <= 2 * (1 << proof.KEPT_LEVEL)
