"""How long a recovery waits, and where it stands: told by its instants. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class RecoveryPolicy:
    """How long the owner has to object, how long the new password may then be set, how long a stop holds."""

    cooling: timedelta
    usable: timedelta
    rest_after_stop: timedelta


POLICIES = {
    "production": RecoveryPolicy(timedelta(hours=24), timedelta(hours=72), timedelta(days=7)),
    "demo": RecoveryPolicy(timedelta(seconds=30), timedelta(hours=1), timedelta(0)),
}


class RecoveryState(StrEnum):
    """Where a recovery stands; told by its instants, so that no job has to move it."""

    WAITING = "waiting"
    READY = "ready"
    USED = "used"
    STOPPED = "stopped"
    EXPIRED = "expired"


# What an instant of the row, or the clock, turns each state into.
TRANSITIONS: Mapping[tuple[RecoveryState, str], RecoveryState] = {
    (RecoveryState.WAITING, "ready_at has come"): RecoveryState.READY,
    (RecoveryState.WAITING, "stop_recovery"): RecoveryState.STOPPED,
    (RecoveryState.READY, "set_new_password"): RecoveryState.USED,
    (RecoveryState.READY, "stop_recovery"): RecoveryState.STOPPED,
    (RecoveryState.READY, "expires_at has come"): RecoveryState.EXPIRED,
}


def state_of(row: Row[Any], at: datetime) -> RecoveryState:
    """The state that the instants of a recovery tell."""
    if row.used_at is not None:
        return RecoveryState.USED
    if row.cancelled_at is not None:
        return RecoveryState.STOPPED
    if row.expires_at <= at:
        return RecoveryState.EXPIRED
    return RecoveryState.READY if row.ready_at <= at else RecoveryState.WAITING
