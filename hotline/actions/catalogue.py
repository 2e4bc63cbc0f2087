"""The kinds of tickets and the units that answer for them."""

from collections.abc import Sequence

from hotline.rules import CATEGORIES, Category
from hotline.rules.units import UNIT_TABLE, Unit


def list_categories() -> Sequence[Category]:
    """The catalogue. Access: everybody; it is no one's data."""
    return list(CATEGORIES.values())


def list_units() -> Sequence[Unit]:
    """The units that answer for tickets. Access: everybody; it is no one's data."""
    return UNIT_TABLE
