"""Which resources are asked for: every filter of a search, by the kind of its parameter."""

import re
from collections.abc import Callable, Sequence

from health_file.errors import ParameterInvalid
from health_file.fhir.dates import span_of
from health_file.fhir.index import LONGEST_PREFIX, PRESENT, normalised
from health_file.fhir.parameters import MODIFIERS_SINCE, PARAMETERS, Parameter
from health_file.fhir.quantities import wanted_quantity
from health_file.fhir.query.conditions import (
    Chain,
    Condition,
    DayRange,
    Days,
    Has,
    Ids,
    Owners,
    OwnersWith,
    Query,
    Recorded,
    Texts,
)
from health_file.fhir.query.looking import Look
from health_file.fhir.query.values import (
    alternatives,
    apart,
    instants,
    one_of,
    plain,
    prefixed,
    token_text,
    typed_text,
    uuid_of,
)

OF_ALL = ("_id", "_lastUpdated")
MODIFIERS = {
    "token": ("missing", "not", "text", "of-type"),
    "string": ("missing", "exact", "contains"),
    "date": ("missing",),
    "reference": ("missing", "identifier", "[type]"),
    "uri": ("missing", "below", "above"),
    "quantity": ("missing",),
    "composite": (),
}
TYPE = re.compile(r"[A-Z][A-Za-z]+")
Pairs = Sequence[tuple[str, str]]


def parse(resource_type: str, pairs: Pairs, *, base_url: str, is_lenient: bool = False) -> Query:
    """Understand the filters of a search of one type, or refuse them.

    `is_lenient` leaves out what this server does not know (`Prefer: handling=lenient`); a known parameter with a
    value that cannot be read is refused all the same. Raises: ParameterInvalid 400, naming no value.
    """
    if is_lenient:
        pairs = known_only([resource_type], pairs)
    return Query(resource_type, tuple(_condition(resource_type, *pair, base_url) for pair in pairs))


def known_only(resource_types: Sequence[str], pairs: Pairs) -> list[tuple[str, str]]:
    """The filters whose names all of these types know."""
    return [pair for pair in pairs if all(_is_known(name, pair[0]) for name in resource_types)]


def _is_known(resource_type: str, given: str) -> bool:
    code = given.partition(":")[0].partition(".")[0]
    return code == "_has" or code in OF_ALL or code in PARAMETERS[resource_type]


def _condition(resource_type: str, given: str, value: str, base_url: str) -> Condition:
    if given.startswith("_has:"):
        return _has(resource_type, given, value, base_url)
    if given in OF_ALL:
        return _own(given, value)
    first, _, chained = given.partition(".")
    code, _, modifier = first.partition(":")
    parameter = PARAMETERS[resource_type].get(code)
    if parameter is None or given.endswith("."):
        known = " | ".join(sorted({*PARAMETERS[resource_type], *OF_ALL}))
        raise ParameterInvalid("parameter", known, "not-supported")
    if chained:
        return _chain(code, parameter, modifier, (chained, value), base_url)
    if modifier == "missing" and parameter.kind != "composite":
        return _missing(code, parameter, value)
    return READERS[parameter.kind](resource_type, code, parameter, modifier, value, base_url)


def _own(given: str, value: str) -> Condition:
    """What the server itself knows of every resource."""
    values = [plain(one) for one in alternatives(given, value)]
    if given == "_id":
        return Ids(tuple(found for one in values if (found := uuid_of(one))))
    ranges = [instants(given, one) for one in values]
    return Recorded(tuple((prefix, *span) for prefix, span, _ in ranges))


def _missing(code: str, parameter: Parameter, value: str) -> Condition:
    is_missing = one_of(code, value, ("true", "false")) == "true"
    if parameter.is_owner:  # no resource of a file is without it
        return Ids(()) if is_missing else Texts(code, (), is_negated=True)
    return Texts(code, (PRESENT,), is_negated=is_missing, since=parameter.since)


def _refuse(code: str, kind: str) -> ParameterInvalid:
    allowed = " | ".join(MODIFIERS[kind]) or "none"
    return ParameterInvalid(code, f"modifier {allowed}", "not-supported")


