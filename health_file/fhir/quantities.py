"""Quantities as they are searched: `[prefix]number|system|code`. Pure.

Standard: FHIR R4 search.html#quantity. Units are compared as they are written; none is converted.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any

NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?")
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class WantedQuantity:
    """A number with its prefix, and the unit it must stand in, where one is named."""

    prefix: str
    number: Decimal
    system: str = ""
    code: str = ""

    def is_met(self, value: Any) -> bool:
        """Whether a Quantity, Range or SampledData stands so."""
        return any(self._stands(low, high) for low, high in self._ranges(value))

    def _stands(self, low: Decimal, high: Decimal) -> bool:
        number = self.number
        exponent = number.as_tuple().exponent
        half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
        is_equal = number - half <= low and high < number + half
        near = abs(number * TENTH)
        return {
            "eq": is_equal,
            "ne": not is_equal,
            "gt": high > number,
            "lt": low < number,
            "ge": high >= number,
            "le": low <= number,
            "sa": low > number,
            "eb": high < number,
            "ap": low <= number + near and high >= number - near,
        }[self.prefix]

    def _ranges(self, value: Any) -> Iterator[tuple[Decimal, Decimal]]:
        if not isinstance(value, dict):
            return
        if "origin" in value:
            if self._has_unit(value["origin"]):
                yield from _sampled(value)
        elif value.keys() & {"low", "high"}:
            ends = [value[name] for name in ("low", "high") if name in value]
            if all(self._has_unit(end) for end in ends):
                low = _number(value.get("low"), Decimal("-Infinity"))
                yield low, _number(value.get("high"), Decimal("Infinity"))
        elif "value" in value and self._has_unit(value):
            number = _number(value, Decimal(0))
            yield number, number

    def _has_unit(self, quantity: Mapping[str, Any]) -> bool:
        if self.system and quantity.get("system") != self.system:
            return False
        names = {quantity.get("code")} if self.system else {quantity.get("code"), quantity.get("unit")}
        return not self.code or self.code in names


def _number(quantity: Any, otherwise: Decimal) -> Decimal:
    return Decimal(quantity["value"]) if isinstance(quantity, dict) and "value" in quantity else otherwise


def _sampled(value: Mapping[str, Any]) -> Iterator[tuple[Decimal, Decimal]]:
    """The lowest and the highest of the samples; E, L and U are no numbers (datatypes.html#SampledData)."""
    origin, factor = _number(value["origin"], Decimal(0)), Decimal(value.get("factor", 1))
    samples = []
    for text in str(value.get("data", "")).split():
        try:
            samples.append(origin + Decimal(text) * factor)
        except DecimalException:
            continue
    if samples:
        yield min(samples), max(samples)


def wanted_quantity(prefix: str, parts: list[str]) -> WantedQuantity:
    """A number, its system and its code. Raises: ValueError."""
    if len(parts) not in {1, 3} or not NUMBER.fullmatch(parts[0]):
        raise ValueError("no quantity")
    return WantedQuantity(prefix, Decimal(parts[0]), *parts[1:])
