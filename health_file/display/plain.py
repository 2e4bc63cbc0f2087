"""Any FHIR element as everyday text. Total: whatever a resource may hold, something readable comes out, or nothing.

Nothing here judges, converts or rounds; stored XHTML is never shown.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from health_file.display.days import FORM, day_of
from health_file.display.reader import HAN, Reader
from services.words import msgid

UNTOLD = frozenset({"div", "extension", "modifierExtension", "id", "data"})
# Of an element that holds one of these, it is what a person reads.
SAYING = ("text", "display", "title", "value", "description", "name", "reference", "code", "url")
LONGEST = 600
UNITS = {
    "s": msgid("秒"), "min": msgid("分钟"), "h": msgid("小时"), "d": msgid("天"), "wk": msgid("周"),
    "mo": msgid("个月"), "a": msgid("年"),
}  # fmt: skip
TIMES = msgid("每 %(period)s %(unit)s %(times)s 次")
TIMES_A_DAY = msgid("每天 %(times)s 次")
YES, NO = msgid("是"), msgid("否")
FROM_TO = msgid("%(first)s到%(last)s")
SINCE = msgid("%(first)s起")
UNTIL = msgid("到%(last)s为止")


def at(value: Any, *path: str) -> Any:
    """What stands at a path; of a list its first; None where there is nothing."""
    for name in path:
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def every(value: Any, *path: str) -> list[Any]:
    """Everything that stands at a path, through every list."""
    found = [value]
    for name in path:
        inside = [one for part in found for one in (part if isinstance(part, list) else [part])]
        found = [one[name] for one in inside if isinstance(one, Mapping) and name in one]
    return [one for part in found for one in (part if isinstance(part, list) else [part]) if one is not None]


def choice(holder: Any, stem: str) -> Any:
    """The value of a choice element: `value` finds valueQuantity and all others; of a list, its first's."""
    if isinstance(holder, list):
        holder = holder[0] if holder else None
    if not isinstance(holder, Mapping):
        return None
    return next(
        (one for name, one in holder.items() if name.startswith(stem) and name[len(stem) :][:1].isupper()),
        None,
    )


