"""The code by which a card is shown: a sealed reference that names one card as it stands, for a minute. Pure.

Nothing is kept when it is made. It carries the version of the card, so that one made before a loss was reported stays
dead after the card was found again; that it is used once is the key of the check's row.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.ports import KeyRing

PURPOSE = "social_card.shown"
_FORM = struct.Struct(">16s16s16sIQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """What a code says: whose card, which, in which version, until when (whole seconds), under a number of its own."""

    id: UUID
    subject_id: UUID
    card_id: UUID
    version: int
    expires_at: datetime


def write_code(keys: KeyRing, shown: ShownCard) -> str:
    """The code as it goes into the picture."""
    content = _FORM.pack(
        shown.id.bytes,
        shown.subject_id.bytes,
        shown.card_id.bytes,
        shown.version,
        int(shown.expires_at.timestamp()),
    )
    return keys.seal_reference(PURPOSE, content)


def read_code(keys: KeyRing, code: str) -> ShownCard | None:
    """What a code says; None where it is none of ours, or altered."""
    content = keys.open_reference(PURPOSE, code)
    if content is None:
        return None
    own, subject, card, version, expires = _FORM.unpack(content)
    return ShownCard(
        id=UUID(bytes=own),
        subject_id=UUID(bytes=subject),
        card_id=UUID(bytes=card),
        version=version,
        expires_at=datetime.fromtimestamp(expires, UTC),
    )
