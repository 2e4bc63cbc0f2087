"""The unified social credit code (GB 32100-2015 with Amendment 1), checked by part. Pure.

The check character of the whole comes from a library; the inner organisation code's digit (GB 11714-1997) and the
first two characters are ours, because the library knows neither letters there nor the inner digit.
"""

import unicodedata
from collections.abc import Mapping

from stdnum.cn import uscc as standard

from legal_id.errors import UsccInvalid
from services.words import msgid

LENGTH = 18
ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Registering department (first character) and the kinds of organisation it registers (second).
KINDS: Mapping[str, str] = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "129", "7": "129",
    "8": "19", "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip


def parse_uscc(given: str) -> str:
    """The code in its one written form.

    Standard: GB 32100-2015 section 4.
    Raises: UsccInvalid naming the part at fault, never the code.
    """
    code = given.strip().upper()
    if unicodedata.normalize("NFKC", code) != code:
        raise _invalid(msgid("用半角的数字和字母"))
    if len(code) == 15:
        raise _invalid(msgid("这是 15 位的旧注册号，请用营业执照上的 18 位代码"))
    if len(code) != LENGTH:
        raise _invalid(msgid("要 18 位"))
    if not set(code) <= ALPHABET:
        raise _invalid(msgid("只用数字和大写字母，不用 I、O、S、V、Z"))
    if code[1] not in KINDS.get(code[0], ""):
        raise _invalid(msgid("前两位不是登记部门和机构类别"))
    if not code[2:8].isdigit():
        raise _invalid(msgid("第 3 到 8 位是行政区划，只用数字"))
    if organisation_check(code[8:16]) != code[16]:
        raise _invalid(msgid("第 17 位（组织机构代码的校验位）对不上"))
    if standard.calc_check_digit(code[:17]) != code[17]:
        raise _invalid(msgid("最后一位校验位对不上"))
    return code


def organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714-1997, MOD 11)."""
    total = sum(
        ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def _invalid(expected: str) -> UsccInvalid:
    return UsccInvalid(field="/uscc", expected=expected)
