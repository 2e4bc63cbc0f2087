"""The states of a share, as a table."""

from collections.abc import Mapping
from enum import StrEnum


class ShareState(StrEnum):
    """Where a share stands; only an active one shows anything."""

    ACTIVE = "active"
    USED_UP = "used_up"
    REVOKED = "revoked"
    EXPIRED = "expired"


TRANSITIONS: Mapping[tuple[ShareState, str], ShareState] = {
    (ShareState.ACTIVE, "use_up"): ShareState.USED_UP,
    (ShareState.ACTIVE, "revoke"): ShareState.REVOKED,
    # The last attempt at the passcode was wrong.
    (ShareState.ACTIVE, "lock"): ShareState.REVOKED,
    (ShareState.ACTIVE, "expire"): ShareState.EXPIRED,
}
