"""What one transaction of an import writes."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from health_file.actions.importing.job import Import
from health_file.actions.views import ResourceView
from health_file.actions.writing import write_versions
from health_file.sealing import file_ciphers
from health_file.store import imports
from services import audit
from services.database.session import Session

# Of a Patient that somebody else wrote nothing is known but that it is there.
ANOTHERS = b""


@dataclass(slots=True)
class Batch:
    """New versions, and what the import knows of each resource afterwards: what it says, and as which version."""

    written: list[ResourceView] = field(default_factory=list)
    kept: dict[UUID, tuple[bytes, int]] = field(default_factory=dict)

    def add(self, view: ResourceView, said: bytes) -> None:
        """Take in a new version."""
        self.written.append(view)
        self.kept[view.id] = (said, view.version)

    def write(self, session: Session, job: Import) -> None:
        """Write everything. Raises: what write_versions raises, and Shredded 404."""
        file_ciphers(session, {view.subject_id for view in self.written})
        write_versions(session, job.actor, self.written)
        if self.kept:
            imports.keep_entries(session, job.source, self.kept)
        for subject_id, count in Counter(view.subject_id for view in self.written).items():
            # A row for each resident: what one reads of the import is about oneself alone.
            types = sorted({view.type for view in self.written if view.subject_id == subject_id})
            details: audit.Details = {"author": job.actor.unit or "", "count": count, "types": types}
            audit.append(
                session, job.actor, "health_file.resources.imported", subject_id=subject_id, details=details
            )
