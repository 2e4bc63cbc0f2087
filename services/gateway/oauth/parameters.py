"""Parameters of a request: one value each, printable, of bounded length."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.gateway.oauth.errors import InvalidRequest

LONGEST = {
    "subject_token": 16384,
    "actor_token": 16384,
    "authorization_details": 16384,
    "claims": 8192,
    "state": 2048,
    "client_assertion": 8192,
    "id_token_hint": 8192,
    "token": 16384,
    "scope": 4096,
    "request": 16384,
}
LONGEST_OTHER = 2048
REPEATABLE = frozenset({"resource", "audience"})

# What PostgreSQL, headers and logs cannot carry: control characters, and halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one request by name; an empty value counts as omitted (RFC 6749 section 3.1)."""

    single: Mapping[str, str]
    repeated: Mapping[str, tuple[str, ...]]
    faulty: frozenset[str]

    def get(self, name: str, default: str | None = None) -> str | None:
        """The one value of a parameter, or the default."""
        return self.single.get(name, default)

    def need(self, name: str) -> str:
        """The one value of a parameter that must be there."""
        value = self.single.get(name)
        if value is None:
            raise InvalidRequest(f"Missing parameter: {name}.")
        return value

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that may be repeated."""
        return self.repeated.get(name, ())

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every parameter with its value, as a query would carry them."""
        many = [(name, value) for name, values in self.repeated.items() for value in values]
        return [*self.single.items(), *many]

    def refuse_faulty(self) -> None:
        """Raises: InvalidRequest when any parameter was repeated, unprintable or too long."""
        known = sorted(name for name in self.faulty if re.fullmatch(r"[a-z_]{1,40}", name))
        if self.faulty:
            raise InvalidRequest(f"Repeated, malformed or too long: {', '.join(known) or 'a parameter'}.")


def read_parameters(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """Sort a query's or form's pairs; faults are kept by name so that the caller decides where to answer."""
    single: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    faulty: set[str] = set()
    for name, value in pairs:
        if not _is_sound(name, value):
            faulty.add(name)
        elif not value:
            continue
        elif name in REPEATABLE:
            repeated.setdefault(name, []).append(value)
        elif name in single:
            faulty.add(name)
        else:
            single[name] = value
    return Parameters(single, {name: tuple(values) for name, values in repeated.items()}, frozenset(faulty))


def _is_sound(name: str, value: str) -> bool:
    longest = LONGEST.get(name, LONGEST_OTHER)
    return len(value) <= longest and not _UNPRINTABLE.search(value) and not _UNPRINTABLE.search(name)
