"""Statistics over observations that have quantities: for each code and unit one Observation. Pure.

Standard: FHIR R4 observation-operation-stats.html; the codes are those of HL7's observation-statistics. Quantities are
put together in the unit in which they were written; what is in two units is told twice, never converted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException
from statistics import mean, median, quantiles, stdev, variance
from typing import Any

SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-statistics"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
UCUM = "http://unitsofmeasure.org"
PLACES = Decimal("0.000001")
LARGE = Decimal(10) ** 15
UNIT = ("unit", "system", "code")
Values = Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose observations, of which codings, between which times, which statistics."""

    subject: str
    codings: tuple[tuple[str, str], ...]
    statistics: tuple[str, ...]
    start: str = ""
    end: str = ""


def statistics_of(asked: Asked, observations: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One Observation for each coding asked for and each unit found; one without values where there is none."""
    for system, code in asked.codings:
        own = [one for one in observations if _has(one, system, code)]
        groups: dict[tuple[Any, ...], list[Decimal]] = {}
        for one in own:
            quantity = one.get("valueQuantity", {})
            if isinstance(quantity.get("value"), int | Decimal) and "comparator" not in quantity:
                unit = tuple(quantity.get(name) for name in UNIT)
                groups.setdefault(unit, []).append(Decimal(quantity["value"]))
        for unit, values in (groups or {(None,) * len(UNIT): []}).items():
            yield _observation(asked, system, code, own, dict(zip(UNIT, unit, strict=True)), values)


def _has(observation: Mapping[str, Any], system: str, code: str) -> bool:
    return any(
        one.get("code") == code and system in {"", one.get("system", "")}
        for one in observation.get("code", {}).get("coding", [])
    )


def _observation(
    asked: Asked,
    system: str,
    code: str,
    own: Sequence[Mapping[str, Any]],
    unit: Mapping[str, Any],
    values: Values,
) -> dict[str, Any]:
    coding = next(
        (
            one
            for each in own
            for one in each["code"].get("coding", [])
            if one.get("code") == code and system in {"", one.get("system", "")}
        ),
        {**({"system": system} if system else {}), "code": code},
    )
    period = {**({"start": asked.start} if asked.start else {}), **({"end": asked.end} if asked.end else {})}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": asked.subject},
        **({"effectivePeriod": period} if period else {}),
        "component": [_component(name, values, len(own), unit) for name in asked.statistics],
    }


def _component(name: str, values: Values, total: int, unit: Mapping[str, Any]) -> dict[str, Any]:
    component: dict[str, Any] = {"code": {"coding": [{"system": SYSTEM, "code": name}]}}
    if name in COUNTS:
        number = len(values) if name == "count" else total
        component["valueQuantity"] = {"value": number, "unit": "1", "system": UCUM, "code": "1"}
        return component
    needed, compute = STATISTICS[name]
    if len(values) < needed:
        component["dataAbsentReason"] = {"coding": [{"system": ABSENT, "code": "not-applicable"}]}
        return component
    try:
        found = compute(values)
    except DecimalException:
        # Numbers that no body has: their powers leave every range.
        found = None
    if found is None:
        component["dataAbsentReason"] = {"coding": [{"system": ABSENT, "code": "not-a-number"}]}
        return component
    has_unit = name not in PURE
    shown = {own: one for own, one in unit.items() if one is not None and has_unit}
    component["valueQuantity"] = {"value": _plain(found), **shown}
    return component


def _plain(value: Decimal) -> Decimal:
    """A number as it is written: without an exponent, to six places."""
    if abs(value) >= LARGE:
        return value
    rounded = value.quantize(PLACES, ROUND_HALF_EVEN) if value.as_tuple().exponent != 0 else value
    shown = rounded.normalize()
    return shown.quantize(Decimal(1)) if shown == shown.to_integral() else shown


def _cut(parts: int, place: int) -> Callable[[Values], Decimal]:
    """The value below which `place` of `parts` equal parts lie."""
    return lambda values: (
        values[0] if len(values) == 1 else quantiles(values, n=parts, method="inclusive")[place - 1]
    )


def _moment(power: int, less: int) -> Callable[[Values], Decimal | None]:
    """The standardised central moment; nothing where all values are the same."""

    def compute(values: Values) -> Decimal | None:
        middle = mean(values)
        spread = sum(((one - middle) ** 2 for one in values), Decimal(0)) / len(values)
        if not spread:
            return None
        moment = sum(((one - middle) ** power for one in values), Decimal(0)) / len(values)
        return moment / spread ** (Decimal(power) / 2) - less

    return compute


COUNTS = frozenset({"count", "total-count"})
# How they are called, from how many values on they say something, and how they are made.
STATISTICS: Mapping[str, tuple[int, Callable[[Values], Decimal | None]]] = {
    "average": (1, mean),
    "maximum": (1, max),
    "minimum": (1, min),
    "median": (1, median),
    "std-dev": (2, stdev),
    "sum": (1, lambda values: sum(values, Decimal(0))),
    "variance": (2, variance),
    "20-percent": (1, _cut(5, 1)),
    "80-percent": (1, _cut(5, 4)),
    "4-lower": (1, _cut(4, 1)),
    "4-upper": (1, _cut(4, 3)),
    "4-dev": (1, lambda values: _cut(4, 3)(values) - _cut(4, 1)(values)),
    "5-1": (1, _cut(5, 1)),
    "5-2": (1, _cut(5, 2)),
    "5-3": (1, _cut(5, 3)),
    "5-4": (1, _cut(5, 4)),
    "skew": (3, _moment(3, 0)),
    "kurtosis": (4, _moment(4, 3)),
}
# Without the unit of the values.
PURE = frozenset({"variance", "skew", "kurtosis"})
KNOWN = (*COUNTS, *STATISTICS)
