"""The report of an import: a line for each entry that was not taken, never with what was sent."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from health_file.actions.importing import Refusal
from health_file.fhir.issue_types import issue_type


class Report:
    """An NDJSON file of places and OperationOutcomes, written as the import goes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Begin anew: each run names all that it refuses."""
        self._file = self.path.open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def add(self, refusals: list[Refusal]) -> None:
        """Write lines, whole ones."""
        if self._file is None or not refusals:
            return
        self._file.writelines(json.dumps(_line(one), ensure_ascii=False) + "\n" for one in refusals)
        self._file.flush()
        self.lines += len(refusals)


def _line(refusal: Refusal) -> dict[str, Any]:
    issues = [
        _issue(refusal, fault) for fault in refusal.faults or [{"field": "", "expected": refusal.title}]
    ]
    outcome = {"resourceType": "OperationOutcome", "issue": issues}
    return {**refusal.place.as_json(), "type": refusal.type or None, "code": refusal.code, "outcome": outcome}


def _issue(refusal: Refusal, fault: Mapping[str, str]) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": "warning" if refusal.is_warning else "error",
        "code": fault.get("code") or issue_type(refusal.code, refusal.status),
        "details": {"text": refusal.title},
        "diagnostics": fault["expected"],
    }
    if place := fault["field"] or refusal.type:
        issue["expression"] = [place]
    return issue
