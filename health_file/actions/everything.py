"""Everything that a file holds, page by page."""

import re
from base64 import b85decode, b85encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.disclosure import record_disclosure, record_question
from health_file.actions.views import WrittenView, written_of
from health_file.fhir.query.values import uuid_of
from health_file.rules import COMPARTMENT_TYPES, DIRECTORY_TYPES
from services import audit
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import NotFound

# When something happened, by type: what says nothing of it belongs to every period.
HAPPENED = {
    "Encounter": ("date",), "EpisodeOfCare": ("date",), "Condition": ("onset-date", "recorded-date"),
    "AllergyIntolerance": ("date", "onset"), "Immunization": ("date",), "MedicationStatement": ("effective",),
    "MedicationRequest": ("authoredon",), "Procedure": ("date",), "Observation": ("date",),
    "DiagnosticReport": ("date",), "DocumentReference": ("date", "period"), "FamilyMemberHistory": ("date",),
    "CarePlan": ("date",), "QuestionnaireResponse": ("authored",), "Flag": ("date",), "Consent": ("date",),
    "Composition": ("date",), "Provenance": ("recorded", "when"), "Bundle": ("timestamp",),
}  # fmt: skip
DATES = tuple(f"{name}.{code}" for name, codes in HAPPENED.items() for code in codes)
# Who is named stands once beside the page that names them first; so many are remembered from page to page.
MOST_BESIDE = 150
MARK_BYTES = 8
# A reference in written JSON, which has no spaces; inside a text the quotes would be escaped.
REFERENCE = re.compile(rb'"reference":"([A-Za-z]+)/([0-9a-f-]{36})(?:"|/_history/)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How much of a file is wanted."""

    types: Sequence[str] = ()
    since: datetime | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """One page of a file: its own resources, and who is named in them for the first time.

    `total` counts the file's own; `is_cut` says that more are named than this answer holds.
    """

    views: list[WrittenView]
    beside: list[WrittenView]
    total: int
    place: tuple[str, ...] | None
    is_cut: bool


def read_everything(
    session: Session,
    actor: Actor,
    *,
    patient_id: UUID | None,
    wanted: Period,
    count: int,
    place: Sequence[str] | None = None,
) -> FilePage:
    """A page of everything in a Patient's file that the actor sees, and of whom it names in the directory.

    Standard: FHIR R4 patient-operation-everything.html. Pages go by ids, which never change: each resource once.
    Access: scope health_file:read; without an id the resident's own file.
    Effects: audit health_file.resources.read. Raises: NotFound 404.
    """
    subject_id = _file_of(session, actor, patient_id)
    types = [name for name in COMPARTMENT_TYPES if not wanted.types or name in wanted.types]
    file = store.WholeFile(
        subject_id=subject_id,
        types=types,
        since=wanted.since,
        start=wanted.start,
        end=wanted.end,
        dates=DATES,
    )
    after = UUID(place[0]) if place else None
    rows = store.list_file(session, actor, file, limit=count + 1, after=after)
    views = written_of(session, rows[:count])
    total = int(place[1]) if place else _total(session, actor, file, rows, count)
    marks = set(_read(place[2])) if place else set()
    directory = [name for name in DIRECTORY_TYPES if not wanted.types or name in wanted.types]
    named = [one for one in _named(views, directory) if _mark(one[1]) not in marks]
    room = max(MOST_BESIDE - len(marks), 0)
    beside = written_of(session, store.find_referenced(session, actor, named, limit=room))
    marks |= {_mark(view.id) for view in beside}
    if views:
        _record(session, actor, [*views, *beside])
    else:
        record_question(session, actor, [subject_id], types=types, parameters=["$everything"])
    following = (str(rows[count - 1].id), str(total), _written(marks)) if len(rows) > count else None
    return FilePage(
        views=views, beside=beside, total=total, place=following, is_cut=len(beside) == room < len(named)
    )


def _file_of(session: Session, actor: Actor, patient_id: UUID | None) -> UUID:
    if patient_id is None:
        if actor.kind is not ActorKind.RESIDENT or actor.subject is None:
            raise NotFound
        return actor.subject
    row = store.find_resource(session, actor, "Patient", patient_id, None)
    if row is None or row.is_deleted:
        raise NotFound
    return UUID(str(row.subject_id))


def _total(session: Session, actor: Actor, file: store.WholeFile, rows: Sequence[Any], count: int) -> int:
    """Counted once, on the first page, and carried along."""
    return len(rows) if len(rows) <= count else store.count_file(session, actor, file)


def _named(views: Sequence[WrittenView], types: Sequence[str]) -> list[tuple[str, UUID]]:
    """Every resource of these types and of this server that bodies name, wherever."""
    kinds = {name.encode(): name for name in types}
    texts = {place for view in views for place in REFERENCE.findall(view.written) if place[0] in kinds}
    named = ((kinds[kind], uuid_of(own.decode())) for kind, own in texts)
    return sorted((kind, own) for kind, own in named if own is not None)


def _mark(resource_id: UUID) -> bytes:
    """The random half of an id."""
    return resource_id.bytes[-MARK_BYTES:]


def _written(marks: set[bytes]) -> str:
    return b85encode(b"".join(sorted(marks))).decode()


def _read(text: str) -> list[bytes]:
    raw = b85decode(text)
    return [raw[at : at + MARK_BYTES] for at in range(0, len(raw), MARK_BYTES)]


def _record(session: Session, actor: Actor, shown: Sequence[WrittenView]) -> None:
    types = sorted({view.type for view in shown})
    details: audit.Details = {"types": types, "count": len(shown), "parameters": ["$everything"]}
    record_disclosure(session, actor, "health_file.resources.read", shown, details=details)
