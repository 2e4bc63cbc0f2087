"""Units by name and by code, as the directory has them."""

from collections.abc import Iterable, Mapping

from health_file import actions
from health_file.actions import ResourceView
from health_file.display import at, every
from health_file.fhir.query import Results, parse
from health_file.rules import UNIT_SYSTEM
from services.web.current import current_actor, current_session
from services.web.language import current_language

MOST_FOUND = 20


def units_named(words: str) -> dict[str, str]:
    """The units whose name begins so, or has a word that does; code and name."""
    return _units([("name", escaped(words))])


def names_of_units(codes: Iterable[str]) -> dict[str, str]:
    """The names of these units; what the directory does not know has none."""
    wanted = sorted({code for code in codes if code})
    return (
        _units([("identifier", ",".join(f"{UNIT_SYSTEM}|{escaped(code)}" for code in wanted))])
        if wanted
        else {}
    )


def name_of_unit(code: str) -> str:
    """The name of a unit, or its code where the directory does not know it."""
    return names_of_units([code]).get(code, code)


def _units(pairs: list[tuple[str, str]]) -> dict[str, str]:
    query = parse("Organization", pairs, base_url="")
    results = Results(count=MOST_FOUND, total="none")
    found = actions.search_resources(current_session(), current_actor(), [query], results)
    return {code: _name(view) for view in found.views if (code := _code(view))}


def _code(view: ResourceView) -> str:
    for one in every(view.body, "identifier"):
        if at(one, "system") == UNIT_SYSTEM and isinstance(at(one, "value"), str):
            return str(one["value"])
    return ""


def _name(view: ResourceView) -> str:
    body: Mapping[str, object] = view.body
    alias = at(body, "alias")
    english = alias[0] if isinstance(alias, list) and alias else None
    return str(english if current_language() == "en" and english else body.get("name", ""))


def escaped(text: str) -> str:
    """A text as a search value: FHIR R4 search.html#escaping."""
    for mark in "\\,$|":
        text = text.replace(mark, f"\\{mark}")
    return text
