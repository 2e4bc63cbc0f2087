"""How the gateway writes down acts that concern an account and whom it acts for."""

from collections.abc import Mapping
from uuid import UUID

from services import audit
from services.actor import Actor
from services.database.session import Session

Details = Mapping[str, str | int | bool | list[str]]


def append_about(
    session: Session,
    actor: Actor,
    event: str,
    account: UUID,
    subject: UUID,
    details: Details,
) -> None:
    """One audit row that both can read, when they are two."""
    if account == subject:
        audit.append(session, actor, event, subject_id=account, details=details)
    else:
        audit.append(session, actor, event, subject_ids=(account, subject), details=details)
