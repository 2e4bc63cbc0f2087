"""Messages: into the inbox with what causes them, told about by real e-mail, and never twice."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from threading import Lock
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from ebills.notices import BILLS_ARRIVED
from services import notices
from services.actor import Actor, ActorKind, system
from services.database.roles import Role
from services.database.session import Opening
from services.errors import NotFound
from services.gateway.people.contacts import find_address
from services.jobs.running import run_job
from services.notices.channels import SmtpChannel
from services.notices.jobs import channels_of, delivery_jobs
from tests.support.people import enrol_resident
from tests.support.serving import reserved_port

FACTS = {"count": "2", "amount": "312.50", "due_on": "2026-11-28"}
MAILBOX = "lihua@example.com"


class Carrier:
    """A real SMTP server that keeps what it takes, and refuses as often as it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.refuse = 0
        self._lock = Lock()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  # the library's hook
        with self._lock:
            if self.refuse:
                self.refuse -= 1
                return "451 try again later"
            self.taken.append((list(envelope.rcpt_tos), envelope.content))
        return "250 taken"


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    handler = Carrier()
    with reserved_port() as handler.port:
        controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
        controller.start()
        yield handler
        controller.stop()


@pytest.fixture
def job(settings, carrier):
    """The delivery job over the real carrier."""
    mailing = replace(
        settings, smtp_url=f"smtp://127.0.0.1:{carrier.port}", smtp_from="no-reply@citizen.example"
    )
    (found,) = delivery_jobs(channels_of(mailing), find_address)
    return found


@pytest.fixture
def person(database, privacy):
    privacy.watch(MAILBOX)
    return enrol_resident(database, email=MAILBOX, password=None)


def tell(database, subject, once=None):
    with database.transaction(Opening(role=Role.WORKER, subjects=(subject,))) as session:
        return notices.notify(
            session,
            system("test"),
            subject_id=subject,
            kind=BILLS_ARRIVED.name,
            facts=FACTS,
            link="/my/bills",
            once=once,
        )


def deliver(database, job, subject, message, channel="email"):
    run_job(database, job, {"subject_id": str(subject), "message_id": str(message), "channel": channel})


def states(database):
    return sorted(
        database.read_as(Role.WORKER, "SELECT channel || ' ' || state FROM notices.deliveries ORDER BY 1")
    )


def test_message_is_sealed_and_readable_by_its_receiver_alone(database, person, open_as) -> None:
    message = tell(database, person.account)
    (row,) = database.read_as(Role.WORKER, "SELECT row_to_json(m)::text FROM notices.messages m")
    assert "312.50" not in row
    owner = Actor(kind=ActorKind.RESIDENT, account=person.account, subject=person.account)
    with open_as(owner, service="notices") as session:
        (found,) = notices.list_messages(session, owner)
        assert (found.facts, found.is_read) == (FACTS, False)
        assert notices.read_message(session, owner, message_id=message).facts == FACTS
        assert notices.list_messages(session, owner)[0].is_read
    stranger = enrol_resident(database, password=None).account
    other = Actor(kind=ActorKind.RESIDENT, account=stranger, subject=stranger)
    with open_as(other, service="notices") as session, pytest.raises(NotFound):
        notices.read_message(session, other, message_id=message)


def test_deliver_by_email_says_that_a_message_waits_and_nothing_of_it(database, person, job, carrier) -> None:
    deliver(database, job, person.account, tell(database, person.account))
    ((receivers, raw),) = carrier.taken
    mail = message_from_bytes(raw, policy=default)
    assert receivers == [MAILBOX]
    assert mail["From"] == "no-reply@citizen.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "/my/inbox" in text
    assert "312.50" not in text
    assert "312.50" not in mail["Subject"]


def test_deliver_that_the_carrier_refuses_is_tried_again_and_made_once(
    database, person, job, carrier
) -> None:
    message, carrier.refuse = tell(database, person.account), 1
    with pytest.raises(OSError, match="try again later"):
        deliver(database, job, person.account, message)
    assert states(database) == ["email queued", "sms queued"]
    for _ in range(3):
        deliver(database, job, person.account, message)
    assert len(carrier.taken) == 1
    assert states(database) == ["email delivered", "sms queued"]


def test_deliver_to_somebody_without_a_mailbox_is_noted_and_not_tried_again(database, job, carrier) -> None:
    person = enrol_resident(database, password=None)
    deliver(database, job, person.account, tell(database, person.account))
    assert carrier.taken == []
    assert states(database) == ["email unreachable", "sms queued"]


def test_notify_once_puts_one_message_into_the_inbox_however_often_it_is_asked(database, person) -> None:
    first, second = (tell(database, person.account, once="import-1") for _ in range(2))
    assert first == second
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM notices.messages") == [1]


def test_channel_that_is_not_there_raises_so_that_the_job_is_tried_again() -> None:
    gone = SmtpChannel("smtp://127.0.0.1:1", "no-reply@citizen.example", "http://localhost:8000")
    with pytest.raises(OSError, match="refused"):
        gone.send(MAILBOX, message_id=uuid4(), kind="email")
