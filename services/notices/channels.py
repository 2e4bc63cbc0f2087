"""The ports through which people are told that a message waits: SMS, e-mail, web push.

What goes out says only that there is a message and where; the message itself stays in the inbox.
"""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS = 10
SUBJECT = "市民服务：您有一条新消息 / Citizen Services: a new message"
# No link that signs in, no name, no matter: whoever reads over the shoulder learns nothing.
TEXT = (
    "您有一条新消息。请打开市民服务，在收件箱里看：\n{inbox}\n\n"
    "A new message waits for you. Open Citizen Services and see your inbox:\n{inbox}\n"
)


class Channel(Protocol):
    """One way of telling somebody."""

    def send(self, address: str, *, message_id: UUID, kind: str) -> None:
        """Tell; raises when the carrier did not take it, so that the job is tried again."""


class LogChannel:
    """The demo's carrier: the inbox has the message already, and the log says that it would have gone out."""

    def __init__(self, name: str) -> None:
        self._name = name

    def send(self, address: str, *, message_id: UUID, kind: str) -> None:
        """Write one line without the message and without the receiver."""
        del address, message_id
        log.info("delivered", channel=self._name, kind=kind)


class SmtpChannel:
    """E-mail through a real server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`."""

    def __init__(self, url: str, sender: str, base_url: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender
        self._inbox = f"{base_url}/my/inbox"

    def send(self, address: str, *, message_id: UUID, kind: str) -> None:
        """Say that a message waits; raises smtplib.SMTPException or OSError when it was not taken."""
        del kind
        self.send_text(address, TEXT.format(inbox=self._inbox), message_id=message_id)

    def send_text(self, address: str, text: str, *, message_id: UUID) -> None:
        """Send one text; raises smtplib.SMTPException or OSError when it was not taken.

        The message id makes a repeat after an unclear end recognisable to the receiver's server.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, address, SUBJECT
        message["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers
        message.set_content(text)
        host = self._parts.hostname or "localhost"
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._parts.port or 465, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, self._parts.port or 587, timeout=TIMEOUT_SECONDS)
        with server:
            if self._parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if self._parts.username and self._parts.password:
                server.login(unquote(self._parts.username), unquote(self._parts.password))
            server.send_message(message)
