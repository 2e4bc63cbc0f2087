"""User codes: eight letters that are read off one screen and typed into another.

Standard: RFC 8628 section 6.1: no vowels, so that no words come out, and nothing that looks like a digit;
20^8 codes, which with 5 guesses leave a chance of less than 2^-32 (section 5.1).
"""

import re
import secrets

from services.ports import KeyRing

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
FIELD = "gateway.user_code"
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
# What people put between the groups, and what their keyboards make of it.
_SEPARATORS = re.compile(r"[\s\-‐-―－·.,_]+")


def new_user_code() -> str:
    """A fresh code, drawn from the operating system."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def show_user_code(code: str) -> str:
    """The code in two groups, as it is read aloud."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read_user_code(typed: str) -> str | None:
    """The code that was meant, whatever its case and separators; None when it cannot be one."""
    code = _SEPARATORS.sub("", typed).upper() if len(typed) <= 4 * LENGTH else ""
    return code if _CODE.fullmatch(code) else None


def user_code_digest(keys: KeyRing, code: str) -> bytes:
    """What is stored. Keyed: all codes there are could be tried against a plain hash."""
    return keys.index(FIELD, code)
