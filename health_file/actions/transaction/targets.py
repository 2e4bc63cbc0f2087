"""Which resource each entry of a transaction is about: named, found by a condition, or new."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.conditions import find_match, take_turns
from health_file.actions.transaction.steps import Faults, Step
from health_file.errors import (
    DeletionNotAllowed,
    EntryRepeated,
    IdMismatch,
    Issue,
    ResourceDeleted,
    ResourceInvalid,
    VersionOutdated,
    VersionRequired,
)
from health_file.fhir.conditions import condition_of
from health_file.fhir.query import Query
from services import ids
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, NotFound


class Targets:
    """Finds the targets of steps; of two steps about one resource the later one is at fault."""

    def __init__(self, session: Session, actor: Actor, base_url: str, faults: Faults) -> None:
        self.session = session
        self.actor = actor
        self.base_url = base_url
        self.faults = faults
        self.conditions: dict[int, Query] = {}
        self._taken: set[tuple[str, UUID]] = set()
        self._asked: set[str] = set()

    def read_conditions(self, steps: Sequence[Step]) -> None:
        """Understand every condition, and go after everybody who has one of them."""
        for step in steps:
            text, name = _condition(step)
            if text is not None:
                with self.faults.of(step, name):
                    query = condition_of(step.entry.type, text, base_url=self.base_url, name=name)
                    if repr((step.entry.method, query)) in self._asked:
                        raise EntryRepeated
                    self._asked.add(repr((step.entry.method, query)))
                    self.conditions[step.entry.index] = query
        take_turns(self.session, self.conditions.values())

    def find(self, steps: Sequence[Step]) -> None:
        """Give each step its row and its id."""
        named = [(step.entry.type, step.entry.id) for step in steps if step.entry.id and not step.is_left]
        rows = store.find_resources(self.session, self.actor, named) if named else {}
        for step in steps:
            if not step.is_left:
                with self.faults.of(step, _condition(step)[1] or ".request.url"):
                    self._find(step, rows)

    def _find(self, step: Step, rows: dict[tuple[str, UUID], Any]) -> None:
        entry, query = step.entry, self.conditions.get(step.entry.index)
        if entry.id is not None:
            step.row = rows.get((entry.type, entry.id))
            if step.row is None:
                raise NotFound
        elif query is not None:
            step.row = find_match(self.session, self.actor, query)
        if step.row is None:
            self._take_new(step)
        elif entry.method == "POST":
            # What matches If-None-Exist is left as it is; the entry's links lead to it.
            step.id, step.status = step.row.id, 200
        else:
            self._take_row(step)

    def _take_new(self, step: Step) -> None:
        if step.entry.if_match is not None:
            raise VersionOutdated
        if step.entry.method == "DELETE":
            step.status, step.is_left = 204, True
        elif step.entry.method == "PATCH":
            raise NotFound
        elif step.entry.method == "PUT" and step.entry.resource and "id" in step.entry.resource:
            where = f"{step.entry.type}.id"
            raise ResourceInvalid([Issue(where, "none: this server gives the ids", "business-rule")])
        else:
            step.id, step.status = ids.new_id(), 201

    def _take_row(self, step: Step) -> None:
        """Check what stands before a change of an existing resource, and that nobody else here changes it."""
        entry, row = step.entry, step.row
        if (entry.type, row.id) in self._taken:
            raise EntryRepeated
        self._taken.add((entry.type, row.id))
        if row.author != step.author:
            raise Denied
        if entry.method == "DELETE":
            if entry.type == "Patient":
                raise DeletionNotAllowed
            if row.is_deleted:
                step.status, step.is_left = 204, True
                return
        elif row.is_deleted:
            raise ResourceDeleted
        elif entry.if_match is None and entry.condition is None:
            raise VersionRequired
        if entry.if_match is not None and entry.if_match != row.version:
            raise VersionOutdated
        if entry.method == "PUT" and (entry.resource or {}).get("id", _own_id(step)) != str(row.id):
            raise IdMismatch(entry.type)
        step.id, step.status = row.id, 204 if entry.method == "DELETE" else 200

    def check_overlap(self, steps: Sequence[Step]) -> None:
        """A conditional update may not match what another entry has just made (http.html#trules)."""
        made = {step.entry.type for step in steps if step.status == 201}
        for step in steps:
            query = self.conditions.get(step.entry.index)
            if query is None or step.entry.method == "POST" or step.entry.type not in made or step.is_left:
                continue
            with self.faults.of(step, _condition(step)[1]):
                match = find_match(self.session, self.actor, query)
                if match is not None and match.id != step.id:
                    raise EntryRepeated


def _condition(step: Step) -> tuple[str | None, str]:
    """The text of a step's condition, and where it stands in the entry."""
    if step.entry.if_none_exist is not None:
        return step.entry.if_none_exist, ".request.ifNoneExist"
    return step.entry.condition, ".request.url"


def _own_id(step: Step) -> str | None:
    """A conditional update may leave the id out; one by id names it (http.html#update)."""
    return str(step.row.id) if step.entry.condition is not None else None
