"""Whose account it is that asks."""

from uuid import UUID

from services.actor import Actor, ActorKind
from services.errors import Denied, NotFound


def account_of(actor: Actor) -> UUID:
    """The account that is signed in. Raises: NotFound 404."""
    if actor.account is None:
        raise NotFound
    return actor.account


def resident_of(actor: Actor) -> UUID:
    """The account of a resident that is signed in; staff have no such affairs here. Raises: Denied 403."""
    if actor.account is None or actor.kind is not ActorKind.RESIDENT:
        raise Denied
    return actor.account
