"""The blueprint of the health file's pages, and what each of them knows: whose file this is, and how links keep it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request

from health_file import actions
from health_file.display import (
    Reader,
    Record,
    Result,
    age_on,
    months_on,
    newest_first,
    plain,
    record_of,
    result_of,
)
from health_file.display.front_page import birth_of
from health_file.display.results import newest_first as newest_results
from services import clock
from services.actor import Relation
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.language import current_language
from services.web.language import gettext as _

blueprint = PageBlueprint("health_file_pages", "health_file", service="health_file")
HOME = "/my/health"
# Of one type no page reads more; a longer file says so, and has its search and its copy.
MOST = 1000
PAGE_SIZE = 25


@dataclass(frozen=True)
class File:
    """What one page has read of a file, in the reader's words."""

    reader: Reader
    today: date
    bodies: tuple[tuple[UUID, Mapping[str, Any]], ...]
    is_whole: bool

    @cached_property
    def patient(self) -> Mapping[str, Any] | None:
        """The Patient."""
        return next((body for _, body in self.bodies if body["resourceType"] == "Patient"), None)

    def records(self, *types: str) -> list[Record]:
        """The records of some types, newest first."""
        found = ((one, body) for one, body in self.bodies if body["resourceType"] in types)
        return newest_first(record_of(one, body, self.reader) for one, body in found)

    @cached_property
    def results(self) -> list[Result]:
        """The observations, newest first."""
        found = ((one, body) for one, body in self.bodies if body["resourceType"] == "Observation")
        return newest_results(result_of(one, body, self.reader) for one, body in found)


def open_file(*types: str, **limits: int) -> File:
    """Read what a page shows of these types, and the Patient, in one disclosure."""
    wanted = {"Patient": 1} | dict.fromkeys(types, MOST + 1) | limits
    views = actions.read_own_file(current_session(), current_actor(), wanted=wanted)
    counts: dict[str, int] = {}
    for view in views:
        counts[view.type] = counts.get(view.type, 0) + 1
    return file_of(
        [(view.id, view.body) for view in views],
        is_whole=all(counts.get(one, 0) <= MOST for one in types),
    )


def file_of(bodies: list[tuple[UUID, Mapping[str, Any]]], *, is_whole: bool = True) -> File:
    """Bodies in the words of whoever reads this page."""
    reader = Reader(current_language(), _)
    return File(reader, clock.today(), tuple(bodies), is_whole)


def page(template: str, file: File, **values: Any) -> str:
    """Draw a page of a file: with the person's name and age under its title, and links that keep the person."""
    actor = current_actor()
    return render_template(
        f"health_file/{template}.html",
        to=address,
        crumbs=_crumbs,
        path_of=path_of,
        person=_person(file),
        reader=file.reader,
        is_whole=file.is_whole,
        is_for_another=actor.relation is not Relation.SELF,
        is_guardian=actor.relation is Relation.GUARDIAN,
        **values,
    )


def address(path: str = "", **query: Any) -> str:
    """A page of the health file, about the same person: who it is stands in the URL, never in the session."""
    actor = current_actor()
    if actor.relation is not Relation.SELF:
        query["for"] = actor.subject
    found = {name: value for name, value in query.items() if value not in {None, ""}}
    return f"{HOME}{path}" + (f"?{urlencode(found)}" if found else "")


def _crumbs() -> list[tuple[str, str]]:
    """Home, and below the front page the front page."""
    home = ("/", _("首页"))
    return [home] if request.path == HOME else [home, (address(), _("健康档案"))]


def path_of(record: Record) -> str:
    """Where one record stands."""
    folder = "/documents" if record.type == "DocumentReference" else "/records"
    return address(f"{folder}/{record.id}")


def _person(file: File) -> str:
    """Name and age, as the file has them."""
    patient = file.patient
    if patient is None:
        return ""
    name = plain(patient.get("name", [])[:1], file.reader)
    born = birth_of(patient)
    if born is None:
        return name
    years = age_on(born, file.today)
    age = (
        _("%(years)d 岁", years=years)
        if years > 2
        else _("%(months)d 个月", months=months_on(born, file.today))
    )
    return " · ".join(part for part in (name, age) if part)


def page_number() -> int:
    """Which page of a list was asked for; the first, where none or nonsense was."""
    given = request.args.get("page", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 6 and int(given) else 1


def one_page(found: list[Any], link: Callable[[int], str]) -> dict[str, Any]:
    """The rows of the page asked for, and the ways to the pages on either side."""
    number = page_number()
    start = (number - 1) * PAGE_SIZE
    return {
        "rows": found[start : start + PAGE_SIZE],
        "older": link(number + 1) if len(found) > start + PAGE_SIZE else "",
        "newer": link(number - 1) if number > 1 else "",
    }
