"""RFC 6238 codes: the standard's own vectors, the neighbours' tolerance, and each step once."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from services.gateway.people.totp import find_step, step_at

# RFC 6238 appendix B, SHA-1, the last six of its eight digits.
SECRET = b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_find_step_of_the_standards_vectors(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert find_step(SECRET, code, at=at, last_step=None) == seconds // 30


@pytest.mark.parametrize(("away", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_find_step_takes_the_neighbours_only(away: int, *, is_taken: bool) -> None:
    at = datetime(2026, 11, 24, 8, 0, 15, tzinfo=UTC)
    code = pyotp.TOTP(SECRET).at(at + timedelta(seconds=30 * away))
    assert (find_step(SECRET, code, at=at, last_step=None) == step_at(at) + away) is is_taken


def test_find_step_already_spent_is_not_found() -> None:
    at = datetime(2026, 11, 24, 8, 0, 15, tzinfo=UTC)
    code = pyotp.TOTP(SECRET).at(at)
    assert find_step(SECRET, code, at=at, last_step=step_at(at)) is None
    assert find_step(SECRET, code, at=at, last_step=step_at(at) - 1) == step_at(at)


@pytest.mark.parametrize("code", ["", "28708", "2870822", "28708a", "二八七零八二"])
def test_find_step_of_what_is_no_code_is_none(code: str) -> None:
    assert find_step(SECRET, code, at=datetime.fromtimestamp(59, UTC), last_step=None) is None


def test_find_step_takes_full_width_digits_and_spaces() -> None:
    assert find_step(SECRET, "２８７ ０８２", at=datetime.fromtimestamp(59, UTC), last_step=None) == 1
