"""The second pass of an import: what was found right is kept, with our references in it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file.actions.importing.batch import ANOTHERS, Batch
from health_file.actions.importing.check import identified_residents, owner_names, read_entry
from health_file.actions.importing.job import Import, Result, content_digest, own_name
from health_file.actions.owner import owner_of
from health_file.actions.views import ResourceView
from health_file.errors import (
    ChangedHere,
    EntryChanged,
    EntryTwice,
    Issue,
    PatientKept,
    ReferencesLeft,
    ResidentChanged,
    ResidentUnknown,
)
from health_file.fhir import text
from health_file.fhir.importing import Entry, Unresolved, names_of_reference, resolved, wanted_references
from health_file.fhir.validation import validate
from health_file.rules import SHELF_TYPES, SUBJECTS
from health_file.store import imports
from health_file.store.imports import Standing, Target
from services.database.session import Session
from services.errors import CitizenError

Read = tuple[Entry, dict[str, Any]]
# The elements that say whose a resource is.
OWNERS = {**SUBJECTS, "Provenance": "target", "Binary": "securityContext"}


def load_entries(session: Session, job: Import, entries: Sequence[Entry]) -> Result:
    """Keep entries that were found right and are not kept yet; those that changed get a new version.

    Access: the command line, for the unit whose records these are.
    Effects: resources and their index, what the import knows of them, an audit row health_file.resources.imported for
        each resident; all of it with this transaction or nothing. Refusals of entries are in the result.
    Raises: what write_versions raises, as when somebody else wrote the same meanwhile: then nothing is written.
    """
    loading = _Loading(session, job, [(entry, body) for entry in entries if (body := _reread(entry))])
    result = loading.run()
    loading.batch.write(session, job)
    return result


def _reread(entry: Entry) -> dict[str, Any] | None:
    """The resource of an entry; what could not be read was said in the first pass."""
    if entry.fault is not None:
        return None
    try:
        return read_entry(entry)
    except CitizenError:
        return None


class _Loading:
    """Decides what becomes of the entries of one transaction."""

    def __init__(self, session: Session, job: Import, read: Sequence[Read]) -> None:
        self.batch = Batch()
        self._session, self._job, self._read = session, job, read
        self._result = Result()
        self._unresolved: list[tuple[Entry, list[Unresolved]]] = []
        residents = identified_residents(session, read)
        self._identities = {
            entry.ordinal: job.identity(session, own_name(entry, residents.get(entry.ordinal)))
            for entry, _ in read
        }
        self._targets = self._find_targets()
        own = {self._targets[one].resource_id for one in self._identities.values() if one in self._targets}
        self._standings = imports.lock_entries(session, job.source, job.run, [one for one in own if one])
        self._current = imports.find_current(session, list(self._standings))
        self._held = imports.find_patients(session, list(residents.values()))

    def _find_targets(self) -> Mapping[bytes, Target]:
        wanted = set(self._identities.values())
        for entry, body in self._read:
            for reference in wanted_references(body):
                wanted.update(self._job.digests(self._session, names_of_reference(entry, reference)))
        are_coming = any(entry.type == "Patient" for entry, _ in self._read)
        return imports.find_targets(self._session, self._job.run, wanted, are_patients_coming=are_coming)

    def run(self) -> Result:
        """Decide about each entry."""
        for entry, body in self._read:
            own = self._targets.get(self._identities[entry.ordinal])
            standing = self._standings.get(own.resource_id) if own and own.resource_id else None
            if standing is None:
                continue  # refused in the first pass, and said so there
            try:
                self._result.counts[self._take(entry, body, standing)] += 1
            except CitizenError as error:
                self._result.refuse(entry, error)
        self._warn_of_unresolved()
        return self._result

    def _take(self, entry: Entry, said: dict[str, Any], standing: Standing) -> str:
        """What becomes of one entry. Raises: CitizenError where it is refused."""
        digest = content_digest(self._session, text.write(said))
        if standing.ordinal != entry.ordinal:
            return self._again(entry, said, digest, standing)
        if standing.checked_digest is None:
            return "said"
        if digest != standing.checked_digest:
            raise EntryChanged
        if standing.subject_id is None:
            raise ResidentUnknown
        body, unresolved = resolved(said, lambda reference: self._meaning(entry, reference))
        self._check_owner(entry, standing, unresolved)
        kept = content_digest(self._session, text.write(body))
        if standing.loaded_digest in {kept, ANOTHERS}:
            return "unchanged"
        if self._is_anothers(entry, standing):
            self.batch.kept[standing.resource_id] = (ANOTHERS, 0)
            self._result.warn(entry, PatientKept())
            return "unchanged"
        view = ResourceView(
            id=standing.resource_id,
            type=entry.type,
            version=self._next_version(standing),
            author=self._job.actor.unit or "",
            recorded_at=self._session.at,
            body=body,
            subject_id=self._owner_of(entry, body, standing),
        )
        self.batch.add(view, kept)
        if unresolved:
            self._unresolved.append((entry, unresolved))
        return "created" if view.version == 1 else "changed"

    def _again(self, entry: Entry, said: dict[str, Any], digest: bytes, standing: Standing) -> str:
        """What says again what another entry of this run says under the same name, of the same resident."""
        if digest == standing.checked_digest and self._owner(entry, said, standing) == standing.subject_id:
            return "unchanged"
        try:
            validate(resolved(said, lambda _: None)[0], entry.type)
        except CitizenError:
            return "said"
        raise EntryTwice

    def _owner(self, entry: Entry, said: Mapping[str, Any], standing: Standing) -> UUID | None:
        for digest in self._job.digests(self._session, owner_names(entry, said)):
            if target := self._targets.get(digest):
                return target.subject_id
        return standing.subject_id

    def _meaning(self, entry: Entry, reference: str) -> str | None:
        """Our reference for one of the import's; the nearest name that is known at all decides."""
        for digest in self._job.digests(self._session, names_of_reference(entry, reference)):
            if target := self._targets.get(digest):
                return f"{target.type}/{target.resource_id}" if target.is_kept else None
        return None

    def _check_owner(self, entry: Entry, standing: Standing, unresolved: Sequence[Unresolved]) -> None:
        """Whose a resource is must be known; the Patient may be named by its id here. Raises: ResidentUnknown."""
        place = OWNERS.get(entry.type, "")
        for one in unresolved:
            if place and one.expression.startswith(f"{entry.type}.{place}"):
                ours = _our_id(one.reference)
                owner = imports.find_owners(self._session, [ours]).get(ours) if ours else None
                if owner is None or owner != standing.subject_id:
                    raise ResidentUnknown

    def _owner_of(self, entry: Entry, body: Mapping[str, Any], standing: Standing) -> UUID:
        """A shelf's resource may yet name a resident: all are there by now. Raises: ResidentChanged."""
        if entry.type not in SHELF_TYPES:
            return standing.subject_id or UUID(int=0)
        owner = owner_of(self._session, self._job.actor.unit or "", body)
        before = self._current.get(standing.resource_id)
        if before is not None and before.subject_id != owner:
            raise ResidentChanged
        return owner

    def _is_anothers(self, entry: Entry, standing: Standing) -> bool:
        return (
            entry.type == "Patient" and standing.loaded_digest is None and standing.subject_id in self._held
        )

    def _next_version(self, standing: Standing) -> int:
        """The version that an entry becomes. Raises: ChangedHere."""
        if standing.loaded_digest is None:
            return 1
        now = self._current.get(standing.resource_id)
        if (
            now is None
            or now.is_deleted
            or now.version != standing.version
            or now.author != self._job.actor.unit
        ):
            raise ChangedHere
        return now.version + 1

    def _warn_of_unresolved(self) -> None:
        """Say which references stay as they were sent; what names a resource of ours by its id here is none."""
        named = {_our_id(one.reference) for _, found in self._unresolved for one in found}
        ours = imports.find_held(self._session, [one for one in named if one])
        for entry, found in self._unresolved:
            left = [
                Issue(one.expression, "a resource of the import or of the file", "not-found")
                for one in found
                if _our_id(one.reference) not in ours
            ]
            if left:
                self._result.warn(entry, ReferencesLeft(left))


def _our_id(reference: str) -> UUID | None:
    try:
        return UUID(reference.partition("/_history/")[0].partition("/")[2])
    except ValueError:
        return None
