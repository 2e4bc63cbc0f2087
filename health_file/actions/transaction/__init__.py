"""A transaction Bundle: everything that it asks for, or nothing; every entry that fails is pointed at."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from health_file import access
from health_file.actions.transaction.bodies import Bodies
from health_file.actions.transaction.steps import Faults, Step
from health_file.actions.transaction.targets import Targets
from health_file.actions.views import ResourceView
from health_file.actions.writing import following, require_author, write_versions
from health_file.fhir.bundles import Entry
from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError, Denied

__all__ = ["Faults", "Step", "apply_transaction"]
MOST_NAMED = 50
# What an entry may come to, as letters of scopes: a conditional update may create.
LETTERS = {"POST": "c", "PUT": "uc", "PATCH": "u", "DELETE": "d"}


def apply_transaction(
    session: Session, actor: Actor, entries: Sequence[Entry], faults: Faults, *, base_url: str
) -> list[Step]:
    """Apply the entries that write; what became of each. `faults` are those met before, and gathers the others.

    Standard: FHIR R4 http.html#transaction: deletions first, then creates, then updates and patches; links between
        entries, and references that are searches, are resolved wherever they stand.
    Access: scope health_file:write; each entry as the same interaction alone.
    Effects: versions and index rows by a bounded number of statements; for each file one audit row
        health_file.transaction.written.
    Raises: EntriesRefused, with a status of its own, naming every entry at fault.
    """
    steps = _admitted(actor, entries, faults)
    targets = Targets(session, actor, base_url, faults)
    deletions = [step for step in steps if step.entry.method == "DELETE"]
    others = [step for step in steps if step.entry.method != "DELETE"]
    targets.read_conditions(steps)
    targets.find(deletions)
    _write(session, actor, deletions, faults)
    targets.find(others)
    bodies = Bodies(session, actor, base_url, faults)
    changed = [step for step in others if not step.is_left and not (step.row and step.entry.method == "POST")]
    for wave in bodies.waves(others, changed):
        bodies.settle(wave)
        _write(session, actor, wave, faults)
    if not faults:
        targets.check_overlap(others)
    faults.check()
    _record(session, actor, steps)
    return steps


def _admitted(actor: Actor, entries: Sequence[Entry], faults: Faults) -> list[Step]:
    steps = []
    for entry in entries:
        try:
            author = require_author(actor, entry.type)
            if not any(access.may_write(actor, entry.type, letter) for letter in LETTERS[entry.method]):
                raise Denied
            steps.append(Step(entry=entry, author=author))
        except CitizenError as error:
            faults.add(entry.index, error, ".request.url")
    return steps


def _write(session: Session, actor: Actor, steps: Sequence[Step], faults: Faults) -> None:
    """Write what is left of a wave; where anything is at fault already, nothing more needs to be."""
    if faults:
        return
    writing = [step for step in steps if not step.is_left]
    for step in writing:
        if step.view is None and step.row is not None:
            step.view = following(session, step.row, step.author, step.body)
    by_id = {step.view.id: step for step in writing if step.view is not None}
    refused = write_versions(session, actor, [step.view for step in by_id.values() if step.view is not None])
    for own, error in refused.items():
        faults.add(by_id[own].entry.index, error)


def _record(session: Session, actor: Actor, steps: Sequence[Step]) -> None:
    written: dict[UUID, list[ResourceView]] = defaultdict(list)
    for step in steps:
        if step.view is not None:
            written[step.view.subject_id].append(step.view)
    for subject_id, views in written.items():
        kinds = Counter(_kind(view) for view in views)
        details: dict[str, Any] = {
            **{kind: kinds[kind] for kind in ("created", "updated", "deleted") if kinds[kind]},
            "types": sorted({view.type for view in views}),
            "author": views[0].author,
        }
        if len(views) <= MOST_NAMED:
            details["resource_ids"] = [str(view.id) for view in views]
        audit.append(
            session, actor, "health_file.transaction.written", subject_id=subject_id, details=details
        )


def _kind(view: ResourceView) -> str:
    return "deleted" if view.is_deleted else "created" if view.version == 1 else "updated"
