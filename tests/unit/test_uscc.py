"""The unified social credit code, checked by part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legal_id.errors import UsccInvalid
from legal_id.uscc import ALPHABET, parse_uscc
from services.demo.city import invent_city

# Published codes of well-known organisations.
REAL = ("91110000600037341L", "91440300708461136T", "91330100799655058B", "12100000400010275N")
SOUND = tuple(firm.uscc for firm in invent_city().legal_persons)


@pytest.mark.parametrize("code", REAL)
def test_parse_of_a_published_code_accepts_it(code: str) -> None:
    assert parse_uscc(code) == code


def test_parse_of_small_letters_and_spaces_gives_the_written_form() -> None:
    assert parse_uscc(f" {SOUND[0].lower()} ") == SOUND[0]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "123456789012345",
        SOUND[0][:-1],
        SOUND[0] + "0",
        "O" + SOUND[0][1:],
        "99" + SOUND[0][2:],
        "９" + SOUND[0][1:],
    ],
)
def test_parse_of_a_wrong_code_says_which_part_and_not_the_code(code: str) -> None:
    with pytest.raises(UsccInvalid) as caught:
        parse_uscc(code)
    assert caught.value.field == "/uscc"
    assert not code or code not in str(caught.value.facts["expected"])


@given(st.sampled_from(SOUND), st.integers(2, 17), st.sampled_from(sorted(ALPHABET)))
def test_parse_with_one_character_changed_refuses(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    if changed != code:
        with pytest.raises(UsccInvalid):
            parse_uscc(changed)


@given(st.sampled_from(SOUND), st.integers(8, 16))
def test_parse_with_two_neighbours_exchanged_refuses(code: str, place: int) -> None:
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if changed != code:
        with pytest.raises(UsccInvalid):
            parse_uscc(changed)
