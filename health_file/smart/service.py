"""Who is who in the health file, as the gateway tells SMART applications.

Standard: SMART App Launch 2.2.0, sections 3.0.3 and 3.0.6.
"""

from uuid import UUID

from health_file import store
from health_file.fhir.index import joined
from health_file.rules import STAFF_SYSTEM
from health_file.smart.scopes import EXAMPLES, find_scope
from services.database.session import Session
from services.manifest import Scope

TOKEN_BYTES = 16


class HealthFileOfSmart:
    """The health file's side of SMART App Launch; see `services.manifest.SmartService`."""

    base_path = "/health-file/fhir"
    examples: tuple[str, ...] = EXAMPLES

    def read_scope(self, name: str) -> Scope | None:
        """The scope of this name, or None where it cannot be read to the end."""
        return find_scope(name)

    def find_patient(self, session: Session, subject: UUID) -> str | None:
        """The id of a resident's Patient resource; None where nobody has opened a file yet."""
        found = store.find_patient_id(session, subject)
        return None if found is None else str(found)

    def find_user(self, session: Session, account: UUID, *, unit: str | None) -> str | None:
        """A resident's own Patient, also where they act for a child; a practitioner's entry in the directory.

        Only their own unit's word counts for who a Practitioner is.
        """
        if unit:
            text = joined(STAFF_SYSTEM, str(account))
            digest = session.keys.index("health_file.Practitioner.identifier", text)[:TOKEN_BYTES]
            practitioner = store.find_practitioner_id(session, digest, unit)
            return None if practitioner is None else f"Practitioner/{practitioner}"
        found = store.find_patient_id(session, account)
        return None if found is None else f"Patient/{found}"
