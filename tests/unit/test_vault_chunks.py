"""Long contents open from all their chunks in their places, and from nothing less."""

from uuid import UUID

import pytest

from hotline.models import attachment_chunks
from services.vault import chunks
from services.vault.chunks import CHUNK_BYTES, seal_chunks, seal_place, unseal_chunks
from services.vault.errors import SealBroken
from services.vault.sealing import Cipher

COLUMN = attachment_chunks.c.content_sealed
CIPHER = Cipher(bytes(range(32)), UUID(int=7))
ROW = UUID(int=1)
PLACE = (3,)


@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_seal_chunks_of_any_length_open_to_the_content(length: int) -> None:
    content = bytes(length)
    sealed = seal_chunks(CIPHER, COLUMN, ROW, PLACE, content)
    assert len(sealed) == max(1, -(-length // CHUNK_BYTES))
    assert unseal_chunks(CIPHER, COLUMN, ROW, PLACE, sealed) == content


TOUCHES = {
    "none": lambda sealed: [],
    "first-left-out": lambda sealed: sealed[1:],
    "last-left-out": lambda sealed: sealed[:-1],
    "two-swapped": lambda sealed: [sealed[1], sealed[0], *sealed[2:]],
    "one-twice": lambda sealed: [*sealed, sealed[-1]],
    "one-flipped": lambda sealed: [sealed[0][:-1] + bytes([sealed[0][-1] ^ 1]), *sealed[1:]],
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_unseal_chunks_after_a_touch_fails_closed(touch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 4)
    sealed = seal_chunks(CIPHER, COLUMN, ROW, PLACE, b"ten bytes!")
    assert len(sealed) == 3
    with pytest.raises(SealBroken):
        unseal_chunks(CIPHER, COLUMN, ROW, PLACE, TOUCHES[touch](sealed))


@pytest.mark.parametrize(("row", "place"), [(UUID(int=2), PLACE), (ROW, (4,)), (ROW, (3, 0))])
def test_unseal_chunks_in_another_place_fails_closed(row: UUID, place: tuple[int, ...]) -> None:
    sealed = seal_chunks(CIPHER, COLUMN, ROW, PLACE, b"content")
    with pytest.raises(SealBroken):
        unseal_chunks(CIPHER, COLUMN, row, place, sealed)


def test_seal_place_of_other_numbers_is_another_place() -> None:
    places = {seal_place(row, *numbers) for row in (ROW, UUID(int=2)) for numbers in ((0, 1), (1, 0))}
    assert len(places) == 4
