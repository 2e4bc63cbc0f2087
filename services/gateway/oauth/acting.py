"""Who acts: the `act` claim, one inside the other, the latest actor outermost.

Standard: RFC 8693 section 4.1. Inside the suite an actor is a label, `client:<client_id>` or `person:<uuid>`; each
client sees people by their pairwise names.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.gateway.pairwise import pairwise_sub
from services.ports import KeyRing

MOST_DEEP = 3
_CLIENT, _PERSON = "client", "person"


def client_label(client_id: str) -> str:
    """A system that acts."""
    return f"{_CLIENT}:{client_id}"


def person_label(account: UUID) -> str:
    """A person who acts."""
    return f"{_PERSON}:{account}"


def names_of(keys: KeyRing, sector: str, labels: Sequence[str]) -> list[str]:
    """How a sector knows these actors."""
    names = []
    for label in labels:
        kind, _, name = label.partition(":")
        names.append(name if kind == _CLIENT else pairwise_sub(keys, sector, UUID(name)))
    return names


def act_claim(names: Sequence[str]) -> dict[str, Any] | None:
    """The nested claim, or None when nobody acts for the subject but itself."""
    claim: dict[str, Any] | None = None
    for name in reversed(names):
        claim = {"sub": name} if claim is None else {"sub": name, "act": claim}
    return claim
