"""Reads the paths of a patch: names, indexes, and the few functions that pick one of many. Pure.

Grammar: `Type.name[0].name.where(use = 'official' and period.exists()).given`; first(), last(), single(), ofType(T),
as(T), extension('url'); in conditions `=`, `!=`, `and`, `or`, brackets, exists(), empty(), $this, strings, numbers,
true and false.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

LONGEST = 500
DEEPEST = 8
EXPECTED = "names, [index], first(), last(), single(), where(a = b), ofType(T), as(T), extension('url')"
TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>`[^`]+`|\$?[A-Za-z_]\w*)"
    r"|(?P<mark>!=|[.\[\]()=]))"
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
PICKERS = frozenset({"first", "last", "single"})
TYPED = frozenset({"ofType", "as"})
ENDINGS = frozenset({"exists", "empty"})


class PathInvalid(ValueError):
    """The path is none, or says more than these paths can."""


@dataclass(frozen=True, slots=True)
class Name:
    """One step down."""

    name: str


@dataclass(frozen=True, slots=True)
class At:
    """The element at an index; from the end where it is negative."""

    index: int
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class OfType:
    """What is of a type."""

    type: str


@dataclass(frozen=True, slots=True)
class Extension:
    """The extensions of a url."""

    url: str


@dataclass(frozen=True, slots=True)
class Where:
    """What fulfils a condition."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it is written."""

    value: str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Inner:
    """A path inside a condition; `ending` is `exists` or `empty`, or nothing."""

    steps: "tuple[Step, ...]"
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands that are equal, or are not; of one alone, whether it is true."""

    left: "Literal | Inner"
    right: "Literal | Inner | None" = None
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """All of these conditions, or any."""

    conditions: "tuple[Condition, ...]"
    is_all: bool


Step = Name | At | OfType | Extension | Where
Condition = Compare | Joined


def read_path(text: str) -> tuple[Step, ...]:
    """The steps of a path, the type's own name among them where it is written. Raises: PathInvalid."""
    if len(text) > LONGEST:
        raise PathInvalid
    reader = _Reader(text)
    steps = reader.steps()
    reader.end()
    return steps


class _Reader:
    """Reads one path, token by token."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise PathInvalid

    def steps(self) -> tuple[Step, ...]:
        found: list[Step] = []
        while True:
            found.extend(self._step())
            while self._take("["):
                number = self._next("number")
                if not number.isdigit() or not self._take("]"):
                    raise PathInvalid
                found.append(At(int(number)))
            if not self._take("."):
                return tuple(found)

    def _step(self) -> Iterator[Step]:
        name = self._next("name")
        if name == "$this":
            return
        if name.startswith("$"):
            raise PathInvalid
        if not self._take("("):
            yield Name(name.strip("`"))
        elif name in PICKERS:
            yield At(-1 if name == "last" else 0, is_alone=name == "single")
            self._close()
        elif name in TYPED:
            first = self._next("name")
            yield OfType(self._next("name") if self._take(".") else first)
            self._close()
        elif name == "extension":
            yield Extension(_unquoted(self._next("string")))
            self._close()
        elif name == "where":
            yield Where(self._condition())
            self._close()
        else:
            self._at -= 2
            self._refuse()

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise PathInvalid
        found = self._joined("or")
        self._depth -= 1
        return found

    def _joined(self, word: str) -> Condition:
        parts = [self._joined("and") if word == "or" else self._compare()]
        while self._take(word):
            parts.append(self._joined("and") if word == "or" else self._compare())
        return parts[0] if len(parts) == 1 else Joined(tuple(parts), is_all=word == "and")

    def _compare(self) -> Condition:
        if self._take("("):
            inner = self._condition()
            self._close()
            return inner
        left = self._operand()
        for mark in ("=", "!="):
            if self._take(mark):
                return Compare(left, self._operand(), is_negated=mark == "!=")
        return Compare(left)

    def _operand(self) -> Literal | Inner:
        kind, text = self._peek()
        if kind == "string":
            return Literal(_unquoted(self._next("string")))
        if kind == "number":
            return Literal(Decimal(self._next("number")))
        if text in {"true", "false"}:
            return Literal(self._next("name") == "true")
        return self._inner()

    def _inner(self) -> Inner:
        found: list[Step] = []
        while True:
            _, text = self._peek()
            if text in ENDINGS and self._peek(1)[1] == "(":
                ending = self._next("name")
                self._take("(")
                self._close()
                return Inner(tuple(found), ending)
            found.extend(self._step())
            while self._take("["):
                number = self._next("number")
                if not number.isdigit() or not self._take("]"):
                    raise PathInvalid
                found.append(At(int(number)))
            if not self._take("."):
                return Inner(tuple(found))

    def _close(self) -> None:
        if not self._take(")"):
            raise PathInvalid

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else ("", "")

    def _next(self, kind: str) -> str:
        found, text = self._peek()
        if found != kind:
            raise PathInvalid
        self._at += 1
        return text

    def _take(self, text: str) -> bool:
        if self._peek()[1] == text and self._peek()[0] != "string":
            self._at += 1
            return True
        return False

    def _refuse(self) -> NoReturn:
        raise PathInvalid


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise PathInvalid
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text[1:-1])
