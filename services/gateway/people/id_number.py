"""The resident's ID number: what counts as one, and what it says.

Standard: GB 11643-1999 with the check character of ISO 7064 MOD 11-2. The library knows the check character
    and the districts; which prefixes and birth dates we take is decided here, because its own policy refuses
    living people: residents from Hong Kong, Macao and Taiwan (81 to 83), foreigners with the card of 2023
    (9...), and people born before their district got its code.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from services.gateway.errors import (
    IdNumberBirthDate,
    IdNumberCharacters,
    IdNumberCheck,
    IdNumberLength,
    IdNumberRegion,
)

LENGTH = 18
OLDEST_YEARS = 130
_SEPARATORS = str.maketrans("", "", " -\u00b7\t\u3000")
# The first two digits of GB/T 2260, in which mainland numbers are issued; 71 is Taiwan by birth.
_MAINLAND = frozenset(
    f"{region}{province}"
    for region, provinces in {
        1: "12345",
        2: "123",
        3: "1234567",
        4: "123456",
        5: "01234",
        6: "12345",
        7: "1",
    }.items()
    for province in provinces
)
_OFFSHORE = frozenset({"81", "82", "83"})
_FOREIGN = "9"


class IdNumberKind(StrEnum):
    """Which card carries the number."""

    MAINLAND = "mainland"
    OFFSHORE = "offshore"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A sound ID number. `is_place_known` is a hint for a clerk and never a reason to refuse."""

    value: str
    kind: IdNumberKind
    born_on: date
    sex: str
    is_place_known: bool


def compact_id_number(text: str) -> str:
    """The number as typed, without separators, in ASCII and upper case: 17 digits and a digit or X."""
    return unicodedata.normalize("NFKC", text).translate(_SEPARATORS).upper()


def check_character(body: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    if len(body) != LENGTH - 1 or not (body.isascii() and body.isdigit()):
        raise ValueError("the body of an ID number has 17 digits")
    return str(ric.calc_check_digit(body + "0"))


def parse_id_number(text: str, *, on: date) -> IdNumber:
    """Read an ID number as of a civil date.

    Standard: GB 11643-1999.
    Raises: IdNumberLength, IdNumberCharacters, IdNumberCheck, IdNumberRegion, IdNumberBirthDate, each 422.
    """
    number = compact_id_number(text)
    if len(number) != LENGTH:
        raise IdNumberLength(field="id_number", length=len(number))
    body, last = number[:-1], number[-1]
    if not (number.isascii() and body.isdigit() and (last.isdigit() or last == "X")):
        raise IdNumberCharacters(field="id_number")
    if last != check_character(body):
        raise IdNumberCheck(field="id_number")
    return IdNumber(
        value=number,
        kind=_kind_of(number),
        born_on=_born_on(number, on),
        sex="male" if int(number[16]) % 2 else "female",
        is_place_known=_is_place_known(number),
    )


def mask_id_number(number: str) -> str:
    """The first three and last four characters: enough to recognise one's own, too little to be of use."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def _kind_of(number: str) -> IdNumberKind:
    if number[:2] in _MAINLAND:
        return IdNumberKind.MAINLAND
    if number[:2] in _OFFSHORE:
        return IdNumberKind.OFFSHORE
    # 9, the province that issued the card, then the country by its three digits (GB/T 2659).
    if number[0] == _FOREIGN and number[1:3] in _MAINLAND:
        return IdNumberKind.FOREIGN
    raise IdNumberRegion(field="id_number")


def _born_on(number: str, on: date) -> date:
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdNumberBirthDate(field="id_number") from None
    if born_on > on or born_on.year < on.year - OLDEST_YEARS:
        raise IdNumberBirthDate(field="id_number")
    return born_on


def _is_place_known(number: str) -> bool:
    try:
        ric.get_birth_place(number)
    except (ValidationError, KeyError):
        # KeyError: the library trips over a district it does not know in a province that it does.
        return False
    return True
