"""A card shown at a clinic's desk lets that clinic read the file for half an hour: showing it is the consent."""

from datetime import timedelta
from uuid import UUID

from health_file import store
from health_file.actions.readers import name_of_unit
from health_file.actions.treating import open_by_card
from services import ids
from services.actor import Actor
from services.database.roles import Role
from services.database.session import Session
from services.ports import DeskSession

LIFE = timedelta(minutes=30)


class HealthFileAtDesk:
    """The health file's side of `services.ports.CardDesk`."""

    def card_shown(self, session: Session, actor: Actor, *, subject_id: UUID, unit: str) -> DeskSession:
        """Open the session in the card's own transaction: both hold from the same instant, or neither.

        Effects: a treating relation of half an hour; a message to the resident where the unit had none before.
        """
        del actor
        until = session.at + LIFE
        # A check at a desk reaches the card's rows alone; these few statements are what the worker may do.
        with session.entered(Role.WORKER):
            name = name_of_unit(session, unit)
            patient = store.find_patient_id(session, subject_id)
            open_by_card(session, subject_id, unit, ids.new_id(), ends_at=until)
        return DeskSession(until=until, unit_name=name, patient=None if patient is None else str(patient))
