"""SMART scopes as the gateway sees them: who may hold one, what it covers, which of our own it stands for.

Standard: SMART App Launch 2.2.0, section 3.0.2.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

from health_file.access import READ, WRITE
from health_file.smart.grammar import ANY, LETTERS, READING, WRITING, Reach, read_scope
from health_file.smart.words import EVERYTHING, sentence_of
from services.manifest import Interaction, Scope

PRACTITIONER, RESIDENT, CLIENT = "practitioner", "resident", "client"
PREFIX = {"patient": "patient/", "user": "user/", "system": "system/"}
# What the metadata lists; any other of the grammar may be asked for all the same.
EXAMPLES = (
    "patient/*.rs",
    "patient/*.read",
    "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
    "user/*.rs",
    "user/*.cruds",
    "user/*.read",
    "system/*.rs",
    "system/*.cruds",
    "system/*.read",
)


@dataclass(frozen=True, slots=True)
class SmartScope(Scope):
    """A scope of the grammar, with what it reaches."""

    reach: Reach

    def shown(self, translate: Callable[[str], str]) -> str:
        """Its everyday sentence, put together from type, values and acts."""
        return sentence_of(self.reach, translate, as_user=self.reach.context == "user")

    @property
    def pieces(self) -> tuple[Scope, ...]:
        """One scope for each letter: two scopes may cover what one asks for."""
        return tuple(_scope(replace(self.reach, letters=letter)) for letter in self.reach.letters)

    @property
    def parts(self) -> tuple[Scope, ...]:
        """The types that a scope over all of them is made of."""
        if self.reach.type != ANY:
            return ()
        return tuple(_scope(replace(self.reach, type=name)) for name in self.reach.types)

    def covers(self, other: Scope) -> bool:
        """Whether it reaches all that the other reaches."""
        return isinstance(other, SmartScope) and self.reach.contains(other.reach)

    def stands_for(self, interaction: Interaction) -> frozenset[str]:
        """Reading or writing, for a request of a type and with a letter that it has."""
        if interaction.type == ANY and (self.reach.type != ANY or self.reach.filters):
            return frozenset()
        if interaction.type not in {None, ANY, *self.reach.types}:
            return frozenset()
        letters = set(interaction.letters) & set(self.reach.letters)
        return frozenset(
            name for name, needed in ((READ, READING), (WRITE, WRITING)) if letters and letters & needed
        )


def find_scope(name: str) -> SmartScope | None:
    """The scope of this name, or None where it cannot be read to the end."""
    reach = read_scope(name)
    return None if reach is None else _scope(reach, name)


def _scope(reach: Reach, name: str | None = None) -> SmartScope:
    return SmartScope(name or _name_of(reach), EVERYTHING, _holders(reach), reach)


def _name_of(reach: Reach) -> str:
    letters = "".join(letter for letter in LETTERS if letter in reach.letters)
    query = "&".join(
        f"{code}={','.join(quote(value, safe='|:/') for value in sorted(values))}"
        for code, values in reach.filters
    )
    return f"{reach.context}/{reach.type}.{letters}" + (f"?{query}" if query else "")


def _holders(reach: Reach) -> frozenset[str]:
    """Machines act by `system/` alone; residents read, and write nothing into a file."""
    if reach.context == "system":
        return frozenset({CLIENT})
    writes = bool(set(reach.letters) & WRITING)
    return frozenset({PRACTITIONER} if writes else {PRACTITIONER, RESIDENT})
