"""Shutting out one organisation or one person: the shortest Consent there is."""

from uuid import UUID

from health_file import store
from health_file.actions.consents.listing import ConsentView, list_consents, view_of_consent
from health_file.actions.consents.writing import give_consent, withdraw_consent
from health_file.actions.deciders import decider_of
from health_file.actions.views import ResourceView
from health_file.errors import ResidentUnknown
from health_file.fhir.consent import block_of
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid

LONGEST_UNIT = 60


def block_reader(
    session: Session, actor: Actor, *, unit: str | None = None, person: UUID | None = None
) -> ConsentView:
    """Deny one unit, or one member of staff wherever they work, everything but an emergency.

    Access, Effects: as `give_consent`. Blocking again gives back the block that stands.
    Raises: Invalid 422 unless exactly one is named; Denied 403; ResidentUnknown 422 where there is no file yet.
    """
    if (unit is None) == (person is None) or (unit is not None and not 0 < len(unit) <= LONGEST_UNIT):
        raise Invalid(field="unit", expected="unit | person")
    subject = decider_of(actor)
    standing = _find_block(session, actor, unit, person)
    if standing is not None:
        return standing
    patient = store.find_patient_id(session, subject)
    if patient is None:
        raise ResidentUnknown
    named = None if person is None else str(person)
    body = block_of(str(patient), session.at, unit=unit, person=named)
    return view_of_consent(session, give_consent(session, actor, resource=body))


def unblock_reader(session: Session, actor: Actor, *, consent_id: UUID) -> ResourceView:
    """Take a block back. Access, Effects, Raises: as `withdraw_consent`."""
    return withdraw_consent(session, actor, consent_id=consent_id)


def _find_block(session: Session, actor: Actor, unit: str | None, person: UUID | None) -> ConsentView | None:
    for one in list_consents(session, actor):
        if one.is_block and one.is_standing and len(one.provisions) == 1:
            only = one.provisions[0]
            units, persons = tuple(only.units), tuple(only.persons)
            if (units, persons) == (() if unit is None else (unit,), () if person is None else (person,)):
                return one
    return None
