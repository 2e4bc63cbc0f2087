"""What the worker does for e-bills."""

from services import notices
from services.actor import Actor
from services.database.session import Session
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

BILLS_ARRIVED = NoticeKind("ebills.bills_arrived", "ebills", msgid("新的水电燃气账单到了"))
declare(BILLS_ARRIVED)


def announce_bills(session: Session, actor: Actor, *, import_id: str) -> None:
    """Tell a resident that new bills arrived; once per import, however often it runs."""
    if actor.subject is not None:
        notices.notify(
            session,
            actor,
            subject_id=actor.subject,
            kind=BILLS_ARRIVED.name,
            facts={},
            link="/my/bills",
            once=f"{BILLS_ARRIVED.name}:{import_id}",
        )
