"""Tells whoever filed the number and tracking code: in their inbox, by text message, by e-mail.

The tracking code is kept as a digest alone, so what is to be told is sealed with the ticket and taken away by the job
that queues it. Nothing of what was reported is in it: whoever reads over a shoulder learns only that something was.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from hotline import store
from hotline.models import confirmations
from hotline.notices import TICKET_FILED
from hotline.rules.report import Report
from hotline.rules.texts import phone_of
from services import jobs, notices, vault
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.gateway.people import texts

CONFIRM = "hotline.confirm_filing"
USE = "hotline.ticket_filed"
SEALED = confirmations.c.content_sealed
# A second run of the job makes the same message, which the carrier knows by its id.
ONCE = UUID("0f6b3b1a-5a52-4f0f-9a55-2d1f3b8e7c41")
# Both languages: what somebody reads is not known of who writes or calls.
TEXT = (
    "【市民热线12345】已收到您的诉求，编号 {number}，查询码 {code}。在“查诉求进度”里输入可查，不用登录。 "
    "Your ticket {number} was filed; tracking code {code}. Enter both under “Track” to follow it."
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def ask_to_confirm(
    session: Session, actor: Actor, report: Report, *, row: Mapping[str, Any], code: str
) -> None:
    """Keep what is to be told to who filed, and ask the worker to tell it. Nobody is told of an anonymous report.

    Effects: a sealed row and a job, with the commit, where there is somebody to tell.
    """
    phone, email = phone_of(report.contact.phone), report.contact.email
    told = {
        "phone": phone if _MOBILE.fullmatch(phone) else "",
        "email": email if _EMAIL.fullmatch(email) else "",
        "account": str(actor.account) if actor.kind is ActorKind.RESIDENT and actor.account else "",
    }
    if report.is_anonymous or not any(told.values()):
        return
    ticket_id, subject_id = row["id"], row["subject_id"]
    content = json.dumps({**told, "number": row["number"], "code": code})
    sealed = vault.cipher_for(session, subject_id).seal(SEALED, ticket_id, content)
    store.add_confirmation(session, ticket_id, subject_id, sealed)
    jobs.enqueue(session, actor, CONFIRM, subject_id=subject_id, ticket_id=str(ticket_id))


def confirm_filing(session: Session, actor: Actor, *, ticket_id: UUID) -> bool:
    """Queue what is to be told of a ticket, over every way there is; False when it was done before.

    Access: the worker. Effects: the kept row goes; a message in the reporter's inbox, texts to phone and mailbox.
    """
    row = store.take_confirmation(session, ticket_id)
    if row is None:
        return False
    try:
        cipher = vault.cipher_for(session, row.subject_id)
    except vault.Shredded:
        return False
    told = json.loads(cipher.unseal_text(SEALED, ticket_id, row.content_sealed))
    facts = {name: told[name] for name in ("number", "code")}
    for channel, address in ((texts.SMS, told["phone"]), (texts.EMAIL, told["email"])):
        if address:
            texts.queue_text(
                session,
                actor,
                use=USE,
                channel=channel,
                address=address,
                text=TEXT.format(**facts),
                message_id=uuid5(ONCE, f"{ticket_id}:{channel}"),
            )
    if told["account"]:
        notices.notify(
            session,
            actor,
            subject_id=UUID(told["account"]),
            kind=TICKET_FILED.name,
            facts=facts,
            link=f"/my/tickets/{ticket_id}",
            once=f"{TICKET_FILED.name}:{ticket_id}",
        )
    return True
