"""Between password and code: a sealed note of who got the password right, for minutes, in one browser."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.gateway.errors import SignInExpired
from services.ports import KeyRing

NAME = "citizen_pending"
PURPOSE = "sign-in-pending"
LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """The account whose password was right, and the page it wanted."""

    account: UUID
    next_page: str
    at: datetime


def seal_pending(keys: KeyRing, pending: PendingSignIn) -> str:
    """The cookie's value."""
    content = [str(pending.account), pending.next_page, pending.at.isoformat()]
    return keys.seal_reference(PURPOSE, json.dumps(content).encode())


def open_pending(keys: KeyRing, sealed: str | None, *, at: datetime) -> PendingSignIn:
    """Who waits for a code.

    Raises: SignInExpired when nobody does, or no longer.
    """
    content = keys.open_reference(PURPOSE, sealed) if sealed else None
    if content is None:
        raise SignInExpired
    account, next_page, since = json.loads(content)
    pending = PendingSignIn(UUID(account), next_page, datetime.fromisoformat(since))
    if at - pending.at > LIFE:
        raise SignInExpired
    return pending
