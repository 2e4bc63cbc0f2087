"""Writing and reading messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from services import ids, jobs, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.notices import store
from services.notices.kinds import NoticeKind, kind_of
from services.notices.models import messages

DELIVER = "notices.deliver"
# Messages that carry a key of their own are written once, however often their job runs.
ONCE = UUID("5e7c8a1e-3a52-4a0e-8b07-9d2f5d8f6a10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with its facts opened; the page makes the sentence in the reader's language."""

    id: UUID
    kind: NoticeKind
    facts: dict[str, str]
    link: str
    created_at: datetime
    read_at: datetime | None

    @property
    def is_read(self) -> bool:
        """Whether it was opened before."""
        return self.read_at is not None


def notify(
    session: Session,
    actor: Actor,
    *,
    subject_id: UUID,
    kind: str,
    facts: Mapping[str, str],
    link: str,
    once: str | None = None,
) -> UUID:
    """Put a message into somebody's inbox and queue its deliveries.

    Shapes: `facts` fill the kind's sentence and are sealed under the receiver's key; `link` is a path of ours.
    Effects: message, one delivery and one job per channel, in the caller's transaction.
    """
    declared = kind_of(kind)
    message_id = ids.new_id() if once is None else uuid5(ONCE, f"{subject_id}:{once}")
    content = json.dumps(dict(facts), ensure_ascii=False)
    sealed = vault.seal(session, messages.c.facts_sealed, subject_id, message_id, content)
    store.add_message(
        session,
        {
            "subject_id": subject_id,
            "id": message_id,
            "kind": kind,
            "facts_sealed": sealed,
            "link": link,
            "created_at": session.at,
        },
    )
    for channel in declared.channels:
        store.add_delivery(
            session,
            {
                "subject_id": subject_id,
                "message_id": message_id,
                "channel": channel,
                "state": "queued",
                "attempts": 0,
                "changed_at": session.at,
            },
        )
        jobs.enqueue(
            session, actor, DELIVER, subject_id=subject_id, message_id=str(message_id), channel=channel
        )
    return message_id


def list_messages(session: Session, actor: Actor, *, limit: int = 25) -> list[Message]:
    """The account's own messages, unread first. Access: the account itself."""
    if actor.account is None:
        return []
    rows = store.list_messages(session, actor.account, limit)
    if not rows:
        return []
    cipher = vault.cipher_for(session, actor.account)
    return [
        Message(
            id=row.id,
            kind=kind_of(row.kind),
            facts=json.loads(cipher.unseal(messages.c.facts_sealed, row.id, row.facts_sealed)),
            link=row.link,
            created_at=row.created_at,
            read_at=row.read_at,
        )
        for row in rows
    ]


def read_message(session: Session, actor: Actor, *, message_id: UUID) -> Message:
    """One message of one's own; reading it marks it read. Raises: NotFound 404."""
    row = store.find_message(session, actor.account, message_id) if actor.account else None
    if row is None or actor.account is None:
        raise NotFound
    store.mark_read(session, actor.account, message_id)
    facts = vault.unseal(session, messages.c.facts_sealed, actor.account, row.id, row.facts_sealed)
    return Message(
        id=row.id,
        kind=kind_of(row.kind),
        facts=json.loads(facts),
        link=row.link,
        created_at=row.created_at,
        read_at=row.read_at,
    )


def count_unread(session: Session, actor: Actor) -> int:
    """How many messages wait."""
    return store.count_unread(session, actor.account) if actor.account else 0
