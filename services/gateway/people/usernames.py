"""What somebody types to say who they are: an ID number, a phone number, or a staff user name."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from services.errors import Invalid
from services.gateway.errors import StaffUsernameWrong
from services.gateway.people.id_number import parse_id_number
from services.gateway.people.phone import parse_phone

LONGEST = 64
_STAFF = re.compile(r"[a-z][a-z0-9._-]{1,63}")


@dataclass(frozen=True, slots=True)
class Username:
    """A normalised user name; `kind` is the blind index it is looked up in."""

    kind: str
    value: str


def read_username(text: str, *, on: date) -> Username:
    """Normalise whatever was typed; what is no sound number is taken for a staff user name."""
    short = text[:LONGEST]
    try:
        return Username("id_number", parse_id_number(short, on=on).value)
    except Invalid:
        pass
    try:
        return Username("phone", parse_phone(short))
    except Invalid:
        return Username("username", unicodedata.normalize("NFKC", short).strip().lower())


def parse_staff_username(text: str) -> Username:
    """A user name for staff.

    Raises: StaffUsernameWrong 422.
    """
    value = unicodedata.normalize("NFKC", text).strip().lower()
    if not _STAFF.fullmatch(value):
        raise StaffUsernameWrong(field="username")
    return Username("username", value)


def mask_name(name: str) -> str:
    """All but the last character: tells brothers and sisters apart without saying who they are."""
    return "*" * (len(name) - 1) + name[-1:]
