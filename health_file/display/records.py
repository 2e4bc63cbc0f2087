"""A record in everyday form: its name, day, maker and lines, in the order in which a person asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from health_file.display.days import Day, day_of
from health_file.display.kinds import CODES, CODES_OF, KINDS, OTHER, Kind
from health_file.display.plain import at, choice, every, joined, plain
from health_file.display.reader import Reader

DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"


@dataclass(frozen=True, slots=True)
class Record:
    """One resource in words; `lines` are (what, text); `raw` is the body, for the few pages that need more."""

    id: UUID
    type: str
    kind: str
    title: str
    day: Day | None
    maker: str
    status: str
    lines: tuple[tuple[str, str], ...]
    raw: Mapping[str, Any]

    def when(self, reader: Reader) -> str:
        """Its day in words."""
        return self.day.words(reader) if self.day else ""

    def line(self, path: str, reader: Reader) -> str:
        """The text at one path of the record."""
        return text_at(self.raw, path, reader)


def record_of(resource_id: UUID, body: Mapping[str, Any], reader: Reader) -> Record:
    """Put a resource into words; total over everything that FHIR allows."""
    resource_type = str(body.get("resourceType", ""))
    kind = KINDS.get(resource_type, OTHER)
    titles = [text for path in kind.titles if (text := _first(body, (path,), reader))]
    suited = next((text for text in titles if reader.suits(text)), None)
    title = suited or next(iter(titles), "") or _questionnaire(body) or reader.say(kind.title)
    return Record(
        id=resource_id,
        type=resource_type,
        kind=reader.say(kind.title),
        title=title,
        day=_day(body, kind),
        maker=_first(body, kind.makers, reader),
        status=_code(body),
        lines=tuple(_lines(body, kind, reader)),
        raw=body,
    )


def newest_first(records: Iterable[Record]) -> list[Record]:
    """By clinical day, the undated last; of one day by id, which is the order of writing."""
    return sorted(records, key=lambda one: (one.day.text if one.day else "", str(one.id)), reverse=True)


def text_at(body: Mapping[str, Any], path: str, reader: Reader) -> str:
    """The text at a path of the table of kinds."""
    if path.endswith("!"):
        found = every(body, *path[:-1].split("."))
        return joined((_code_words(body, one, reader) for one in found), reader)
    return joined((plain(one, reader) for one in _values(body, path)), reader)


def _values(body: Mapping[str, Any], path: str) -> list[Any]:
    names = path.split(".")
    if not path.endswith("*"):
        return every(body, *names)
    holders = every(body, *names[:-1])
    found = (choice(holder, names[-1][:-1]) for holder in holders)
    return [one for one in found if one is not None]


def _first(body: Mapping[str, Any], paths: Iterable[str], reader: Reader) -> str:
    for path in paths:
        if path.startswith("_"):
            continue
        if found := text_at(body, path, reader):
            return found if not _is_address(found) else ""
    return ""


def _is_address(text: str) -> bool:
    """A bare reference or canonical says nothing to a person."""
    return "://" in text or (text.count("/") == 1 and text.partition("/")[0].isalpha() and " " not in text)


def _questionnaire(body: Mapping[str, Any]) -> str:
    """FHIR R4 gives a QuestionnaireResponse no title; the display extension of its canonical is where one stands."""
    for one in every(body, "_questionnaire", "extension"):
        if at(one, "url") == DISPLAY and isinstance(at(one, "valueString"), str):
            return str(one["valueString"])
    return ""


def _day(body: Mapping[str, Any], kind: Kind) -> Day | None:
    for path in kind.days:
        for value in _values(body, path):
            if (day := day_of(value)) is not None:
                return day
    return None


def _code(body: Mapping[str, Any]) -> str:
    clinical = at(body, "clinicalStatus", "coding", "code")
    found = clinical or body.get("status") or ""
    return found if isinstance(found, str) else ""


def _code_words(body: Mapping[str, Any], value: Any, reader: Reader) -> str:
    code = value if isinstance(value, str) else at(value, "coding", "code")
    if not isinstance(code, str):
        return plain(value, reader)
    own = CODES_OF.get(str(body.get("resourceType")), {})
    known = own.get(code) or CODES.get(code)
    return reader.say(known) if known else plain(value, reader)


def _lines(body: Mapping[str, Any], kind: Kind, reader: Reader) -> Iterable[tuple[str, str]]:
    for words, path in kind.lines:
        text = text_at(body, path, reader)
        if text and not _is_address(text):
            yield reader.say(words), text
