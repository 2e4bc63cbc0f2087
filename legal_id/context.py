"""What an operator of the hotline may hear of whom somebody represents, with their consent: whether, never whom."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from legal_id import store
from services.database.roles import Role
from services.database.session import Session
from services.words import msgid


class MandateInContext:
    """The register's side of `services.ports.CallerContext`."""

    sentences: Mapping[str, str] = {
        "represents": msgid("是企业的代表人（看不到是哪一家）"),
        "none": msgid("不是企业的代表人"),
    }

    def read_codes(self, session: Session, *, subject_id: UUID) -> Sequence[str]:
        """Whether they represent a legal person."""
        # The hotline's desk reaches the hotline's rows alone; this one statement is what the worker may do.
        with session.entered(Role.WORKER):
            found = store.list_represented(session, subject_id, limit=1, after=None)
        return ("represents",) if found else ("none",)
