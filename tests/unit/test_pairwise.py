"""Pairwise subject identifiers: stable within a sector, unlinkable across."""

import hashlib
import hmac
from uuid import UUID

import pytest

from services.gateway.pairwise import pairwise_sub, sector_of

ANNE = UUID("01890000-0000-7000-8000-000000000001")
BO = UUID("01890000-0000-7000-8000-000000000002")


class Ring:
    """A key ring of the test's own: HMAC under a key for each field, as the vault's is."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def index(self, field: str, value: str) -> bytes:
        return hmac.digest(self.key + field.encode(), value.encode(), hashlib.sha256)


def test_pairwise_sub_same_sector_and_subject_is_stable():
    assert pairwise_sub(Ring(b"k"), "a.example", ANNE) == pairwise_sub(Ring(b"k"), "a.example", ANNE)


def test_pairwise_sub_other_sector_subject_or_key_differs():
    subs = {
        pairwise_sub(Ring(b"k"), "a.example", ANNE),
        pairwise_sub(Ring(b"k"), "b.example", ANNE),
        pairwise_sub(Ring(b"k"), "a.example", BO),
        pairwise_sub(Ring(b"other"), "a.example", ANNE),
    }
    assert len(subs) == 4


def test_pairwise_sub_is_at_most_255_ascii_characters_and_names_nobody():
    sub = pairwise_sub(Ring(b"k"), "a.example", ANNE)
    assert sub.isascii()
    assert len(sub) == 43
    assert ANNE.hex not in sub


@pytest.mark.parametrize(
    ("uris", "sector"),
    [
        (["https://a.example/cb"], "a.example"),
        (["https://a.example/cb", "https://a.example/other"], "a.example"),
        (["https://a.example/cb", "https://b.example/cb"], "c-1"),
        (["http://127.0.0.1/cb"], "c-1"),
        (["http://localhost:9000/cb"], "c-1"),
        (["https://a.example/cb", "http://127.0.0.1/cb"], "c-1"),
        (["com.example.app:/cb"], "c-1"),
        ([], "c-1"),
    ],
)
def test_sector_of_redirect_uris_is_their_one_https_host_or_the_client(uris, sector):
    assert sector_of(uris, "c-1") == sector
