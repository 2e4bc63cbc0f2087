"""Delivering messages, outside the request that caused them."""

from collections.abc import Callable, Mapping
from uuid import UUID

from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.manifest import Job
from services.notices import store
from services.notices.actions import DELIVER
from services.notices.channels import Channel, LogChannel, SmtpChannel
from services.settings import Settings

FindAddress = Callable[[Session, UUID, str], str | None]


def channels_of(settings: Settings) -> Mapping[str, Channel]:
    """The carriers of these settings: e-mail is real where a server is named, the others only write to the log."""
    channels: dict[str, Channel] = {name: LogChannel(name) for name in ("sms", "email", "web_push")}
    if settings.smtp_url is not None and settings.smtp_from is not None:
        channels["email"] = SmtpChannel(settings.smtp_url, settings.smtp_from, settings.base_url)
    return channels


def delivery_jobs(channels: Mapping[str, Channel], find_address: FindAddress) -> tuple[Job, ...]:
    """The jobs of the inbox over these carriers."""

    def deliver(session: Session, actor: Actor, *, message_id: str, channel: str) -> None:
        """Tell the receiver over one channel; a delivery that was made is not made again.

        Raises: NotFound while the message's transaction is not visible yet; whatever the carrier raises. Both
            are tried again later.
        """
        if actor.subject is None:
            raise NotFound
        row = store.find_delivery(session, actor.subject, UUID(message_id), channel)
        if row is None:
            raise NotFound
        if row.state != "queued":
            return
        address = find_address(session, actor.subject, channel)
        if address is None:
            store.change_delivery(session, row, "unreachable")
            return
        channels[channel].send(address, message_id=UUID(message_id), kind=channel)
        store.change_delivery(session, row, "delivered")

    return (Job(DELIVER, deliver, attempts=8),)
