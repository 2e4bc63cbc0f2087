"""Sharing the summary by a link: made, shown again to its owner, opened by who holds it, ended."""

from health_file.actions.sharing.make import (
    EXPIRE_SHARE,
    Share,
    create_share,
    expire_share,
    list_shares,
    read_share,
    revoke_share,
)
from health_file.actions.sharing.open import Opened, open_share, read_share_file
from health_file.actions.sharing.states import TRANSITIONS, ShareState

__all__ = [
    "EXPIRE_SHARE",
    "TRANSITIONS",
    "Opened",
    "Share",
    "ShareState",
    "create_share",
    "expire_share",
    "list_shares",
    "open_share",
    "read_share",
    "read_share_file",
    "revoke_share",
]
