"""To whom a ticket goes: the rule table first, then the catalogue, then the district's backstop; and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotline.rules.catalogue import CATEGORIES
from hotline.rules.texts import district_in
from hotline.rules.units import unit_for

# The row of the backstops that holds for every district without one of its own.
WHOLE_CITY = ""


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
    """Where a ticket would go; `rank` is the rule that says so, None for the catalogue.

    `backstops` is the version of the backstops where the catalogue does not say whose it is, and they decide.
    """

    unit: str
    version: int
    rank: int | None
    considered: tuple[Considered, ...]
    backstops: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstops:
    """Who takes what nobody would (兜底), by district; one version of the table."""

    version: int
    units: Mapping[str, str]

    def unit_of(self, *places: str) -> str:
        """The unit of the first of these places that is, or names, a district of the table; else the whole city's."""
        for place in places:
            for district in (place, district_in(place)):
                if district and district in self.units:
                    return self.units[district]
        return self.units[WHOLE_CITY]


def route(
    category: str, district: str, rules: Sequence[RoutingRule], backstops: Backstops, place: str = ""
) -> Route:
    """The first rule that fits decides; where none does, the catalogue; where that knows no duty, the backstop."""
    version = max((rule.version for rule in rules), default=0)
    considered: list[Considered] = []
    for rule in sorted(rules, key=lambda one: one.rank):
        differs_in = _differs_in(rule, category, district)
        considered.append(Considered(rank=rule.rank, unit=rule.unit, differs_in=differs_in))
        if differs_in is None:
            return Route(unit=rule.unit, version=version, rank=rule.rank, considered=tuple(considered))
    duty = CATEGORIES[category].duty
    unit = backstops.unit_of(district, place) if duty is None else unit_for(duty, district)
    decided = backstops.version if duty is None else None
    return Route(unit=unit, version=version, rank=None, considered=tuple(considered), backstops=decided)


def _differs_in(rule: RoutingRule, category: str, district: str) -> str | None:
    if rule.category not in {None, category}:
        return "category"
    return "district" if rule.district not in {None, district} else None
