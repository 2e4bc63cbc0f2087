"""Challenges of passkey ceremonies: sealed, bound to ceremony and browser, and taken once.

Standard: Web Authentication Level 3 section 13.4.3 (challenges come from the server, and each is used once).
A challenge that nobody answers leaves nothing behind; one that is answered takes a row until it would have expired.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services import ids
from services.database.session import Session
from services.gateway.store import oauth as store

LIFE = timedelta(minutes=5)


class Ceremony(StrEnum):
    """What a challenge is for; an answer to one is no answer to another."""

    REGISTER = "passkey-register"
    SIGN_IN = "passkey-sign-in"
    STEP_UP = "passkey-step-up"


def issue_challenge(session: Session, ceremony: Ceremony, holder: str) -> bytes:
    """A fresh challenge for one browser or page session."""
    expires_at = int((session.at + LIFE).timestamp())
    content = ids.new_id().bytes + expires_at.to_bytes(8) + _digest(holder)
    sealed = session.keys.seal_reference(ceremony.value, content)
    return urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))


def spend_challenge(session: Session, ceremony: Ceremony, holder: str, challenge: bytes) -> bool:
    """Whether the challenge is ours, for this ceremony and holder, in time, and comes for the first time.

    Effects: it never passes again. Of any number of callers at once exactly one gets True.
    """
    sealed = urlsafe_b64encode(challenge).rstrip(b"=").decode()
    content = session.keys.open_reference(ceremony.value, sealed)
    if content is None:
        return False
    expires_at = datetime.fromtimestamp(int.from_bytes(content[16:24]), UTC)
    if content[24:] != _digest(holder) or expires_at <= session.at:
        return False
    return store.add_revoked_token(session, UUID(bytes=content[:16]), expires_at)


def _digest(holder: str) -> bytes:
    return hashlib.sha256(holder.encode()).digest()[:16]
