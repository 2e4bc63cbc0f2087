"""Which rules of retention stand against erasing a file today."""

from uuid import UUID

from health_file import store
from health_file.actions.views import views_of
from health_file.retention import IMMUNIZATION, Blocking, Dated, Held, find_blocking
from services import clock
from services.database.session import Session

# Of these the rules ask more than the day that stands in the row.
READ_WHOLE = ("Encounter", IMMUNIZATION)


def list_blocking(session: Session, subject_id: UUID) -> list[Blocking]:
    """Every rule, for every unit, that has something of this file kept; empty when it may be erased.

    Access: the resident's request or the job: what is withheld from parents counts as well, but only the rule and
        its day leave.
    """
    held = [
        Held(row.author, row.type, row.records, row.last_on) for row in store.list_held(session, subject_id)
    ]
    rows = store.list_newest_undeleted(session, subject_id, READ_WHOLE)
    days = {row.id: row.dated_on or row.recorded_at.astimezone(clock.SHANGHAI).date() for row in rows}
    dated = [Dated(view.author, view.body, days[view.id]) for view in views_of(session, rows)]
    return find_blocking(held, dated, session.at.astimezone(clock.SHANGHAI).date())
