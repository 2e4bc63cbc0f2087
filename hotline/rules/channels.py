"""The programs that bring tickets. Pure."""

from enum import StrEnum


class Channel(StrEnum):
    """What a program brings."""

    OPEN311 = "open311"
    CALLS = "calls"
    MAIL = "mail"


# Their messages are signed, so that the key itself must be at hand.
SIGNED = frozenset({Channel.CALLS, Channel.MAIL})
