"""One run of an import, what it refuses, and what it has done."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from health_file.fhir.importing import Entry, Place, scoped
from health_file.fhir.r4.definitions import STRUCTURES
from health_file.rules import DIRECTORY_TYPES
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError

NAME = "health_file.import_name"
CONTENT = "health_file.import_content"
NAME_BYTES = 16
LOCAL = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True)
class Import:
    """Who imports what: `source` is the system whose ids the entries bear, `run` this run over it."""

    actor: Actor
    source: str
    run: UUID

    def digest(self, session: Session, name: str) -> bytes:
        """A name as it is kept: of foreign ids nothing stands in clear. One meant inside a Bundle is of this run."""
        if " " in name:
            name = f"{self.run} {name}"
        return session.keys.index(NAME, f"{self.source}\n{name}")[:NAME_BYTES]

    def identity(self, session: Session, own: str) -> bytes:
        """The name that makes an entry the same in a second run; no reference can mean it by mistake."""
        return self.digest(session, f"={own}")

    def digests(self, session: Session, names: Iterable[str]) -> list[bytes]:
        """Names as they are kept."""
        return [self.digest(session, name) for name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An entry that was not taken, or one of which something should be known: the fact, never what was sent."""

    place: Place
    type: str
    code: str
    status: int
    title: str
    faults: Sequence[Mapping[str, str]]
    is_warning: bool


@dataclass(slots=True)
class Result:
    """What became of some entries: counts by outcome, and the report's lines."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, entry: Entry, error: CitizenError) -> None:
        """Note an entry that is not taken."""
        self.counts["refused"] += 1
        self._note(entry, error, is_warning=False)

    def warn(self, entry: Entry, error: CitizenError) -> None:
        """Note what should be known of an entry that is taken."""
        self.counts["warnings"] += 1
        self._note(entry, error, is_warning=True)

    def _note(self, entry: Entry, error: CitizenError, *, is_warning: bool) -> None:
        self.refusals.append(
            Refusal(
                place=entry.place,
                type=entry.type if entry.type in STRUCTURES else "",
                code=error.code,
                status=error.status,
                title=error.title % error.facts if error.facts else error.title,
                faults=getattr(error, "errors", ()),
                is_warning=is_warning,
            )
        )

    def add(self, other: "Result") -> None:
        """Take in what became of further entries."""
        self.counts.update(other.counts)
        self.refusals += other.refusals


def content_digest(session: Session, text: bytes) -> bytes:
    """What an entry says, so that it is known again without being kept."""
    return session.keys.index(CONTENT, text.decode())


def own_name(entry: Entry, resident: UUID | None) -> str:
    """What makes an entry the same in a second run; a Patient is one with every other of the same resident."""
    return f"resident:{resident}" if resident else entry.own


def names_of(entry: Entry, resource: Mapping[str, Any]) -> list[str]:
    """The names by which others may refer to an entry from anywhere."""
    names = [entry.own, *entry.aliases]
    if entry.type in DIRECTORY_TYPES:  # whom other systems name by identifier (http.html#trules)
        names += [
            f"{entry.type}?identifier={one.get('system', '')}|{one['value']}"
            for one in resource.get("identifier", ())
            if isinstance(one, dict) and isinstance(one.get("value"), str)
        ]
    return names


def name_inside(entry: Entry) -> str | None:
    """The name that an entry has inside its own Bundle."""
    local = next((name for name in (entry.own, *entry.aliases) if LOCAL.fullmatch(name)), None)
    return scoped(entry, local) if entry.scope and local else None
