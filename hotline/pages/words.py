"""What the pages call things, and how they read what is sent."""

from hotline.actions.steps import EMERGENCY
from hotline.rules import CATEGORIES, STATE_TITLES, Action
from hotline.rules.catalogue import UNITS
from hotline.rules.clocks import CLOCK_TITLES
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
        "services": {number: number for number in sorted(EMERGENCY)},
    }


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
