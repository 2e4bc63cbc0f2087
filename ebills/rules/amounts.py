"""Amounts as people type them. Pure."""

import re

from ebills.rules.bills import MOST_AMOUNT_MINOR

# Not the whole of Unicode's compatibility forms: a superscript two is no digit of an amount.
_NARROW = str.maketrans("０１２３４５６７８９．，￥", "0123456789.,¥")
_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


def fen_of(text: str) -> int | None:
    """Yuan with at most two decimals, full-width digits, 元 and ¥ allowed, as fen; None when it is no amount.

    Units: fen, 1..MOST_AMOUNT_MINOR.
    """
    narrow = text.translate(_NARROW).strip().removeprefix("¥").removesuffix("元").strip()
    found = _YUAN.fullmatch(narrow.replace(",", ""))
    if found is None:
        return None
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return fen if 0 < fen <= MOST_AMOUNT_MINOR else None
