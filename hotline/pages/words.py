"""What the pages call things, and how they read what is sent."""

from collections.abc import Mapping
from typing import Any

from hotline.actions.needs import EMERGENCY
from hotline.rules import CATEGORIES, STATE_TITLES, Action
from hotline.rules.catalogue import UNIT_TITLES, UNITS
from hotline.rules.policies import CLOCK_TITLES
from hotline.rules.questions import Question
from hotline.rules.urgency import URGENCY_TITLES
from services.errors import Invalid
from services.web.language import gettext as _

QUEUE_LENGTH = 50


def words() -> dict[str, object]:
    """What codes are called in the reader's language."""
    return {
        "marks": {
            "5": _("5 分，很满意"),
            "4": _("4 分，满意"),
            "3": _("3 分，一般"),
            "2": _("2 分，不满意"),
            "1": _("1 分，很不满意"),
        },
        "states": {state.value: _(title) for state, title in STATE_TITLES.items()},
        "categories": {code: _(category.title) for code, category in CATEGORIES.items()},
        "clocks": {kind.value: _(title) for kind, title in CLOCK_TITLES.items()},
        "units": {unit: unit for unit in sorted(UNITS)},
        "unit_titles": {unit: _(title) for unit, title in UNIT_TITLES.items()},
        "urgencies": {urgency.value: _(title) for urgency, title in URGENCY_TITLES.items()},
        "services": {number: number for number in sorted(EMERGENCY)},
    }


def answers_shown(asked: Mapping[str, Question], given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers as people read them."""
    shown = []
    for code, answer in given.items():
        question = asked.get(code)
        values = answer if isinstance(answer, list) else [answer]
        options = {} if question is None or question.options is None else question.options
        text = "、".join(_(options[value]) if value in options else value for value in values)
        shown.append((code if question is None else _(question.title), text))
    return shown


def action_of(given: str) -> Action:
    """The action that a button names. Raises: Invalid 422."""
    try:
        return Action(given)
    except ValueError:
        raise Invalid(field="/action", expected=", ".join(Action)) from None


def whole_number(given: str | None, field: str) -> int | None:
    """The whole number of a field, or None when it is empty. Raises: Invalid 422."""
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Invalid(field=field, expected=_("写一个整数"))
    return int(given)
