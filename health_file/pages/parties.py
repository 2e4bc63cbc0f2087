"""Units by name and by code, as the directory has them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from health_file import actions
from health_file.actions import ResourceView
from health_file.display import Reader, at, every, plain
from health_file.fhir.consent.rule import STAFF_SYSTEM
from health_file.fhir.query import Results, parse
from health_file.rules import UNIT_SYSTEM
from services.web.current import current_actor, current_session
from services.web.language import current_language
from services.web.language import gettext as _

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


def names_of_people(accounts: Iterable[UUID]) -> dict[str, str]:
    """The names of these members of staff, as they stand in the directory; by account id."""
    wanted = sorted({str(account) for account in accounts})
    if not wanted:
        return {}
    pairs = [("identifier", ",".join(f"{STAFF_SYSTEM}|{account}" for account in wanted))]
    named = {}
    for view in _found("Practitioner", pairs):
        account = _value(view, STAFF_SYSTEM)
        if account in wanted:
            named[account] = plain(every(view.body, "name")[:1], Reader(current_language(), _))
    return named


def _units(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {
        code: _name(view) for view in _found("Organization", pairs) if (code := _value(view, UNIT_SYSTEM))
    }


def _found(resource_type: str, pairs: list[tuple[str, str]]) -> list[ResourceView]:
    query = parse(resource_type, pairs, base_url="")
    results = Results(count=MOST_FOUND, total="none")
    return actions.search_resources(current_session(), current_actor(), [query], results).views


def _value(view: ResourceView, system: str) -> str:
    for one in every(view.body, "identifier"):
        if at(one, "system") == system and isinstance(at(one, "value"), str):
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
