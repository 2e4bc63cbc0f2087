"""Cuts a ticket's words into pairs of characters, so that Chinese is found exactly without a dictionary. Pure.

A dictionary splits a sentence into words and then finds only those (recall 0.60 on our tickets); pairs of neighbouring
characters with their positions find whatever a search for the substring would find, and nothing else.
"""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from hotline.errors import SearchTooBroad

MOST_PHRASE = 64
MOST_PHRASES = 8
# A phrase of the greatest length lies whole in one segment, and no segment is longer than the 255 positions that
# PostgreSQL keeps of one lexeme.
STEP = 192
LENGTH = STEP + MOST_PHRASE - 1


class Segment(NamedTuple):
    """A stretch of a text: its pairs with their places (from 1), and the characters it holds."""

    pairs: dict[str, list[int]]
    characters: frozenset[str]


class _Kept(dict[int, str | None]):
    """What becomes of a character: spaces become one kind, control and format characters go. Fills as it is asked."""

    def __missing__(self, code: int) -> str | None:
        one = chr(code)
        kept = " " if one.isspace() else one
        self[code] = None if unicodedata.category(kept) in {"Cc", "Cf"} else kept
        return self[code]


_KEPT = _Kept()


def normalised(text: str) -> str:
    """Full width as half width, without case, control and format characters, runs of space as one."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(plain.translate(_KEPT).split())


def segments_of(text: str) -> Iterator[Segment]:
    """The overlapping segments of a text that was normalised; none of an empty one."""
    for start in range(0, len(text), STEP):
        stretch = text[start : start + LENGTH]
        pairs: dict[str, list[int]] = {}
        for place, pair in enumerate(pairs_of(stretch), start=1):
            if " " not in pair:
                pairs.setdefault(pair, []).append(place)
        yield Segment(pairs, frozenset(stretch) - {" "})


def pairs_of(phrase: str) -> list[str]:
    """Neighbouring characters, two by two, in their order."""
    return [phrase[place : place + 2] for place in range(len(phrase) - 1)]


def distinct_pairs(text: str) -> set[str]:
    """By what two texts are compared: their pairs, none across a gap."""
    return {pair for pair in pairs_of(normalised(text)) if " " not in pair}


def phrases_of(asked: str) -> tuple[str, ...]:
    """What must all be found: the words between spaces. Raises: SearchTooBroad 422."""
    phrases = tuple(dict.fromkeys(normalised(asked).split()))
    if not phrases or len(phrases) > MOST_PHRASES or any(len(one) > MOST_PHRASE for one in phrases):
        raise SearchTooBroad
    return phrases
