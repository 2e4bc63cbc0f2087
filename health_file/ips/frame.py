"""What a document is made with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a document is made with: ids and instant come from outside, words in one language."""

    document_id: UUID
    composition_id: UUID
    at: datetime
    language: str
    base_url: str
    profile: str
    say: Callable[[str], str]
