"""What an operator of the hotline may hear of somebody's bills, with their consent: no amount, no address."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ebills.store import bills as store
from services import clock
from services.database.roles import Role
from services.database.session import Session
from services.words import msgid


class BillsInContext:
    """The bills' side of `services.ports.CallerContext`."""

    sentences: Mapping[str, str] = {
        "overdue": msgid("有水电燃气账单过了缴费日"),
        "due": msgid("有水电燃气账单等着缴，还没到期"),
        "clear": msgid("没有要缴的水电燃气账单"),
    }

    def read_codes(self, session: Session, *, subject_id: UUID) -> Sequence[str]:
        """How the bill that is due soonest stands."""
        # The hotline's desk reaches the hotline's rows alone; this one statement is what the worker may do.
        with session.entered(Role.WORKER):
            due = store.find_next_due(session, subject_id)
        if due is None:
            return ("clear",)
        return ("overdue",) if due.due_on < clock.today() else ("due",)
