"""How the answer of a search is wanted: pages, order, total, summary, includes (search.html#return)."""

from collections.abc import Sequence
from dataclasses import dataclass

from health_file.errors import ParameterInvalid
from health_file.fhir.parameters import PARAMETERS
from health_file.fhir.query.values import one_of

DEFAULT_COUNT = 20
MOST_COUNT = 200
MOST_SORT_KEYS = 5
TOTALS = ("accurate", "estimate", "none")
SUMMARIES = ("true", "text", "data", "count", "false")
OWN_SORTS = ("_id", "_lastUpdated")
SORTED_KINDS = frozenset({"token", "string", "date", "reference", "uri", "quantity"})
ONCE = frozenset({"_count", "_sort", "_total", "_summary", "_elements"})
INCLUDES = {
    "_include": (False, False), "_include:iterate": (False, True), "_include:recurse": (False, True),
    "_revinclude": (True, False), "_revinclude:iterate": (True, True), "_revinclude:recurse": (True, True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of the order."""

    parameter: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Include:
    """What is shown beside the matches: of `resource_type` by `parameter` (`*`: any), of `target` alone where named."""

    resource_type: str
    parameter: str
    target: str
    is_reverse: bool
    is_iterated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """How the answer is wanted."""

    count: int = DEFAULT_COUNT
    sort: tuple[SortKey, ...] = ()
    total: str = "accurate"
    summary: str = "false"
    elements: tuple[str, ...] = ()
    includes: tuple[Include, ...] = ()

    @property
    def is_count_alone(self) -> bool:
        """Whether nothing but the total is asked for."""
        return self.count == 0 or self.summary == "count"

    @property
    def are_whole(self) -> bool:
        """Whether resources are answered as they are, and nothing has to be looked for in them."""
        return self.summary == "false" and not self.elements and not self.includes


def take_results(
    resource_types: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> tuple[Results, list[tuple[str, str]]]:
    """Understand what says how the answer is wanted; the filters are left. Raises: ParameterInvalid 400."""
    given: dict[str, str] = {}
    includes: list[Include] = []
    filters: list[tuple[str, str]] = []
    for name, value in pairs:
        if name in ONCE:
            if name in given:
                raise ParameterInvalid(name, "once")
            given[name] = value
        elif name in INCLUDES:
            includes.append(_include(name, value))
        else:
            filters.append((name, value))
    results = Results(
        count=read_count(given.get("_count", str(DEFAULT_COUNT))),
        sort=_sort(resource_types, given["_sort"]) if "_sort" in given else (),
        total=one_of("_total", given.get("_total", "accurate"), TOTALS),
        summary=one_of("_summary", given.get("_summary", "false"), SUMMARIES),
        elements=_elements(given["_elements"]) if "_elements" in given else (),
        includes=tuple(dict.fromkeys(includes)),
    )
    if includes and results.summary == "text":
        raise ParameterInvalid("_summary", "not text, with _include or _revinclude", "not-supported")
    return results, filters


def is_result(name: str) -> bool:
    """Whether a parameter says how the answer is wanted."""
    return name in ONCE or name in INCLUDES or name == "_type"


def read_count(text: str, *, most: int = MOST_COUNT, name: str = "_count") -> int:
    """How many a page holds: what is asked for, and not more than `most`."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ParameterInvalid(name, f"0..{most}")
    return min(int(text), most)


def _sort(resource_types: Sequence[str], text: str) -> tuple[SortKey, ...]:
    keys = tuple(SortKey(one.removeprefix("-"), one.startswith("-")) for one in text.split(","))
    if len(keys) > MOST_SORT_KEYS:
        raise ParameterInvalid("_sort", f"at most {MOST_SORT_KEYS} keys", "too-costly")
    for key in keys:
        if key.parameter not in OWN_SORTS and not all(
            key.parameter in PARAMETERS[name] and PARAMETERS[name][key.parameter].kind in SORTED_KINDS
            for name in resource_types
        ):
            raise ParameterInvalid("_sort", "search parameters of the type, apart by commas", "not-supported")
    return keys


def _elements(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not all(name.isascii() and name.isalnum() for name in names) or len(names) > 50:
        raise ParameterInvalid("_elements", "names of elements, apart by commas")
    return names


def _include(name: str, value: str) -> Include:
    is_reverse, is_iterated = INCLUDES[name]
    if value == "*":
        return Include("*", "*", "", is_reverse, is_iterated)
    resource_type, code, target = (*value.split(":", 2), "", "")[:3]
    parameter = PARAMETERS.get(resource_type, {}).get(code)
    is_known = resource_type in PARAMETERS and (
        code == "*" or (parameter is not None and parameter.kind == "reference")
    )
    is_target = not target or parameter is None or not parameter.targets or target in parameter.targets
    if not is_known or not is_target or ":" in target:
        raise ParameterInvalid(name, "Type:reference | Type:reference:Type | Type:* | *", "not-supported")
    return Include(resource_type, code, target, is_reverse, is_iterated)
