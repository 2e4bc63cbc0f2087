"""State machines as tables of data: from a state, by an event, to a state, for whom. Pure.

Every pair that is not in a table is refused and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from services.actor import Actor, ActorKind


class Edge(Protocol):
    """What every table says of its edges, whatever else."""

    @property
    def actors(self) -> frozenset[str]:
        """Who may take it."""


State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)
AnyEdge = TypeVar("AnyEdge", bound=Edge)


@dataclass(frozen=True, slots=True)
class Arrow(Generic[State]):
    """The plain edge: where it leads and who may take it."""

    to: State
    actors: frozenset[str]


def find_arrow(
    table: Mapping[tuple[State, Event], AnyEdge], state: State, event: Event, holders: frozenset[str]
) -> AnyEdge | None:
    """The edge an actor of these kinds may take from here, or None."""
    arrow = table.get((state, event))
    return arrow if arrow is not None and arrow.actors & holders else None


def legal_events(
    table: Mapping[tuple[State, Event], AnyEdge], state: State, holders: frozenset[str]
) -> tuple[Event, ...]:
    """What an actor of these kinds may do from here."""
    return tuple(event for (at, event), arrow in table.items() if at is state and arrow.actors & holders)


def sources_of(table: Mapping[tuple[State, str], State], act: str) -> list[str]:
    """From which states an act leads on, in a table without actors; the guarded statement of the act asks for them."""
    return [state.value for state, name in table if name == act]


def holders_of(actor: Actor) -> frozenset[str]:
    """As what an actor stands before a table."""
    if actor.kind is ActorKind.RESIDENT:
        return frozenset({"resident"})
    return frozenset({"system"}) if actor.kind is ActorKind.SYSTEM else actor.roles
