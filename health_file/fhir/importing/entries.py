"""One resource of an import: where it stands, its own text, and the names by which others may refer to it."""

import re
from dataclasses import dataclass

from health_file.errors import Issue

# An absolute address of a resource on some server, and the server's base in it (references.html#literal).
RESTFUL = re.compile(
    r"(https?://\S+/)([A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: the file, the line of a bulk data file (from 1), the entry of a Bundle (from 0)."""

    file: str
    line: int | None = None
    entry: int | None = None

    def as_json(self) -> dict[str, str | int]:
        """The place as the report gives it."""
        found: dict[str, str | int] = {"file": self.file}
        if self.line is not None:
            found["line"] = self.line
        if self.entry is not None:
            found["expression"] = f"Bundle.entry[{self.entry}]"
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A resource as it was read, not yet judged.

    `own` is the name that makes it the same resource in a second run; `aliases` are further names that references may
    use; `scope` is the Bundle inside which `Type/id` is looked for first, `base` the server whose ids they are.
    An entry that cannot be taken apart at all carries its `fault` alone.
    """

    ordinal: int
    place: Place
    type: str = ""
    text: str = ""
    own: str = ""
    aliases: tuple[str, ...] = ()
    scope: str = ""
    base: str = ""
    fault: Issue | None = None
