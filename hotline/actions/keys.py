"""Keys of programs that bring tickets: Open311 clients, the telephone system, the mail server."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hotline import store
from hotline.rules.channels import SIGNED, Channel
from services import audit, ids
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import NotFound

PURPOSE = "hotline.channel_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKey:
    """A key as it is told once, when it is made; afterwards nobody can read it."""

    id: UUID
    channel: Channel
    key: str


def create_channel_key(
    session: Session,
    actor: Actor,
    *,
    channel: Channel,
    title: str,
    key: str | None = None,
    account_id: UUID | None = None,
) -> ChannelKey:
    """Make a key for a program. `key` is given only by the demo, whose keys follow from its seed.

    Access: the command line. Effects: the key's digest; where messages are signed with it, the key itself, sealed
    under the suite's keys; audit hotline.channel_key.created.
    """
    told = key or ids.new_token(24)
    key_id = ids.new_id()
    sealed = session.keys.seal_reference(PURPOSE, told.encode()) if channel in SIGNED else None
    store.add_channel_key(
        session,
        {
            "id": key_id,
            "channel": channel.value,
            "title": title,
            "digest": _digest(told),
            "secret": sealed,
            "account_id": account_id,
            "created_at": session.at,
        },
    )
    details = {"key_id": str(key_id), "channel": channel.value}
    audit.append(session, actor, "hotline.channel_key.created", details=details)
    return ChannelKey(id=key_id, channel=channel, key=told)


def list_channel_keys(session: Session) -> Sequence[Any]:
    """The living keys, without what opens doors. Access: the command line."""
    return store.list_channel_keys(session)


def revoke_channel_key(session: Session, actor: Actor, *, key_id: UUID) -> None:
    """End a key at once. Access: the command line. Raises: NotFound."""
    if not store.revoke_channel_key(session, key_id):
        raise NotFound
    audit.append(session, actor, "hotline.channel_key.revoked", details={"key_id": str(key_id)})


def program_of(session: Session, channel: Channel, key: str) -> Actor | None:
    """The program that shows this key, as an actor, or None."""
    found = store.find_channel_key(session, channel.value, _digest(key))
    return None if found is None else _actor(channel, found.id)


def signing_keys(session: Session, channel: Channel) -> Sequence[tuple[Actor, bytes]]:
    """Every program that may sign messages of this channel, with the key it signs with."""
    found = []
    for row in store.list_channel_keys(session, channel.value):
        secret = session.keys.open_reference(PURPOSE, row.secret) if row.secret else None
        if secret is not None:
            found.append((_actor(channel, row.id), secret))
    return found


def _actor(channel: Channel, key_id: UUID) -> Actor:
    return Actor(kind=ActorKind.CLIENT, client=f"hotline.{channel.value}.{key_id}")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
