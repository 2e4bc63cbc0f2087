"""GB 11643: what counts as a resident's ID number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.errors import (
    IdNumberBirthDate,
    IdNumberCharacters,
    IdNumberCheck,
    IdNumberLength,
    IdNumberRegion,
)
from services.gateway.people.id_number import (
    IdNumberKind,
    check_character,
    mask_id_number,
    parse_id_number,
)

TODAY = date(2026, 11, 24)


def number(body: str) -> str:
    return body + check_character(body)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        (" 110105 19491231 002X ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("360426-19910101-0071", "360426199101010071"),
    ],
)
def test_parse_number_in_any_typing_is_normalised(text: str, value: str) -> None:
    assert parse_id_number(text, on=TODAY).value == value


def test_parse_mainland_number_says_birth_date_sex_and_place() -> None:
    found = parse_id_number("11010519491231002X", on=TODAY)
    assert (found.born_on, found.sex, found.kind) == (date(1949, 12, 31), "female", IdNumberKind.MAINLAND)
    assert found.is_place_known


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("81000019900101001", IdNumberKind.OFFSHORE),
        ("82000019900101001", IdNumberKind.OFFSHORE),
        ("83000019900101001", IdNumberKind.OFFSHORE),
        ("93184019850606003", IdNumberKind.FOREIGN),
    ],
)
def test_parse_card_of_people_from_elsewhere_is_taken(body: str, kind: IdNumberKind) -> None:
    assert parse_id_number(number(body), on=TODAY).kind is kind


def test_parse_district_younger_than_its_resident_is_a_hint_only() -> None:
    """Chongming was a county, 310230, until 2016; cards of older people carry 310151 all the same."""
    found = parse_id_number(number("31015119800101001"), on=TODAY)
    assert not found.is_place_known


def test_parse_district_that_nobody_knows_is_a_hint_only() -> None:
    assert not parse_id_number(number("31034919800517186"), on=TODAY).is_place_known


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", IdNumberLength),
        ("1101051949123100", IdNumberLength),
        ("11010519491231002XX", IdNumberLength),
        ("110105491231002", IdNumberLength),
        ("1101051949123100AX", IdNumberCharacters),
        ("11010519491231002Y", IdNumberCharacters),
        ("1101051949123١002X", IdNumberCharacters),
        ("110105194912310021", IdNumberCheck),
        (number("11010519491331002"), IdNumberBirthDate),
        (number("11010520990101002"), IdNumberBirthDate),
        (number("44052418800101001"), IdNumberBirthDate),
        (number("99010519491231002"), IdNumberRegion),
        (number("00010519491231002"), IdNumberRegion),
        (number("84000019491231002"), IdNumberRegion),
    ],
)
def test_parse_what_is_no_number_says_which_rule(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_id_number(text, on=TODAY)


def test_parse_child_born_today_is_taken_and_tomorrow_refused() -> None:
    assert parse_id_number(number("11010520261124002"), on=TODAY).born_on == TODAY
    with pytest.raises(IdNumberBirthDate):
        parse_id_number(number("11010520261125002"), on=TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_parse_number_with_one_digit_changed_is_refused(place: int, add: int) -> None:
    digits = list("11010519491231002X")
    digits[place] = str((int(digits[place]) + add) % 10)
    with pytest.raises(IdNumberCheck):
        parse_id_number("".join(digits), on=TODAY)


@given(st.text(max_size=40))
def test_parse_any_text_is_taken_or_refused_by_rule(text: str) -> None:
    try:
        found = parse_id_number(text, on=TODAY)
    except (IdNumberLength, IdNumberCharacters, IdNumberCheck, IdNumberRegion, IdNumberBirthDate):
        return
    assert len(found.value) == 18


def test_mask_number_hides_the_birth_date() -> None:
    assert mask_id_number("11010519491231002X") == "110***********002X"
