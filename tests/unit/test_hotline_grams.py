"""Pairs of characters: whatever a substring search finds, and nothing else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import SearchTooBroad
from hotline.rules.grams import LENGTH, normalised, pairs_of, phrases_of, segments_of
from hotline.rules.search import Month, filed_at, groups_of, ids_between

WORDS = st.text(alphabet="路灯不亮坏了三号 aB1，", min_size=0, max_size=600)


def holds(text: str, phrase: str) -> bool:
    """What PostgreSQL answers: a character that is there, or pairs on places that follow one another."""
    for pairs, characters in segments_of(normalised(text)):
        if len(phrase) == 1:
            if phrase in characters:
                return True
            continue
        wanted = [set(pairs.get(pair, ())) for pair in pairs_of(phrase)]
        if any(all(start + step in places for step, places in enumerate(wanted)) for start in wanted[0]):
            return True
    return False


@given(WORDS, st.text(alphabet="路灯不亮坏了三号aB1，", min_size=1, max_size=12))
def test_pairs_any_text_find_exactly_what_a_substring_search_finds(text, phrase) -> None:
    phrase = normalised(phrase)
    assert holds(text, phrase) == (phrase in normalised(text))


@given(st.integers(0, 1200), st.integers(1, 64))
def test_pairs_a_phrase_anywhere_in_a_long_text_is_found(start, length) -> None:
    text = "".join(chr(0x4E00 + place % 20_000) for place in range(1300))
    phrase = text[start : start + length]
    assert holds(text, phrase)


def test_segments_no_lexeme_has_more_places_than_postgresql_keeps() -> None:
    for segment in segments_of("哈" * 20_000):
        assert all(len(places) <= 255 and max(places) < LENGTH for places in segment.pairs.values())


@pytest.mark.parametrize(
    ("given_text", "plain"),
    [("１２号　楼", "12号 楼"), ("ＡＢ\u200bc\x00", "abc"), ("路\n灯", "路 灯"), ("ﬃ", "ffi")],
)
def test_normalised_width_case_and_invisible_characters_make_no_difference(given_text, plain) -> None:
    assert normalised(given_text) == plain


@pytest.mark.parametrize("asked", ["", "   ", "路" * 65, "一 二 三 四 五 六 七 八 九"])
def test_phrases_too_few_or_too_many_are_refused(asked) -> None:
    with pytest.raises(SearchTooBroad):
        phrases_of(asked)


def test_groups_months_are_asked_once_each_newest_first() -> None:
    months = [one for group in groups_of(Month(2026, 11), Month(2023, 2)) for one in group]
    assert months[0] == Month(2026, 11)
    assert months[-1] == Month(2023, 2)
    assert len(months) == len(set(months)) == 46


def test_span_of_a_month_holds_its_first_and_last_ids_only() -> None:
    month = Month(2026, 11)
    first, last = ids_between(month.begins(), month.after().begins())
    assert filed_at(first) == month.begins()
    assert filed_at(UUID(int=last.int + 1)) == month.after().begins()
