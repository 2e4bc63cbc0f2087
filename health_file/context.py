"""What an operator of the hotline may hear of somebody's health file, with their consent: that there is one.

Nothing that stands in a file is ever in it: an operator is no practitioner, and no consent of this kind makes one.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from health_file import store
from services.database.roles import Role
from services.database.session import Session
from services.words import msgid


class FileInContext:
    """The health file's side of `services.ports.CallerContext`."""

    sentences: Mapping[str, str] = {
        "has_file": msgid("有健康档案（里面写了什么看不到）"),
        "no_file": msgid("没有健康档案"),
    }

    def read_codes(self, session: Session, *, subject_id: UUID) -> Sequence[str]:
        """Whether there is a file."""
        # The hotline's desk reaches the hotline's rows alone; this one statement is what the worker may do.
        with session.entered(Role.WORKER):
            patient = store.find_patient_id(session, subject_id)
        return ("no_file",) if patient is None else ("has_file",)
