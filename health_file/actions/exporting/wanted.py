"""What an export is to hold, and its states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from health_file.rules import HELD_TYPES, SUBJECTS


class Kind(StrEnum):
    """How far an export reaches: residents' files, those of one group, everything, or one file with its past."""

    PATIENT = "patient"
    GROUP = "group"
    SYSTEM = "system"
    ARCHIVE = "archive"


class State(StrEnum):
    """Where an export stands."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    EXPIRED = "expired"


# What happens to an export: from which states, and what it is then.
TRANSITIONS: Mapping[tuple[State, str], State] = {
    (State.ACCEPTED, "start"): State.RUNNING,
    (State.RUNNING, "finish"): State.COMPLETE,
    (State.ACCEPTED, "fail"): State.FAILED,
    (State.RUNNING, "fail"): State.FAILED,
    # Cancelled by who asked, or its time is over.
    (State.ACCEPTED, "expire"): State.EXPIRED,
    (State.RUNNING, "expire"): State.EXPIRED,
    (State.COMPLETE, "expire"): State.EXPIRED,
    (State.FAILED, "expire"): State.EXPIRED,
}
PATIENT_TYPES = ("Patient", *SUBJECTS, "Provenance", "Binary", "Bundle")
TYPES: Mapping[Kind, tuple[str, ...]] = {
    Kind.PATIENT: PATIENT_TYPES,
    Kind.GROUP: PATIENT_TYPES,
    Kind.SYSTEM: HELD_TYPES,
    Kind.ARCHIVE: PATIENT_TYPES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for; `types` empty is all that its kind can hold."""

    kind: Kind
    request: str
    language: str
    types: tuple[str, ...] = ()
    since: datetime | None = None