def _token(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    del base_url
    values = alternatives(code, value)
    if modifier == "text":
        look = Look(resource_type, code, "text", tuple(normalised(plain(one)) for one in values))
        return Texts(code, (PRESENT,), look=look, since=parameter.since)
    if modifier == "of-type" and code == "identifier":
        return Texts(
            "identifier:of-type",
            tuple(typed_text(code, one) for one in values),
            since=MODIFIERS_SINCE["of-type"],
        )
    if modifier not in {"", "not"}:
        raise _refuse(code, "token")
    texts = tuple(token_text(code, one, parameter.system) for one in values)
    return Texts(code, texts, is_negated=modifier == "not", since=parameter.since)


def _string(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    del base_url
    values = [plain(one) for one in alternatives(code, value)]
    if modifier == "exact":
        return Texts(code, tuple(f"={one}" for one in values), since=parameter.since)
    wanted = tuple(map(normalised, values))
    if modifier == "contains":
        look = Look(resource_type, code, "contains", wanted)
        return Texts(code, (PRESENT,), look=look, since=parameter.since)
    if modifier:
        raise _refuse(code, "string")
    is_long = any(len(one) > LONGEST_PREFIX for one in wanted)
    starts = tuple(one[:LONGEST_PREFIX] for one in wanted)
    look_again = Look(resource_type, code, "string", wanted) if is_long else None
    return Texts(code, starts, look=look_again, since=parameter.since)


def _date(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    del base_url
    if modifier:
        raise _refuse(code, "date")
    ranges, wanted = [], []
    for one in alternatives(code, value):
        prefix, span, is_fine = instants(code, plain(one))
        text = prefixed(plain(one).strip())[1].replace(" ", "+")
        wanted.append((prefix, *span))
        ranges.append(DayRange(prefix, *span_of(text), span if is_fine and prefix != "ap" else None))
    # What is asked for by days alone is decided by days alone.
    is_fine = any(one.instants for one in ranges)
    look = Look(resource_type, code, "date", tuple(wanted)) if is_fine else None
    return Days(code, tuple(ranges), look, parameter.since)


def _reference(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    del resource_type
    values = alternatives(code, value)
    if modifier == "identifier":
        texts = tuple(token_text(code, one, "") for one in values)
        return Texts(f"{code}:identifier", texts, since=MODIFIERS_SINCE["identifier"])
    if modifier and not (TYPE.fullmatch(modifier) and _may_name(parameter, modifier)):
        raise _refuse(code, "reference")
    plain_values = [plain(one).removeprefix(f"{base_url}/") for one in values]
    kind = f"{modifier}/" if modifier else ""
    named = tuple(one if kind and one.startswith(kind) else kind + one for one in plain_values)
    if parameter.is_owner:
        found = (uuid_of(one.removeprefix("Patient/")) for one in named)
        return Owners(code, tuple(one for one in found if one))
    return Texts(code, named, since=parameter.since)


def _may_name(parameter: Parameter, kind: str) -> bool:
    return not parameter.targets or kind in parameter.targets


def _uri(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    del base_url
    values = tuple(plain(one) for one in alternatives(code, value))
    if modifier in {"below", "above"}:
        look = Look(resource_type, code, modifier, values)
        return Texts(code, (PRESENT,), look=look, since=parameter.since)
    if modifier:
        raise _refuse(code, "uri")
    return Texts(code, values, since=parameter.since)


def _quantity(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    del base_url
    if modifier:
        raise _refuse(code, "quantity")
    wanted = tuple(_wanted_quantity(code, one) for one in alternatives(code, value))
    return Texts(code, (PRESENT,), look=Look(resource_type, code, "quantity", wanted), since=parameter.since)


def _wanted_quantity(code: str, text: str) -> object:
    prefix, rest = prefixed(text)
    try:
        return wanted_quantity(prefix, [plain(one) for one in apart(rest, "|")])
    except ValueError:
        raise ParameterInvalid(code, "number | number|system|code | number||code") from None


def _composite(
    resource_type: str, code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> Condition:
    if modifier:
        raise _refuse(code, "composite")
    wanted, firsts = [], []
    kinds = [part.kind for part in parameter.pairings[0].parts]
    first = PARAMETERS[resource_type][parameter.pairings[0].first]
    for one in alternatives(code, value):
        parts = apart(one, "$")
        if len(parts) != len(kinds) or not all(parts):
            raise ParameterInvalid(code, "$".join(kinds))
        firsts.append(token_text(code, parts[0], first.system))
        rest = zip(kinds[1:], parts[1:], strict=True)
        wanted.append((firsts[-1], *(_part(code, kind, part, base_url) for kind, part in rest)))
    look = Look(resource_type, code, "composite", tuple(wanted))
    return Texts(parameter.pairings[0].first, tuple(firsts), look=look, since=first.since)


def _part(code: str, kind: str, text: str, base_url: str) -> object:
    if kind == "quantity":
        return _wanted_quantity(code, text)
    if kind == "date":
        prefix, span, _ = instants(code, plain(text))
        return (prefix, *span)
    if kind == "token":
        return token_text(code, text, "")
    if kind == "string":
        return normalised(plain(text))
    return plain(text).removeprefix(f"{base_url}/")


def _chain(
    code: str, parameter: Parameter, modifier: str, chained: tuple[str, str], base_url: str
) -> Condition:
    """One hop: what the referenced resource must be (search.html#chaining)."""
    if parameter.kind != "reference":
        raise ParameterInvalid(code, "a reference, to be chained", "not-supported")
    if "." in chained[0] or chained[0].startswith("_has"):
        raise ParameterInvalid(code, "a chain of one hop", "not-supported")
    if modifier and not _may_name(parameter, modifier):
        raise _refuse(code, "reference")
    kinds = [modifier] if modifier else sorted(parameter.targets or PARAMETERS)
    kinds = [kind for kind in kinds if kind in PARAMETERS and _is_known(kind, chained[0])]
    if parameter.is_owner:
        kinds = [kind for kind in kinds if kind == "Patient"]
    if not kinds:
        raise ParameterInvalid(code, "a parameter of the referenced type", "not-supported")
    queries = tuple(parse(kind, [chained], base_url=base_url) for kind in kinds)
    if parameter.is_owner:
        return OwnersWith(code, queries[0])
    return Chain(code, queries, parameter.since)


def _has(resource_type: str, given: str, value: str, base_url: str) -> Condition:
    """What names this resource must be (search.html#has), one hop."""
    kind, code, rest = (*given.split(":", 3)[1:], "", "", "")[:3]
    parameter = PARAMETERS.get(kind, {}).get(code)
    if parameter is None or parameter.kind != "reference" or not rest:
        raise ParameterInvalid("_has", "_has:Type:reference:parameter", "not-supported")
    if rest.startswith("_has") or "." in rest or not _may_name(parameter, resource_type):
        raise ParameterInvalid("_has", "one hop, to this type", "not-supported")
    query = parse(kind, [(rest, value)], base_url=base_url)
    if parameter.is_owner:
        return OwnersWith(f"_has:{kind}:{code}", query)
    return Has(f"_has:{kind}:{code}", query)


READERS: dict[str, Callable[[str, str, Parameter, str, str, str], Condition]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "reference": _reference,
    "uri": _uri,
    "quantity": _quantity,
    "composite": _composite,
}
