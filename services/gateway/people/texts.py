"""Texts to a phone or mailbox that say something themselves: a code, or a warning with a link that stops something.

Everything else goes through the inbox (`services.notices`), which tells only that a message waits. A text is kept
sealed until a job has handed it to a carrier; the demo's carrier is a file that only its owner can read.
"""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from services import clock, ids, jobs
from services.actor import Actor
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.gateway.store import one_time_codes as store
from services.manifest import Job
from services.notices.channels import SmtpChannel
from services.settings import Settings
from services.web.outbound import OutboundFailed, post_form

SEND = "gateway.send_text"
PURPOSE = "text-message"
SMS, EMAIL = "sms", "email"
# For whom there is nothing to say: queued, sealed and counted like the others, so that it takes as long.
NOBODY = "nobody"
TEXT_LIFE = timedelta(days=1)
OUTBOX = "outbox"
OPENING = Opening(role=Role.WORKER, service="gateway")


class Carrier(Protocol):
    """One way for a text to reach somebody."""

    def send(self, address: str, text: str, *, message_id: UUID) -> None:
        """Hand it over; raises when it was not taken, so that the job is tried again."""


class OutboxCarrier:
    """The demo's carrier: a line in `outbox/messages.jsonl` of the data directory, mode 0600.

    `citizen demo messages` shows them.
    """

    def __init__(self, folder: Path, channel: str) -> None:
        self._path = outbox_path(folder)
        self._channel = channel

    def send(self, address: str, text: str, *, message_id: UUID) -> None:
        """Append one line."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = {
            "at": clock.now().isoformat(timespec="seconds"),
            "channel": self._channel,
            "to": address,
            "text": text,
            "id": str(message_id),
        }
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class SmsGateway:
    """A provider's address, `CITIZEN_SMS_URL`: POST with `to`, `text` and `id`, answered 200, 201 or 202."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings = settings
        self._url = url

    def send(self, address: str, text: str, *, message_id: UUID) -> None:
        """Hand it to the provider, who tells a repeat by its id.

        Raises: OutboundRefused, OutboundFailed.
        """
        form = {"to": address, "text": text, "id": str(message_id)}
        if post_form(self._settings, self._url, form) not in {200, 201, 202}:
            raise OutboundFailed("the provider did not take it")


class SmtpCarrier:
    """E-mail through the server that notices use too."""

    def __init__(self, channel: SmtpChannel) -> None:
        self._channel = channel

    def send(self, address: str, text: str, *, message_id: UUID) -> None:
        """Send one message; raises smtplib.SMTPException or OSError."""
        self._channel.send_text(address, text, message_id=message_id)


def carriers_of(settings: Settings) -> Mapping[str, Carrier]:
    """The carriers of these settings. Outside of the demo there are only those that are named."""
    carriers: dict[str, Carrier] = {}
    if settings.is_demo:
        carriers = {name: OutboxCarrier(settings.data_dir, name) for name in (SMS, EMAIL)}
    if settings.sms_url is not None:
        carriers[SMS] = SmsGateway(settings, settings.sms_url)
    if settings.smtp_url is not None and settings.smtp_from is not None:
        channel = SmtpChannel(settings.smtp_url, settings.smtp_from, settings.base_url)
        carriers[EMAIL] = SmtpCarrier(channel)
    return carriers


def outbox_path(data_dir: Path) -> Path:
    """Where the demo's texts stand."""
    return data_dir / OUTBOX / "messages.jsonl"


def queue_text(
    session: Session,
    actor: Actor,
    *,
    use: str,
    channel: str,
    address: str,
    text: str,
    code_digest: bytes | None = None,
    guesses: int = 0,
    life: timedelta = TEXT_LIFE,
    message_id: UUID | None = None,
) -> UUID:
    """Keep a text sealed and ask for it to be sent.

    Access: the gateway's or the worker's role.
    Effects: one row and one job, with the commit.
    """
    made = message_id or ids.new_id()
    sealed = session.keys.seal_reference(PURPOSE, json.dumps([channel, address, text]).encode())
    store.add_code(
        session,
        {
            "id": made,
            "use": use,
            "code_digest": code_digest or ids.random_bytes(32),
            "guesses_left": guesses,
            "message_sealed": sealed.encode(),
            "expires_at": session.at + life,
            "consumed_at": None,
            "sent_at": None,
        },
    )
    jobs.enqueue(session, actor, SEND, message_id=str(made))
    return made


def text_jobs(carriers: Mapping[str, Carrier]) -> tuple[Job, ...]:
    """The job that sends, over these carriers; it calls outside between two transactions, never inside one."""

    def send_text(database: Database, actor: Actor, *, message_id: str) -> None:
        """Send one text. What expired meanwhile, or was sent already, is left; nobody's is only marked."""
        del actor
        with database.transaction(OPENING) as session:
            sealed = store.find_message(session, UUID(message_id))
            content = None if sealed is None else session.keys.open_reference(PURPOSE, sealed.decode())
        if content is None:
            return
        channel, address, text = json.loads(content)
        if channel in carriers:
            carriers[channel].send(address, text, message_id=UUID(message_id))
        with database.transaction(OPENING) as session:
            store.mark_sent(session, UUID(message_id))

    return (Job(SEND, send_text, attempts=6, own_transaction=True),)


def delete_expired_codes(session: Session, actor: Actor) -> None:
    """Forget codes and texts a day after their end."""
    del actor
    store.delete_expired(session, session.at - TEXT_LIFE)
