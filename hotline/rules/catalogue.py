"""The kinds of tickets, who answers for each, and the public number. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.words import msgid


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of ticket and the unit that answers for it."""

    code: str
    title: str
    unit: str


CATEGORIES: Mapping[str, Category] = {
    category.code: category
    for category in (
        Category("street_light", msgid("路灯与公共照明"), "WORKS-DA"),
        Category("road", msgid("道路与井盖"), "WORKS-DA"),
        Category("greening", msgid("绿化与市容"), "GREEN-XP"),
        Category("noise", msgid("噪声扰民"), "GREEN-XP"),
        Category("housing", msgid("物业与房屋"), "HOUSING-NY"),
        Category("parking", msgid("车辆停放"), "WORKS-DA"),
        Category("utilities", msgid("水、电、燃气、供暖"), "HOUSING-NY"),
        Category("consult", msgid("咨询，想问清楚一件事"), "WORKS-DA"),
        Category("opinion", msgid("意见和建议"), "WORKS-DA"),
        Category("other", msgid("其他，我来描述"), "WORKS-DA"),
    )
}
DESK = "HOTLINE"
# What people call the units.
UNIT_TITLES: Mapping[str, str] = {
    DESK: msgid("市民热线"),
    "WORKS-DA": msgid("东岸区市政所"),
    "GREEN-XP": msgid("西浦区绿化市容所"),
    "HOUSING-NY": msgid("南苑区房管所"),
}
# Who takes a ticket that nobody would: the district's own works office.
BACKSTOP = "WORKS-DA"
UNITS = frozenset(category.unit for category in CATEGORIES.values())


def ticket_number(on: date, order: int) -> str:
    """The public number: the civil date and a running number."""
    return f"{on:%y%m%d}{order:06d}"
