"""What becomes of each entry on its way through a transaction, and the faults that are met."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from health_file.actions.views import ResourceView
from health_file.errors import EntriesRefused, Issue, ResourceInvalid, VersionOutdated, VersionRequired
from health_file.fhir.bundles import Entry, errors_of
from services.errors import CitizenError


@dataclass(slots=True, kw_only=True)
class Step:
    """An entry that writes: the version it replaces, the id it has or gets, the body to keep, what was kept.

    `status` is what the entry would answer alone: 201, 200, or 204.
    """

    entry: Entry
    author: str
    id: UUID | None = None
    row: Any = None
    body: dict[str, Any] | None = None
    view: ResourceView | None = None
    status: int = 0
    is_left: bool = False

    @property
    def place(self) -> str:
        """`Type/id`."""
        return f"{self.entry.type}/{self.id}"


@dataclass(slots=True)
class Faults:
    """Everything that is wrong with any entry; the first one's status is that of all."""

    found: dict[int, list[dict[str, str]]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, index: int, error: CitizenError, below: str = "") -> None:
        """Keep a failure of one entry."""
        self.found.setdefault(index, []).extend(errors_of(index, error, below))
        self.statuses.setdefault(index, error.status)

    def add_issues(self, issues: Sequence[Issue]) -> None:
        """Keep what is wrong with entries besides their resources; each issue says of which."""
        for issue in issues:
            index = int(issue.expression.removeprefix("Bundle.entry[").partition("]")[0])
            self.add(index, ResourceInvalid([issue]))

    def add_outcome(self, index: int, status: int, outcome: Any) -> None:
        """Keep what an entry that reads was refused with."""
        issues = outcome.get("issue", []) if isinstance(outcome, dict) else []
        self.statuses.setdefault(index, status)
        for issue in issues:
            fault = {"field": f"Bundle.entry[{index}]", "code": issue["code"]}
            fault["expected"] = issue.get("diagnostics", issue["code"])
            self.found.setdefault(index, []).append(fault)

    @contextmanager
    def of(self, step: Step, below: str = "") -> Iterator[None]:
        """Keep the failure of a step instead of raising it; the step goes no further."""
        try:
            yield
        except CitizenError as error:
            is_of_version = isinstance(error, VersionOutdated | VersionRequired)
            self.add(step.entry.index, error, ".request.ifMatch" if is_of_version else below)
            step.is_left = True

    def check(self) -> None:
        """Raises: EntriesRefused, where anything was found."""
        if self.found:
            first = min(self.found)
            errors = [one for index in sorted(self.found) for one in self.found[index]]
            raise EntriesRefused(self.statuses[first], errors)
