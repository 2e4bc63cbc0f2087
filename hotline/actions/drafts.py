"""A report that is being written: kept after every step, sealed, until it is filed."""

import json
from collections.abc import Mapping
from typing import Any

from hotline import store
from hotline.models import drafts
from services import vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied

SEALED = drafts.c.content_sealed


def save_draft(session: Session, actor: Actor, *, answers: Mapping[str, Any]) -> None:
    """Keep what was written so far. Access: whoever reports, for themselves or whom they act for."""
    if actor.subject is None:
        raise Denied
    content = json.dumps(dict(answers), ensure_ascii=False)
    sealed = vault.seal(session, SEALED, actor.subject, actor.subject, content)
    store.put_draft(session, actor.subject, sealed)


def read_draft(session: Session, actor: Actor) -> dict[str, Any]:
    """What was written so far, or nothing. Access: as save_draft."""
    sealed = None if actor.subject is None else store.find_draft(session, actor.subject)
    if actor.subject is None or sealed is None:
        return {}
    content = vault.unseal_text(session, SEALED, actor.subject, actor.subject, sealed)
    answers: dict[str, Any] = json.loads(content)
    return answers


def forget_draft(session: Session, actor: Actor) -> None:
    """Forget what was written: it was filed, or is not wanted any more. Access: as save_draft."""
    if actor.subject is not None:
        store.delete_draft(session, actor.subject)
