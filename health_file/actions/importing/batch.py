"""What one transaction of an import writes, gathered first and then written by a few statements."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.importing.job import Import
from health_file.actions.search import index_entries
from health_file.actions.views import ResourceView, row_of
from health_file.errors import ChangedHere, PatientAlreadyHeld
from health_file.store import imports
from services import audit
from services.database.session import Session

# Of a Patient that somebody else wrote nothing is known but that it is there.
ANOTHERS = b""


@dataclass(slots=True)
class Batch:
    """Versions with their rows and index, and what the import knows of each afterwards."""

    written: list[ResourceView] = field(default_factory=list)
    kept: dict[UUID, tuple[bytes, int]] = field(default_factory=dict)
    _rows: list[Mapping[str, Any]] = field(default_factory=list)
    _tokens: list[tuple[UUID, UUID, bytes]] = field(default_factory=list)
    _spans: list[tuple[UUID, UUID, str, date, date]] = field(default_factory=list)

    def add(self, session: Session, view: ResourceView, said: bytes) -> None:
        """Take in a new version. Raises: ResourceInvalid 422 where it would fill the index, Shredded 404."""
        tokens, spans = index_entries(session, view)
        row = row_of(session, view)
        self.written.append(view)
        self.kept[view.id] = (said, view.version)
        self._rows.append(row)
        self._tokens += [(view.subject_id, view.id, one) for one in tokens]
        self._spans += [(view.subject_id, view.id, *one) for one in spans]

    def write(self, session: Session, job: Import) -> None:
        """Write everything. Raises: ChangedHere, PatientAlreadyHeld, when somebody else was quicker."""
        for view in self.written:
            if view.version > 1:
                if not store.retire_version(session, view.subject_id, view.id, view.version - 1):
                    raise ChangedHere
                store.forget_index(session, view.subject_id, view.id)
            elif view.type == "Patient" and not store.claim_patient_place(session, view.subject_id, view.id):
                raise PatientAlreadyHeld
        store.add_resources(session, [row for row in self._rows if row["version"] == 1])
        for row in self._rows:
            if row["version"] > 1:
                store.add_version(session, row)
        store.add_indexes(session, self._tokens, self._spans)
        if self.kept:
            imports.keep_entries(session, job.source, self.kept)
        self._append_audit(session, job)

    def _append_audit(self, session: Session, job: Import) -> None:
        """One row for each resident: what one reads of the import is about oneself alone."""
        for subject_id, count in Counter(view.subject_id for view in self.written).items():
            types = sorted({view.type for view in self.written if view.subject_id == subject_id})
            details: audit.Details = {"author": job.actor.unit or "", "count": count, "types": types}
            audit.append(
                session, job.actor, "health_file.resources.imported", subject_id=subject_id, details=details
            )
