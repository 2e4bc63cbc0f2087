"""To whom a ticket goes: the rule table first, then the catalogue; and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.rules.catalogue import CATEGORIES
from hotline.rules.units import unit_for


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """One row of the table; None in a field means any. Rows are asked in the order of their rank."""

    version: int
    rank: int
    category: str | None
    district: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A rule that was asked, and the field that did not fit; none did when it matched."""

    rank: int
    unit: str
    differs_in: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a ticket would go; `rank` is the rule that says so, None for the catalogue."""

    unit: str
    version: int
    rank: int | None
    considered: tuple[Considered, ...]


def route(category: str, district: str, rules: Sequence[RoutingRule]) -> Route:
    """The first rule that fits decides; where none does, the catalogue."""
    version = max((rule.version for rule in rules), default=0)
    considered: list[Considered] = []
    for rule in sorted(rules, key=lambda one: one.rank):
        differs_in = _differs_in(rule, category, district)
        considered.append(Considered(rank=rule.rank, unit=rule.unit, differs_in=differs_in))
        if differs_in is None:
            return Route(unit=rule.unit, version=version, rank=rule.rank, considered=tuple(considered))
    unit = unit_for(CATEGORIES[category].duty, district)
    return Route(unit=unit, version=version, rank=None, considered=tuple(considered))


def _differs_in(rule: RoutingRule, category: str, district: str) -> str | None:
    if rule.category not in {None, category}:
        return "category"
    return "district" if rule.district not in {None, district} else None
