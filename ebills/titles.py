"""How bills, utilities and billers are called, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ebills.rules.bills import STATE_TITLES, UTILITY_TITLES, Utility
from services.web.language import current_language
from services.web.language import gettext as _


def utility_title(utility: str) -> str:
    """What a utility's bill is called: 电费."""
    return _(UTILITY_TITLES[Utility(utility)])


def bill_title(utility: str, period_to: date) -> str:
    """A bill by its month: 10 月电费, in English Electricity, October 2026."""
    title = utility_title(utility)
    if current_language() == "en":
        return f"{title}, {period_to:%B} {period_to.year}"
    return f"{period_to.month} 月{title}"


def month_title(period_to: date) -> str:
    """A month by itself: 2026 年 10 月, in English October 2026."""
    if current_language() == "en":
        return f"{period_to:%B} {period_to.year}"
    return f"{period_to.year} 年 {period_to.month} 月"


def state_titles() -> Mapping[str, str]:
    """The states in words."""
    return {state.value: _(title) for state, title in STATE_TITLES.items()}


def biller_name(biller: Any) -> str:
    """A biller's name in the reader's language."""
    name: str = biller.name_en if current_language() == "en" else biller.name
    return name


def days_left(due_on: date, today: date) -> str:
    """How long there is to pay: 还有 6 天."""
    days = (due_on - today).days
    if days > 0:
        return _("还有 %(days)d 天", days=days)
    return _("今天到期") if days == 0 else _("已过期 %(days)d 天", days=-days)
