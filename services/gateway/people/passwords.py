"""Passwords: argon2id, a bounded number of them at work at a time, and a decoy for people who do not exist.

Standard: RFC 9106; parameters from the OWASP password storage sheet (19 MiB, two passes, one lane).
"""

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import Unavailable
from services.gateway.errors import PasswordTooShort

SHORTEST = 8
LONGEST = 256
BUSY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Parameters:
    """Argon2id's cost, and how many hashes one process works on; memory in KiB, wait in seconds."""

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1
    places: int = 2
    longest_wait: float = 1.5


class PasswordKeeper:
    """Hashes and verifies. Each hash takes a core and 19 MiB, so only `places` of them run at once."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._hasher = PasswordHasher(
            time_cost=parameters.passes, memory_cost=parameters.memory_kib, parallelism=parameters.lanes
        )
        self._places = threading.BoundedSemaphore(parameters.places)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """The hash to store.

        Raises: Unavailable 503 when no place came free in time.
        """
        with self._place():
            return self._hasher.hash(_normalise(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password belongs to the stored hash; without one a decoy is verified, to take as long.

        Raises: Unavailable 503 when no place came free in time.
        """
        with self._place():
            decoy = self._decoy
            try:
                self._hasher.verify(stored or decoy, _normalise(password))
            except (VerificationError, InvalidHashError):
                return False
            return stored is not None and len(password) <= LONGEST

    def needs_rehash(self, stored: str) -> bool:
        """Whether a stored hash was made with other parameters than these."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._parameters.longest_wait):
            raise Unavailable(seconds=BUSY_SECONDS)
        try:
            yield
        finally:
            self._places.release()


_keepers = [PasswordKeeper(Parameters())]


def current_keeper() -> PasswordKeeper:
    """The keeper of this process."""
    return _keepers[-1]


@contextmanager
def held(parameters: Parameters) -> Iterator[PasswordKeeper]:
    """Work with other parameters within this block, in every thread: for tests, no setting reaches it."""
    keeper = PasswordKeeper(parameters)
    _keepers.append(keeper)
    try:
        yield keeper
    finally:
        _keepers.remove(keeper)


def check_new_password(password: str) -> None:
    """Whether a new password may be taken.

    Raises: PasswordTooShort 422.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooShort(field="password", shortest=SHORTEST)


def _normalise(password: str) -> str:
    # A Chinese keyboard may send full-width letters; NFKC makes both keyboards type the same password.
    return unicodedata.normalize("NFKC", password[:LONGEST]).encode("utf-8", "replace").decode()
