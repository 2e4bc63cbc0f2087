"""Delivering messages, outside the request that caused them."""

from uuid import UUID

from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.manifest import Job
from services.notices import store
from services.notices.actions import DELIVER
from services.notices.channels import Channel, LogChannel

CHANNELS: dict[str, Channel] = {name: LogChannel(name) for name in ("sms", "email", "web_push")}


def deliver(session: Session, actor: Actor, *, message_id: str, channel: str) -> None:
    """Tell the receiver over one channel; a delivery that was made is not made again.

    Raises: NotFound while the message's transaction is not visible yet; whatever the carrier raises. Both are
        tried again later.
    """
    if actor.subject is None:
        raise NotFound
    row = store.find_delivery(session, actor.subject, UUID(message_id), channel)
    if row is None:
        raise NotFound
    if row.state != "queued":
        return
    CHANNELS[channel].send(subject_id=actor.subject, message_id=UUID(message_id), kind=channel)
    store.change_delivery(session, row, "delivered")


JOBS = (Job(DELIVER, deliver, attempts=8),)
