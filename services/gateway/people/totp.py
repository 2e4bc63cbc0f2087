"""Time-based one-time passwords: six digits, 30 seconds, one step of tolerance either way, spent once.

Standard: RFC 6238; section 5.2 requires that a code is accepted once: the store does it by compare-and-set.
"""

import hmac
import re
import unicodedata
from datetime import datetime

import pyotp

STEP_SECONDS = 30
TOLERANCE = 1
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A fresh secret in base32, 160 bits as RFC 4226 section 4 recommends."""
    return pyotp.random_base32(32)


def step_at(at: datetime) -> int:
    """The time step an instant lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def find_step(secret: str, code: str, *, at: datetime, last_step: int | None) -> int | None:
    """The step whose code this is, among the present and its neighbours and later than the last one spent."""
    typed = unicodedata.normalize("NFKC", code).replace(" ", "")
    if not _CODE.fullmatch(typed):
        return None
    generator = pyotp.HOTP(secret)
    present = step_at(at)
    found = None
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        is_this = hmac.compare_digest(generator.at(step), typed)
        if is_this and (last_step is None or step > last_step):
            found = step
    return found
