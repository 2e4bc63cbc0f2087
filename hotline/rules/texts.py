"""What people type, made safe to keep and to compare. Pure; nothing is left out without a count."""

import re
import unicodedata
from dataclasses import dataclass

from services.errors import Invalid
from services.words import msgid

MOST_TEXT = 20_000
# Marks that turn the direction of what follows: a text could read otherwise than it is (CVE-2021-42574).
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
KEPT = frozenset("\n\t")
_WIDE = str.maketrans(
    "０１２３４５６７８９＋－（）／：．　",
    "0123456789+-()/:. ",
)
_MOBILE = re.compile(r"(?:0086|86)?(1[3-9][0-9]{9})")
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_GAPS = re.compile(r"\s+")
_DISTRICT = re.compile(r"(?:^|[市省,，\s])([\u4e00-\u9fff]{2,4}区)")
NO_DISTRICT = ("小区", "社区", "园区", "校区", "景区", "片区")


@dataclass(frozen=True, slots=True)
class Tidied:
    """A text without what nobody can see, and how many characters were taken out."""

    text: str
    removed: int


def tidy(text: str) -> Tidied:
    """Take out NUL, control characters, marks of direction and what is no character; digits become narrow."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(character for character in lines if not _is_unseen(character))
    return Tidied(kept.translate(_WIDE).strip(), len(lines) - len(kept))


def one_line(text: str) -> Tidied:
    """The same for a single line: breaks become spaces."""
    found = tidy(text)
    return Tidied(_GAPS.sub(" ", found.text), found.removed)


def check_code(code: str) -> None:
    """What staff name a text by, as it stands in addresses. Raises: Invalid 422."""
    if not _CODE.fullmatch(code):
        raise Invalid(field="/code", expected=msgid("小写字母、数字和短横，最多 60 个"))


def likeness(text: str) -> str:
    """What two texts have in common when they say the same: case, width and spaces do not count."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def district_in(address: str) -> str:
    """The district that an address names, or an empty text."""
    found = [name for name in _DISTRICT.findall(address) if not name.endswith(NO_DISTRICT)]
    return found[0] if found else ""


def _is_unseen(character: str) -> bool:
    if character in KEPT:
        return False
    if character in BIDI or character == "\ufeff" or ord(character) & 0xFFFE == 0xFFFE:
        return True
    return unicodedata.category(character) in {"Cc", "Cs"} or 0xFDD0 <= ord(character) <= 0xFDEF


def phone_of(text: str) -> str:
    """A telephone number to compare by: digits alone, mobiles of the mainland without +86; empty when it is none."""
    narrow = unicodedata.normalize("NFKC", text)
    digits = "".join(character for character in narrow if character.isascii() and character.isdigit())
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return mobile.group(1)
    return digits if 3 <= len(digits) <= 20 else ""
