"""Identifiers and randomness, from one place that tests and the demo city can seed."""

import random
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from services import clock

_seeded: ContextVar[random.Random | None] = ContextVar("ids_seeded", default=None)


def random_bytes(count: int) -> bytes:
    """`count` bytes from the operating system, or from the seed a demo city holds.

    Key material never comes from here: keys are always drawn from the operating system.
    """
    seeded = _seeded.get()
    return seeded.randbytes(count) if seeded else secrets.token_bytes(count)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then randomness."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds << 80) | int.from_bytes(random_bytes(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)


def first_id_at(at: datetime) -> UUID:
    """The smallest id of an instant: all ids made from then on are not below it."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def new_token(count: int = 32) -> str:
    """An unguessable URL-safe token of `count` random bytes; always from the operating system."""
    return urlsafe_b64encode(secrets.token_bytes(count)).rstrip(b"=").decode()


@contextmanager
def seeded(seed: int | str) -> Iterator[random.Random]:
    """Draw ids from a fixed seed within this context: the same city every time."""
    source = random.Random(seed)  # noqa: S311  # the demo city wants repeatable ids, not secrets
    token = _seeded.set(source)
    try:
        yield source
    finally:
        _seeded.reset(token)
