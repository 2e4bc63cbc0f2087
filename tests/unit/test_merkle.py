"""The audit tree is RFC 6962's, checked against its vectors and an independent implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from services.audit import merkle

# The reference data of the Certificate Transparency project: eight leaves and the roots after each.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def hashes(leaves: list[bytes]) -> list[bytes]:
    return [merkle.leaf_hash(leaf) for leaf in leaves]


def test_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root_of([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_root_of_the_reference_leaves_is_the_published_one(size: int) -> None:
    assert merkle.root_of(hashes(LEAVES[:size])).hex() == ROOTS[size - 1]


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=40))
def test_root_equals_that_of_an_independent_implementation(leaves: list[bytes]) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    assert merkle.root_of(hashes(leaves)) == tree.get_root()


@given(st.integers(1, 40), st.data())
def test_inclusion_proof_of_any_leaf_verifies_and_of_another_does_not(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes([bytes([number]) for number in range(size)])
    root, proof = merkle.root_of(leaves), merkle.inclusion_proof(leaves, index)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"another"), index, size, proof, root)
    assert not merkle.verify_inclusion(leaves[index], size, size, proof, root)


@given(st.integers(1, 60))
def test_frontier_dumped_and_loaded_goes_on_to_the_same_root(size: int) -> None:
    leaves = hashes([bytes([number]) for number in range(size + 5)])
    frontier = merkle.Frontier()
    for leaf in leaves[:size]:
        frontier.append(leaf)
    again = merkle.Frontier.load(size, frontier.dump())
    for leaf in leaves[size:]:
        again.append(leaf)
    assert again.root() == merkle.root_of(leaves)


def test_consistency_proof_of_the_reference_tree_is_the_published_one() -> None:
    found = [node.hex() for node in merkle.consistency_proof(hashes(LEAVES), 6)]
    assert found == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
