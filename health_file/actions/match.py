"""Finding a resident's one Patient for a writer who does not see the file: by number, name and birthday."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import author_of, may_write
from health_file.actions.owner import reach
from health_file.actions.views import view_of
from health_file.errors import ParameterInvalid
from health_file.rules import id_numbers_of
from services import audit
from services.actor import Actor, ActorKind
from services.database.roles import Role
from services.database.session import Session
from services.errors import Denied
from services.gateway.directory import find_resident
from services.gateway.people import rate_limits


def match_patient(session: Session, actor: Actor, *, patient: Mapping[str, Any], policy: str) -> UUID | None:
    """The id of the Patient whose ID number, name and birthday are exactly these; None where one of them is not.

    Standard: FHIR R4 patient-operation-match.html, certain matches alone.
    Access: scope health_file:write; a unit's practitioner or system. Nothing but the id is shown.
    Effects: audit health_file.patient.matched, which the resident sees; one taken from the caller's allowance.
    Raises: Denied 403, ParameterInvalid 400, TooManyAttempts 429.
    """
    unit = author_of(actor)
    if unit is None or actor.kind is ActorKind.SYSTEM or not may_write(actor, "Patient"):
        raise Denied
    numbers, names, born = id_numbers_of(patient), set(_names(patient)), patient.get("birthDate")
    if len(numbers) != 1 or len(names) != 1 or not isinstance(born, str):
        raise ParameterInvalid("resource", "identifier, name and birthDate", "required")
    with session.entered(Role.GATEWAY):
        limit = rate_limits.spending(session.keys, policy, rate_limits.PATIENT_MATCH, actor.label)
        rate_limits.spend(session, [limit])
    subject = find_resident(session, numbers[0])
    own = None if subject is None else store.find_patient_id(session, subject)
    if subject is None or own is None:
        return None
    reach(session, subject)
    row = store.find_patient_row(session, subject, own)
    body = {} if row is None else view_of(session, row).body
    is_same = names <= set(_names(body)) and body.get("birthDate") == born
    details = {"unit": unit, "is_match": is_same}
    audit.append(session, actor, "health_file.patient.matched", subject_id=subject, details=details)
    return own if is_same else None


def _names(patient: Mapping[str, Any]) -> Iterator[str]:
    """Whole names: as they are written, and family and given names put together."""
    for name in patient.get("name", []):
        if isinstance(name, Mapping):
            together = str(name.get("family", "")) + "".join(map(str, name.get("given", [])))
            for one in {str(name.get("text", "")) or together}:
                plain = unicodedata.normalize("NFKC", one).casefold().replace(" ", "").replace("·", "")
                if plain:
                    yield plain