def plain(value: Any, reader: Reader) -> str:
    """The text of an element of any datatype."""
    if isinstance(value, bool):
        return reader.say(YES if value else NO)
    if isinstance(value, str):
        day = day_of(value) if FORM.fullmatch(value) and "-" in value else None
        return day.words(reader) if day else value[:LONGEST]
    if isinstance(value, Decimal | int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return _of_complex(value, reader)
    return joined((plain(one, reader) for one in value), reader) if isinstance(value, list) else ""


def joined(texts: Iterable[str], reader: Reader) -> str:
    """Texts one after another, each once, in the order given."""
    mark = ", " if reader.is_english else "、"
    return mark.join(dict.fromkeys(text for text in texts if text))


def _of_complex(value: Mapping[str, Any], reader: Reader) -> str:
    """Told apart by what they hold: FHIR's datatypes share no marker."""
    for names, words in SHAPES:
        if any(name in value for name in names):
            return words(value, reader)
    if "value" in value and not isinstance(value["value"], str):
        return quantity(value, reader)
    for name in SAYING:
        if isinstance(value.get(name), str | Mapping | list):
            return plain(value[name], reader)
    inside = (one for name, one in value.items() if name not in UNTOLD and not name.startswith("_"))
    return joined((plain(one, reader) for one in inside), reader)


def concept(value: Any, reader: Reader) -> str:
    """A CodeableConcept: what its writer said, or its code's display, whichever is in the reader's language."""
    if isinstance(value, list):
        return joined((concept(one, reader) for one in value), reader)
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else ""
    codings = [one for one in every(value, "coding") if isinstance(one, Mapping)] or [value]
    said = [value.get("text"), *(one.get("display") for one in codings)]
    texts = [text for text in said if isinstance(text, str) and text]
    suited = next((text for text in texts if reader.suits(text)), None)
    codes = (one["code"] for one in codings if isinstance(one.get("code"), str))
    return (suited or next(iter(texts), None) or next(codes, ""))[:LONGEST]


def codes_of(value: Any) -> list[tuple[str, str]]:
    """(system, code) of every coding of a concept."""
    return [
        (str(one.get("system") or ""), one["code"])
        for one in every(value, "coding")
        if isinstance(one, Mapping) and isinstance(one.get("code"), str)
    ]


def quantity(value: Any, reader: Reader) -> str:
    """A number with its comparator and unit, digit for digit."""
    number = at(value, "value")
    if number is None:
        return ""
    shown = _number(number)
    unit = unit_of(value, reader)
    between = "" if unit in {"%", "℃", "°C"} else " "
    return f"{at(value, 'comparator') or ''}{shown}{between if unit else ''}{unit}"


def unit_of(value: Any, reader: Reader) -> str:
    """A unit as it is read; for a reader of English its code where the unit itself is Chinese."""
    unit, code = at(value, "unit"), at(value, "code") or at(value, "currency")
    if isinstance(unit, str) and isinstance(code, str) and reader.is_english and not reader.suits(unit):
        return code
    return next((one for one in (unit, code) if isinstance(one, str)), "")


def interval(value: Any, reader: Reader) -> str:
    """A Range, or a reference range: 3.9–6.1 mmol/L, ≤ 5.20 mmol/L, ≥ 1.00 mmol/L, or its words."""
    low, high = at(value, "low"), at(value, "high")
    if at(low, "value") is not None and at(high, "value") is not None:
        unit = unit_of(high, reader)
        bare = quantity(low, reader).removesuffix(unit).rstrip() if unit else quantity(low, reader)
        return f"{bare}–{quantity(high, reader)}"
    if at(high, "value") is not None:
        return f"≤ {quantity(high, reader)}"
    if at(low, "value") is not None:
        return f"≥ {quantity(low, reader)}"
    return plain(at(value, "text"), reader)


def period(value: Any, reader: Reader) -> str:
    """From a day to a day, since one, or until one."""
    start, end = day_of(at(value, "start")), day_of(at(value, "end"))
    if start and end:
        if start == end:
            return start.words(reader)
        return reader.say(FROM_TO, first=start.words(reader), last=end.words(reader))
    if start:
        return reader.say(SINCE, first=start.words(reader))
    return reader.say(UNTIL, last=end.words(reader)) if end else ""


def _number(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _ratio(value: Any, reader: Reader) -> str:
    parts = (plain(at(value, part), reader) for part in ("numerator", "denominator"))
    return " / ".join(part for part in parts if part)


def _timing(value: Any, reader: Reader) -> str:
    return _repeat(at(value, "repeat"), reader) or concept(at(value, "code"), reader)


def _repeat(repeat: Any, reader: Reader) -> str:
    times, period_, unit = at(repeat, "frequency"), at(repeat, "period"), at(repeat, "periodUnit")
    if times is None or period_ is None or unit not in UNITS:
        return ""
    if str(period_) == "1" and unit == "d":
        return reader.say(TIMES_A_DAY, times=times)
    return reader.say(TIMES, period=period_, unit=reader.say(UNITS[unit]), times=times)


def _dosage(value: Mapping[str, Any], reader: Reader) -> str:
    """How a medicine is taken: in the writer's words where they suit, else from the numbers."""
    words = at(value, "text")
    if isinstance(words, str) and reader.suits(words):
        return words[:LONGEST]
    dose = plain(choice(at(value, "doseAndRate"), "dose"), reader)
    often = plain(at(value, "timing"), reader)
    composed = joined((dose, often), reader)
    return (
        composed
        or (words if isinstance(words, str) else "")
        or plain(at(value, "patientInstruction"), reader)
    )


def _name(value: Mapping[str, Any], _reader: Reader) -> str:
    if isinstance(value.get("text"), str):
        return str(value["text"])
    family = at(value, "family") or ""
    given = [one for one in every(value, "given") if isinstance(one, str)]
    if HAN.search(f"{family}{''.join(given)}") is None:
        return " ".join(part for part in (*given, family) if part)
    return f"{family}{''.join(given)}"


def _samples(_value: Any, _reader: Reader) -> str:
    """A curve of numbers (SampledData) cannot be told in a line."""
    return ""


# Datatypes by an element that only they have.
SHAPES: tuple[tuple[tuple[str, ...], Callable[[Any, Reader], str]], ...] = (
    (("coding",), concept),
    (("repeat",), _timing),
    (("doseAndRate", "timing", "patientInstruction"), _dosage),
    (("start", "end"), period),
    (("low", "high"), interval),
    (("numerator", "denominator"), _ratio),
    (("dimensions",), _samples),
    (("family", "given"), _name),
)
