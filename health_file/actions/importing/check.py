"""The first pass of an import: what is wrong is said, what is right is named, so that others may refer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from health_file.actions.importing.job import Import, Result, content_digest, name_inside, names_of, own_name
from health_file.actions.owner import check_staff, check_units, shelf_of
from health_file.errors import EntryMalformed, EntryTwice, ResidentUnknown, TypeNotSupported
from health_file.fhir import text
from health_file.fhir.importing import Entry, names_of_reference, resolved
from health_file.fhir.validation import validate
from health_file.rules import DIRECTORY_TYPES, HELD_TYPES, SHELF_TYPES, SUBJECTS, id_numbers_of
from health_file.store import imports as store
from services import ids
from services.database.session import Session
from services.errors import CitizenError
from services.gateway.directory import find_residents
from services.web import json_reader

ABOUT_NOBODY = frozenset({*DIRECTORY_TYPES, *SHELF_TYPES})


@dataclass(slots=True)
class _Checked:
    """An entry that could be read; `error` says why it may not be kept."""

    entry: Entry
    resource: dict[str, Any]
    error: CitizenError | None = None
    resident: UUID | None = None
    owner: UUID | None = None

    @property
    def own(self) -> str:
        """A Patient is one with every other of the same resident, by whatever name."""
        return own_name(self.entry, self.resident)


def check_entries(session: Session, job: Import, entries: Sequence[Entry]) -> Result:
    """Judge entries and keep their names; no resource is written yet.

    Standard: FHIR R4 validation as on create, bundle.html#references for the names.
    Access: the command line, for the unit whose records these are.
    Effects: names and entries of the import. Refusals are in the result: one entry never stops the others.
    """
    result = Result()
    checked = [one for entry in entries if (one := _read(session, entry, job.actor.unit or "", result))]
    _find_residents(session, checked)
    _find_owners(session, job, checked)
    ids_of = _claim(session, job, checked)
    rows = []
    shared: dict[bytes, UUID | None] = {}
    inside: dict[bytes, UUID | None] = {}
    for one in checked:
        resource_id = ids_of[job.identity(session, one.own)]
        if resource_id is None:
            one.error = one.error or EntryTwice()
            result.refuse(one.entry, one.error)
            continue
        rows.append(_row(session, job, one, resource_id))
        for digest in job.digests(session, names_of(one.entry, one.resource)):
            shared[digest] = resource_id if shared.get(digest, resource_id) == resource_id else None
        if name := name_inside(one.entry):
            digest = job.digest(session, name)
            inside[digest] = resource_id if inside.get(digest, resource_id) == resource_id else None
        if one.error is None:
            result.counts["checked"] += 1
        else:
            result.refuse(one.entry, one.error)
    store.speak_for(session, rows)
    store.share_names(session, job.source, job.run, shared)
    store.share_names(session, job.source, job.run, inside, is_kept=False)
    return result


def read_entry(entry: Entry) -> dict[str, Any]:
    """The resource of an entry, read as strictly as from a request. Raises: MalformedJson, EntryMalformed."""
    raw = entry.text.encode("utf-8", "surrogatepass")
    resource: dict[str, Any] = json_reader.read(raw, exact=True)
    return resource


def identified_residents(
    session: Session, entries: Sequence[tuple[Entry, Mapping[str, Any]]]
) -> dict[int, UUID]:
    """Whom Patients are, by ID number, under their ordinals; one whom the gateway does not know is not among them."""
    numbers = {entry.ordinal: id_numbers_of(body) for entry, body in entries if entry.type == "Patient"}
    known = find_residents(session, [number for found in numbers.values() for number in found])
    residents = {ordinal: {known.get(number) for number in found} for ordinal, found in numbers.items()}
    return {
        ordinal: one for ordinal, found in residents.items() if len(found) == 1 and (one := next(iter(found)))
    }


def owner_names(entry: Entry, resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The names by which a resource about a resident says whose it is, the nearest first."""
    subject = resource.get(SUBJECTS.get(entry.type, ""))
    reference = subject.get("reference") if isinstance(subject, dict) else None
    return names_of_reference(entry, reference) if isinstance(reference, str) else ()


def _read(session: Session, entry: Entry, author: str, result: Result) -> _Checked | None:
    if entry.fault is not None:
        result.refuse(entry, EntryMalformed([entry.fault]))
        return None
    try:
        resource = read_entry(entry)
    except CitizenError as error:
        result.refuse(entry, error)
        return None
    try:
        if entry.type not in HELD_TYPES:
            raise TypeNotSupported  # judged like every other fault of the entry
        # Conditions on identifiers are judged as what they say: a logical reference.
        validate(resolved(resource, lambda _: None)[0], entry.type)
        check_units(author, resource)
        check_staff(session, author, resource)
    except CitizenError as error:
        return _Checked(entry, resource, error)
    return _Checked(entry, resource)


def _find_residents(session: Session, checked: Sequence[_Checked]) -> None:
    right = [one for one in checked if one.error is None and one.entry.type == "Patient"]
    found = identified_residents(session, [(one.entry, one.resource) for one in right])
    for one in right:
        one.resident = found.get(one.entry.ordinal)
        if one.resident is None:
            one.error = ResidentUnknown()


def _find_owners(session: Session, job: Import, checked: Sequence[_Checked]) -> None:
    """Whose entries are that name a Patient of ours by its id here; and where those stand that are about nobody."""
    named = {one.entry.ordinal: _our_id(one) for one in checked if one.error is None}
    wanted = [found for found in named.values() if found]
    known = store.find_owners(session, wanted) if wanted else {}
    for one in checked:
        if one.entry.type in ABOUT_NOBODY and one.error is None:
            one.owner = shelf_of(session, job.actor.unit or "", one.entry.type)
        elif found := named.get(one.entry.ordinal):
            one.owner = known.get(found)


def _our_id(one: _Checked) -> UUID | None:
    for name in owner_names(one.entry, one.resource):
        if name.startswith("Patient/"):
            try:
                return UUID(name.removeprefix("Patient/"))
            except ValueError:
                return None
    return None


def _claim(session: Session, job: Import, checked: Sequence[_Checked]) -> dict[bytes, UUID | None]:
    """A resource of ours for each entry: the one that it had before, a resident's Patient, or a new one."""
    residents = [one.resident for one in checked if one.resident]
    held = store.find_patients(session, residents) if residents else {}
    wanted = {
        job.identity(session, one.own): held.get(one.resident) if one.resident else None for one in checked
    }
    claimed = store.claim_names(
        session, job.source, {digest: found or ids.new_id() for digest, found in wanted.items()}
    )
    moved = {digest: found for digest, found in wanted.items() if found and claimed[digest] != found}
    if moved:  # somebody else has opened the resident's file since the name was given
        store.move_names(session, moved)
    return {**claimed, **moved}


def _row(session: Session, job: Import, one: _Checked, resource_id: UUID) -> dict[str, Any]:
    said = None if one.error else content_digest(session, text.write(one.resource))
    return {
        "source": job.source,
        "resource_id": resource_id,
        "type": one.entry.type,
        "run": job.run,
        "ordinal": one.entry.ordinal,
        "checked_digest": said,
        "owner_digests": job.digests(session, owner_names(one.entry, one.resource)),
        "subject_id": one.resident or one.owner,
    }
