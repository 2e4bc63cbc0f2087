"""The legal person's life in the register, as a table of data. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from services.state_table import Arrow
from services.words import msgid


class Status(StrEnum):
    """Where a legal person stands in the register."""

    PENDING = "pending"
    ACTIVE = "active"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    LICENCE_REVOKED = "licence_revoked"
    DEREGISTERED = "deregistered"
    MOVED_OUT = "moved_out"


STATUS_TITLES: Mapping[Status, str] = {
    Status.PENDING: msgid("等待登记处核对"),
    Status.ACTIVE: msgid("存续"),
    Status.REFUSED: msgid("登记没有通过"),
    Status.SUSPENDED: msgid("歇业"),
    Status.LICENCE_REVOKED: msgid("吊销"),
    Status.DEREGISTERED: msgid("注销"),
    Status.MOVED_OUT: msgid("迁出"),
}


class Event(StrEnum):
    """What may happen to a legal person."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE_LICENCE = "revoke_licence"
    DEREGISTER = "deregister"
    MOVE_OUT = "move_out"


OFFICER = frozenset({"officer"})
REPRESENTATIVE = frozenset({"representative"})

# Every pair that is not here is refused with 409 and changes nothing.
TRANSITIONS: Mapping[tuple[Status, Event], Arrow[Status]] = {
    (Status.PENDING, Event.CONFIRM): Arrow(Status.ACTIVE, OFFICER),
    (Status.PENDING, Event.REFUSE): Arrow(Status.REFUSED, OFFICER),
    (Status.ACTIVE, Event.SUSPEND): Arrow(Status.SUSPENDED, REPRESENTATIVE),
    (Status.SUSPENDED, Event.RESUME): Arrow(Status.ACTIVE, REPRESENTATIVE),
    (Status.ACTIVE, Event.REVOKE_LICENCE): Arrow(Status.LICENCE_REVOKED, OFFICER),
    (Status.LICENCE_REVOKED, Event.DEREGISTER): Arrow(Status.DEREGISTERED, OFFICER),
    (Status.ACTIVE, Event.MOVE_OUT): Arrow(Status.MOVED_OUT, OFFICER),
}


class Role(StrEnum):
    """In what role a resident is bound to a legal person."""

    LEGAL_REPRESENTATIVE = "legal_representative"
