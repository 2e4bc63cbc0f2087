"""Who read a file: every disclosure as the audit log holds it, with names, for the resident whose file it is.

Reading the log is a disclosure of its own, and stands in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.readers import names_of_people, names_of_units
from services import audit
from services.actor import Actor, ActorKind, Relation
from services.audit.store import find_event_about, list_events_about
from services.database.session import Session
from services.errors import Denied, NotFound
from services.gateway.directory import client_names

# What shows somebody something of a file.
DISCLOSURES = (
    "health_file.resource.read",
    "health_file.resources.read",
    "health_file.resources.asked",
    "health_file.history.read",
    "health_file.summary.read",
    "health_file.consents.read",
    "health_file.access_log.read",
    "health_file.export.taken",
    "health_file.share.opened",
    "health_file.emergency.opened",
    "health_file.emergency.confirmed",
)
MOST = 200
# Reading that goes on after so long a pause is another visit.
PAUSE = timedelta(minutes=30)
READERS_OF_LOG = frozenset({Relation.SELF, Relation.GUARDIAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who read: the person by name where it was one, for which unit, through which application.

    `kind` is `self`, `other` (somebody who acts for the resident), `staff`, `client` or `system`; `person` is what a
    block of this person names.
    """

    kind: str
    name: str = ""
    person: UUID | None = None
    unit: str | None = None
    organisation: str = ""
    client: str | None = None
    application: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One disclosure. `consent` is its ground: `own`, `guardian`, `treating`, `consent:<id>` and so on."""

    id: UUID
    at: datetime
    event: str
    reader: Reader
    purpose: str | None
    consent: str
    resources: tuple[str, ...]
    count: int | None
    grant: str | None
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one reader read in one go, for one purpose and on one ground; the newest reading first."""

    reader: Reader
    purpose: str | None
    consent: str
    first_at: datetime
    last_at: datetime
    readings: tuple[Reading, ...]


def list_readings(
    session: Session, actor: Actor, *, limit: int = MOST, before: UUID | None = None
) -> list[Reading]:
    """Disclosures of a file, newest first, older than the one named.

    Access: scope health_file:read; the resident, or a child's parent.
    Effects: audit health_file.access_log.read. Raises: Denied 403.
    """
    subject = reader_of_log(actor)
    rows = list_events_about(session, subject, before=before, limit=limit, events=DISCLOSURES)
    note_reading(session, actor, len(rows))
    return read_rows(session, subject, rows)


def read_reading(session: Session, actor: Actor, *, reading_id: UUID) -> Reading:
    """One disclosure. Access, Effects: as `list_readings`. Raises: Denied 403, NotFound 404."""
    subject = reader_of_log(actor)
    row = find_event_about(session, subject, reading_id, events=DISCLOSURES)
    if row is None:
        raise NotFound
    note_reading(session, actor, 1)
    return read_rows(session, subject, [row])[0]


def list_readers(
    session: Session, actor: Actor, *, limit: int = MOST, before: UUID | None = None
) -> list[Visit]:
    """Who read a file, visit by visit, newest first. Access, Effects, Raises: as `list_readings`."""
    return visits_of(list_readings(session, actor, limit=limit, before=before))


def visits_of(readings: Sequence[Reading]) -> list[Visit]:
    """Readings put together by reader, grant, purpose and ground, until there is a pause. Pure."""
    groups: list[list[Reading]] = []
    open_groups: dict[Any, list[Reading]] = {}
    for one in readings:
        key = (one.reader, one.grant, one.purpose, one.consent)
        group = open_groups.get(key)
        if group is None or group[-1].at - one.at > PAUSE:
            group = open_groups[key] = []
            groups.append(group)
        group.append(one)
    return [
        Visit(
            reader=group[0].reader,
            purpose=group[0].purpose,
            consent=group[0].consent,
            first_at=group[-1].at,
            last_at=group[0].at,
            readings=tuple(group),
        )
        for group in groups
    ]


def reader_of_log(actor: Actor) -> UUID:
    """Whose log the actor may read. Raises: Denied 403."""
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None or actor.relation not in READERS_OF_LOG:
        raise Denied
    return actor.subject


def note_reading(session: Session, actor: Actor, count: int) -> None:
    """Write down that so many rows of the log were read. Effects: audit health_file.access_log.read."""
    details: audit.Details = {
        "count": count,
        "consent": "own" if actor.relation is Relation.SELF else "guardian",
        **({} if actor.grant is None else {"grant": str(actor.grant)}),
    }
    audit.append(
        session, actor, "health_file.access_log.read", subject_id=reader_of_log(actor), details=details
    )


def read_rows(session: Session, subject: UUID, rows: Sequence[tuple[Any, ...]]) -> list[Reading]:
    """Rows of the audit log about a resident, with names."""
    people = {person for row in rows if (person := _person(row[3])) is not None}
    units = {unit for row in rows if (unit := _unit(row[6]))}
    clients = sorted({row[4] for row in rows if row[4] is not None})
    names = names_of_people(session, people)
    organisations = names_of_units(session, units)
    applications = client_names(session, clients)
    return [_reading(subject, row, names, organisations, applications) for row in rows]


def _reading(
    subject: UUID,
    row: tuple[Any, ...],
    names: Mapping[str, str],
    organisations: Mapping[str, str],
    applications: Mapping[str, str],
) -> Reading:
    event_id, at, event, label, client, purpose, details = row
    kind, _, who = str(label).partition(":")
    person, unit = _person(label), _unit(details)
    if kind == ActorKind.RESIDENT:
        kind = "self" if who == str(subject) else "other"
    reader = Reader(
        kind=kind,
        name="" if person is None else names.get(str(person), ""),
        person=person,
        unit=unit,
        organisation=organisations.get(unit, "") if unit else "",
        client=client,
        application=applications.get(client, client) if client else "",
    )
    return Reading(
        id=event_id,
        at=at,
        event=event,
        reader=reader,
        purpose=details.get("purpose") or purpose,
        consent=str(details.get("consent", "own")),
        resources=tuple(details.get("resources", ())),
        count=details.get("count"),
        grant=details.get("grant"),
        subject_id=subject,
    )


def _unit(details: Mapping[str, Any]) -> str | None:
    """For which unit it was done: what is written names its author."""
    found = details.get("unit") or details.get("author")
    return str(found) if found else None


def _person(label: str) -> UUID | None:
    kind, _, who = str(label).partition(":")
    return UUID(who) if kind == ActorKind.STAFF and who else None


def patient_of_log(session: Session, actor: Actor) -> UUID | None:
    """The Patient resource of whose log is read."""
    return store.find_patient_id(session, reader_of_log(actor))
