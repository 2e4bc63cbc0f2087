"""How a value is written: alternatives, escapes, prefixes, tokens (search.html#escaping, #prefix, #token)."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from health_file.errors import ParameterInvalid
from health_file.fhir.dates import Instants, instants_of
from health_file.fhir.index import PRESENT, escaped, joined
from services.errors import NotFound

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
MOST_VALUES = 50


def alternatives(name: str, value: str) -> list[str]:
    """The alternatives of a value, apart by commas; an escaped comma stands for itself."""
    values = apart(value, ",")
    if not all(one.strip() for one in values) or len(values) > MOST_VALUES:
        raise ParameterInvalid(name, f"1..{MOST_VALUES} values, none empty")
    return values


def apart(value: str, separator: str) -> list[str]:
    """The parts of a value between separators that are not escaped; escapes stay for the next reader."""
    parts, at = [""], 0
    while at < len(value):
        if value[at] == "\\" and at + 1 < len(value):
            parts[-1] += value[at : at + 2]
            at += 2
            continue
        if value[at] == separator:
            parts.append("")
        else:
            parts[-1] += value[at]
        at += 1
    return parts


def plain(value: str) -> str:
    """A value without its escapes."""
    return re.sub(r"\\([\\,|$])", r"\1", value)


def token_text(name: str, value: str, system: str) -> str:
    """A token as it is indexed; `system` is what the parameter's bare codes mean."""
    parts = [plain(one) for one in apart(value, "|")]
    if len(parts) == 1:
        return escaped(parts[0])
    if len(parts) > 2 or not any(parts):
        raise ParameterInvalid(name, "code | system|code | system| | |code")
    if system and parts[0] == system:
        return escaped(parts[1]) if parts[1] else PRESENT
    return joined(*parts)


def typed_text(name: str, value: str) -> str:
    """The value of `:of-type`."""
    parts = [plain(one) for one in apart(value, "|")]
    if len(parts) != 3 or not all(parts):
        raise ParameterInvalid(name, "type system|type code|value")
    return f"{joined(*parts[:2])}|{escaped(parts[2])}"


def prefixed(text: str) -> tuple[str, str]:
    """A prefix, `eq` where none is written, and the rest."""
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


def instants(name: str, text: str) -> tuple[str, Instants, bool]:
    """A prefix, what a date covers, and whether it is finer than days. A plus may have been read as a space."""
    prefix, rest = prefixed(text.strip())
    try:
        return prefix, instants_of(rest.replace(" ", "+")), "T" in rest
    except (ValueError, OverflowError):
        raise ParameterInvalid(name, "a year, a month, a day or an instant") from None


def uuid_of(text: str) -> UUID | None:
    """Ids here are UUIDs in one spelling; any other names nothing."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def id_of(text: str) -> UUID:
    """The id that an address names. Raises: NotFound 404 where it can name nothing."""
    found = uuid_of(text)
    if found is None:
        raise NotFound
    return found


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """A value of a short list."""
    if value not in allowed:
        raise ParameterInvalid(name, " | ".join(allowed), "not-supported")
    return value


def instant(name: str, text: str) -> datetime:
    """An instant with its zone, as `_since` asks for it."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise ParameterInvalid(name, "instant") from None
    if found.tzinfo is None:
        raise ParameterInvalid(name, "instant")
    return found
