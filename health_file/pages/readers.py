"""Who read the file: visit by visit, by name; and keeping a person or a unit out, after a question."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from health_file import access, actions
from health_file.display import Reader
from health_file.display.readings import ground, purpose, what, who
from health_file.pages.agreements import agreements_of
from health_file.pages.blueprint import address, blueprint, open_file, page
from health_file.pages.parties import name_of_unit
from health_file.pages.treating import treating_lines
from services.actor import Relation
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes

MOST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One visit in words; `person` and `unit` are whom it offers to keep out."""

    at: datetime
    who: str
    what: str
    unit_name: str
    purpose: str
    ground: str
    person: UUID | None
    unit: str | None


@blueprint.get("/my/health/readers")
@scopes(access.READ)
def list_readers() -> str:
    """Everybody who read the file, newest first, and whom the resident keeps out."""
    session, actor = current_session(), current_actor()
    before = _uuid(request.args.get("before"))
    visits = actions.list_readers(session, actor, limit=MOST, before=before)
    shown = sum(len(one.readings) for one in visits)
    oldest = min((reading.id for one in visits for reading in one.readings), default=None)
    decided = [one for one in actions.list_consents(session, actor) if one.is_block and one.is_standing]
    file = open_file()
    return page(
        "readers",
        file,
        rows=[line_of(one, file.reader) for one in visits],
        older=address("/readers", before=oldest) if shown == MOST else "",
        is_later=before is not None,
        blocked=agreements_of(decided, file.reader),
        treating=treating_lines(),
    )


@blueprint.get("/my/health/readers/block")
@scopes(access.CONSENT)
def ask_block() -> str:
    """Whether to keep this person, or this unit, out."""
    person, unit = _party()
    file = open_file()
    return page(
        "block",
        file,
        whom=_name(person, unit, file.reader),
        is_unit=unit is not None,
        action=address("/readers/block", person=person, unit=unit),
    )


@blueprint.post("/my/health/readers/block")
@scopes(access.CONSENT)
def block_reader() -> AnyResponse:
    """Keep them out from now on."""
    person, unit = _party()
    actions.block_reader(current_session(), current_actor(), unit=unit, person=person)
    return redirect(address("/readers"), 303)


def newest_lines(count: int, reader: Reader) -> list[Line]:
    """The newest visit of each of the last readers; nothing for those who may not see the log."""
    session, actor = current_session(), current_actor()
    if actor.relation not in {Relation.SELF, Relation.GUARDIAN}:
        return []
    seen: dict[str, Line] = {}
    for visit in actions.list_readers(session, actor, limit=MOST):
        line = line_of(visit, reader)
        seen.setdefault(line.who, line)
        if len(seen) == count:
            break
    return list(seen.values())


def line_of(visit: actions.Visit, reader: Reader) -> Line:
    """A visit in words."""
    one = visit.reader
    resources = [name for reading in visit.readings for name in reading.resources]
    count = sum(reading.count or len(reading.resources) for reading in visit.readings)
    return Line(
        at=visit.last_at,
        who=who(one.kind, one.name, one.organisation, one.application, reader),
        what=what((reading.event for reading in visit.readings), resources, count, reader),
        unit_name=one.organisation or (one.unit or ""),
        purpose=purpose(visit.purpose, reader),
        ground=ground(visit.consent, reader),
        person=one.person,
        unit=one.unit if one.kind in {"staff", "client"} else None,
    )


def _party() -> tuple[UUID | None, str | None]:
    """Whom the address names: exactly one."""
    person, unit = _uuid(request.args.get("person")), request.args.get("unit")
    if (person is None) == (not unit):
        raise NotFound
    return person, unit or None


def _name(person: UUID | None, unit: str | None, reader: Reader) -> str:
    """The name of a unit, or of somebody who has read this file; who never did cannot be asked about here."""
    if unit is not None:
        return name_of_unit(unit)
    for visit in actions.list_readers(current_session(), current_actor()):
        if visit.reader.person == person:
            return line_of(visit, reader).who
    raise NotFound


def _uuid(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise NotFound from None
