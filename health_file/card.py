"""A card shown at a clinic's desk lets that clinic read the file for half an hour: showing it is the consent."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from health_file.actions.treating import open_relation
from health_file.fhir.treating import CARD
from services import ids, jobs
from services.actor import Actor
from services.database.session import Session

LIFE = timedelta(minutes=30)
OPEN = "health_file.open_card_session"


class HealthFileAtDesk:
    """The health file's side of `services.ports.CardDesk`."""

    def card_shown(self, session: Session, actor: Actor, *, subject_id: UUID, unit: str) -> None:
        """Open the session. Effects: a job of the card's own transaction, which may not touch this service's rows."""
        until = int((session.at + LIFE).timestamp())
        jobs.enqueue(
            session,
            actor,
            OPEN,
            subject_id=subject_id,
            unit=unit,
            card_session=str(ids.new_id()),
            until=until,
        )


def open_card_session(
    session: Session, actor: Actor, *, unit: str, card_session: str, until: str | int
) -> None:
    """The job: a treating relation until the half hour from the showing is over; however often it runs."""
    ends_at = datetime.fromtimestamp(int(until), UTC)
    if actor.subject is not None and ends_at > session.at:
        open_relation(session, actor.subject, unit, UUID(card_session), kind=CARD, ends_at=ends_at)
