"""Mobile numbers of the mainland, normalised to E.164.

Standard: ITU-T E.164; the mainland's numbering plan gives mobiles 11 digits that start 13 to 19.
"""

import re
import unicodedata

from services.gateway.errors import PhoneNumberWrong

_SEPARATORS = str.maketrans("", "", " -()\u00b7\t\u3000")
_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


def parse_phone(text: str) -> str:
    """The number as +86 and 11 digits, however it was typed.

    Raises: PhoneNumberWrong 422.
    """
    found = _MOBILE.fullmatch(unicodedata.normalize("NFKC", text).translate(_SEPARATORS))
    if found is None:
        raise PhoneNumberWrong(field="phone")
    return f"+86{found.group(1)}"


def mask_phone(number: str) -> str:
    """The first three and last four of the 11 digits."""
    digits = number.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}"
