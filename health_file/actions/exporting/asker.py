"""Who asked for an export, kept with it: the job sees what they may see, no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.actor import Actor, ActorKind, Relation

IDS = ("account", "subject", "mandate_id", "grant", "patient")
SETS = ("scopes", "roles", "implied")
WORDS = ("client", "unit", "acr", "purpose", "name")


def kept(actor: Actor) -> dict[str, Any]:
    """An actor as ids and codes."""
    return {
        "kind": actor.kind.value,
        "relation": actor.relation.value,
        **{name: str(value) for name in IDS if (value := getattr(actor, name)) is not None},
        **{name: sorted(getattr(actor, name)) for name in SETS},
        **{name: value for name in WORDS if (value := getattr(actor, name)) is not None},
        "services": None if actor.services is None else sorted(actor.services),
        "limits": [dict(limit) for limit in actor.limits],
        "auth_time": None if actor.auth_time is None else actor.auth_time.isoformat(),
    }


def actor_of(found: Mapping[str, Any]) -> Actor:
    """The actor that was kept."""
    given: dict[str, Any] = {
        **{name: UUID(found[name]) for name in IDS if name in found},
        **{name: frozenset(found[name]) for name in SETS},
        **{name: found[name] for name in WORDS if name in found},
        "services": None if found["services"] is None else frozenset(found["services"]),
        "limits": tuple(found["limits"]),
        "auth_time": None if found["auth_time"] is None else datetime.fromisoformat(found["auth_time"]),
    }
    return Actor(kind=ActorKind(found["kind"]), relation=Relation(found["relation"]), **given)


def is_same(asker: Actor, actor: Actor) -> bool:
    """Whether this request is by the same, for the same: a token of another client or for another file is another."""
    names = ("kind", "account", "subject", "relation", "client", "unit", "patient")
    return all(getattr(asker, name) == getattr(actor, name) for name in names)
