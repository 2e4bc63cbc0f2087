"""The states of an erasure, as a table, and how long it may be thought over."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class ErasureState(StrEnum):
    """Where an erasure stands; it is cooling from the moment it is asked for."""

    COOLING = "cooling"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"


TRANSITIONS: Mapping[tuple[ErasureState, str], ErasureState] = {
    (ErasureState.COOLING, "withdraw"): ErasureState.WITHDRAWN,
    (ErasureState.COOLING, "erase"): ErasureState.ERASED,
    # Something was written meanwhile that the law has kept.
    (ErasureState.COOLING, "block"): ErasureState.BLOCKED,
}
COOLS_FOR = timedelta(days=7)
# Longer than any transaction lives that was writing while the file was erased.
SWEPT_AFTER = timedelta(minutes=5)
ERASE, SWEEP, TELL = "health_file.erase_file", "health_file.sweep_erased", "health_file.tell_erasure"
EVENTS = {
    ErasureState.COOLING: "health_file.erasure.requested",
    ErasureState.WITHDRAWN: "health_file.erasure.cancelled",
    ErasureState.ERASED: "health_file.erasure.completed",
    ErasureState.BLOCKED: "health_file.erasure.blocked",
}
