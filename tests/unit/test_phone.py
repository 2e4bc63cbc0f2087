"""Mobile numbers, and telling the kinds of user name apart."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.errors import PhoneNumberWrong
from services.gateway.people.phone import mask_phone, parse_phone
from services.gateway.people.usernames import Username, mask_name, read_username

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "008613812345678",
        "１３８１２３４５６７８",
    ],
)
def test_parse_mobile_in_any_typing_is_e164(text: str) -> None:
    assert parse_phone(text) == "+8613812345678"


@pytest.mark.parametrize(
    "text", ["", "1381234567", "12812345678", "138123456789", "021-12345678", "+1 2025550123"]
)
def test_parse_other_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneNumberWrong):
        parse_phone(text)


def test_mask_phone_keeps_three_and_four() -> None:
    assert mask_phone("+8613812345678") == "138****5678"


@pytest.mark.parametrize(("name", "shown"), [("王敏", "*敏"), ("欧阳小明", "***明"), ("敏", "敏"), ("", "")])
def test_mask_name_keeps_the_last_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("text", "username"),
    [
        ("11010519491231002x", Username("id_number", "11010519491231002X")),
        ("138 1234 5678", Username("phone", "+8613812345678")),
        (" Operator1 ", Username("username", "operator1")),
        ("110105194912310021", Username("username", "110105194912310021")),
    ],
)
def test_read_username_tells_the_kinds_apart(text: str, username: Username) -> None:
    assert read_username(text, on=TODAY) == username


@given(st.text(max_size=200))
def test_read_username_takes_any_text(text: str) -> None:
    assert read_username(text, on=TODAY).kind in {"id_number", "phone", "username"}
