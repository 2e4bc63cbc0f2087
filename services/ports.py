"""What one room offers another without importing it: Protocols, implemented by a manifest or a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from services.actor import Actor
    from services.database.session import Session


class KeyRing(Protocol):
    """The process's keys, loaded once from `CITIZEN_KEYS_DIR`; see `services.vault`."""

    def wrap(self, owner_id: UUID, data_key: bytes) -> bytes:
        """Wrap a subject's data key under the active key-encryption key."""

    def unwrap(self, owner_id: UUID, wrapped: bytes) -> bytes:
        """Open a wrapped data key; raises when it was wrapped for another owner or by an unknown key."""

    def index(self, field: str, value: str) -> bytes:
        """The keyed blind index of a normalised value, under a key of that field's own."""

    def seal_reference(self, purpose: str, content: bytes) -> str:
        """A short opaque URL-safe token over `content` that only this suite opens, for one purpose."""

    def open_reference(self, purpose: str, token: str) -> bytes | None:
        """The content of a sealed reference, or None when it is not ours, altered, or for another purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    """What showing a card opened: until when, under what name the desk is known, and as whom it knows the resident."""

    until: datetime
    unit_name: str
    patient: str | None


class CallerContext(Protocol):
    """What a service may tell the hotline's operator of a resident who consented: fixed sentences, nothing else.

    `sentences` are all it can ever say, by code, marked with `msgid`: residents read them before they consent. None
    holds a place to fill, so that no number, name or text of anybody can pass.
    """

    sentences: Mapping[str, str]

    def read_codes(self, session: "Session", *, subject_id: UUID) -> Sequence[str]:
        """The codes of the sentences that are true of this resident now; none where there is nothing to say."""


class CardDesk(Protocol):
    """What happens elsewhere when a resident shows their card at a desk; the card's own check calls it."""

    def card_shown(self, session: "Session", actor: "Actor", *, subject_id: UUID, unit: str) -> DeskSession:
        """A genuine card of this resident was shown to this unit; what it opens commits with this transaction."""
