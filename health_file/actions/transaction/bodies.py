"""The bodies that a transaction keeps: patched, with every link resolved, validated, and in whose file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file.actions.conditions import find_match
from health_file.actions.owner import find_owners, owner_of, reach_all
from health_file.actions.patching import patched
from health_file.actions.transaction.steps import Faults, Step
from health_file.actions.views import ResourceView
from health_file.errors import Issue, ReferenceUnresolved, ResidentChanged
from health_file.fhir.conditions import condition_of
from health_file.fhir.links import Links, Place, conditional_references, localise, path_of, rewrite
from health_file.fhir.patches import patch_in
from health_file.fhir.validation import validate
from health_file.rules import id_numbers_of, named_by
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError

# In the place of what a search would have found, had the transaction gone well so far.
UNSETTLED = "unsettled"


class Bodies:
    """Turns what entries brought into what is kept."""

    def __init__(self, session: Session, actor: Actor, base_url: str, faults: Faults) -> None:
        self.session = session
        self.actor = actor
        self.base_url = base_url
        self.faults = faults
        self.links = Links(base_url)
        self._searched: dict[str, str] = {}
        self._owners: dict[str, UUID] = {}
        self._patients: set[str] = set()

    def waves(self, steps: Sequence[Step], changed: Sequence[Step]) -> Iterator[Sequence[Step]]:
        """First the steps that can be kept as they are, then those that refer by a search, which may find the first."""
        for step in steps:
            if step.entry.full_url and step.id:
                self.links.add(step.entry.full_url, step.place)
        for step in changed:
            with self.faults.of(step):
                step.body = self._body(step)
        changed = [step for step in changed if not step.is_left]
        self._foresee_patients(changed)
        waiting = changed
        while waiting:
            # Without a wave that can be kept the rest is at fault, and settling it says how.
            ready = [step for step in waiting if self._is_ready(step)] or waiting
            yield ready
            kept = {step.entry.index for step in ready}
            waiting = [step for step in waiting if step.entry.index not in kept]

    def _foresee_patients(self, steps: Sequence[Step]) -> None:
        """Know the owners of new Patients before any wave: what is about them may be kept in an earlier one."""
        patients = [step for step in steps if step.entry.type == "Patient" and _is_patient(step.body)]
        self._patients = {step.place for step in steps if step.entry.type == "Patient"}
        found = find_owners(self.session, [step.body for step in patients if step.body])
        for step in patients:
            numbers = id_numbers_of(step.body or {})
            owners = {found.get(number) for number in numbers}
            if len(owners) == 1 and (owner := owners.pop()) is not None:
                self._owners[step.place] = owner

    def _is_ready(self, step: Step) -> bool:
        """Whether every search that the step refers by finds something by now."""
        return all(self._search(place, one) is None for place, one in conditional_references(step.body))

    def _body(self, step: Step) -> dict[str, Any]:
        given = step.entry.resource or {}
        if step.entry.method == "PATCH":
            return patched(self.session, step.row, patch_in(given))
        body: dict[str, Any] = _copied(given)
        return body

    def settle(self, steps: Sequence[Step]) -> None:
        """Resolve and validate a wave, and find in whose file each step stands."""
        for step in steps:
            with self.faults.of(step):
                self._resolve(step)
            if not step.is_left:
                with self.faults.of(step):
                    validate(step.body, step.entry.type)
        sound = [step for step in steps if not step.is_left]
        # Patients first: the others may be about one that is new here.
        for wave in (
            [step for step in sound if step.entry.type == "Patient"],
            [step for step in sound if step.entry.type != "Patient"],
        ):
            self._find_owners(wave)

    def _resolve(self, step: Step) -> None:
        body = step.body or {}
        localise(body, self.base_url)
        issues = [
            issue
            for place, reference in conditional_references(body)
            if (issue := self._search(place, reference))
        ]
        lost = rewrite(body, self.links, step.entry.full_url, self._searched)
        issues += [Issue(path_of(place), "an entry with this fullUrl", "not-found") for place in lost]
        if issues:
            places = [issue._replace(expression=f".resource{issue.expression}") for issue in issues]
            raise ReferenceUnresolved(places)

    def _search(self, place: Place, reference: str) -> Issue | None:
        """Find what a reference that is a search names; an issue where that is not one resource."""
        if reference in self._searched:
            return None
        kind = reference.partition("?")[0]
        try:
            query = condition_of(kind, reference, base_url=self.base_url, name="reference")
            match = find_match(self.session, self.actor, query)
        except CitizenError as error:
            code = "multiple-matches" if error.status == 412 else "value"
            return Issue(path_of(place), "a search that finds one resource", code)
        if match is None:
            # Where an entry is at fault nothing is written that the search could find; all else is judged.
            if self.faults:
                self._searched[reference] = f"{kind}/{UNSETTLED}"
                return None
            return Issue(path_of(place), "a search that finds one resource", "not-found")
        self._searched[reference] = f"{match.type}/{match.id}"
        return None

    def _find_owners(self, steps: Sequence[Step]) -> None:
        known = find_owners(self.session, [step.body for step in steps if step.body]) | self._owners
        reach_all(self.session, known.values())
        for step in steps:
            if self.faults and self._is_about_a_fault(step, known):
                continue
            with self.faults.of(step, ".resource"):
                owner = owner_of(self.session, step.author, step.body or {}, known)
                if step.row is not None and step.row.subject_id != owner:
                    raise ResidentChanged
                if step.entry.type == "Patient":
                    self._owners[step.place] = owner
                if step.row is None and step.id is not None:
                    step.view = ResourceView(
                        id=step.id,
                        type=step.entry.type,
                        version=1,
                        author=step.author,
                        recorded_at=self.session.at,
                        body=step.body or {},
                        subject_id=owner,
                    )

    def _is_about_a_fault(self, step: Step, known: Mapping[str, UUID]) -> bool:
        """Whether a step is only not placed because the Patient that it is about is itself at fault."""
        return any(
            one not in known and (one in self._patients or one.endswith(f"/{UNSETTLED}"))
            for one in named_by(step.body or {}).references
        )


def _is_patient(body: Any) -> bool:
    """Whether a body that is not validated yet has identifiers to look for."""
    return body.get("resourceType") == "Patient" and isinstance(body.get("identifier"), list)


def _copied(value: Any) -> Any:
    """JSON, copied all through; `copy.deepcopy` takes four times as long."""
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_copied(one) for one in value]
    return value
