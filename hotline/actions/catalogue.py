"""The kinds of tickets with the time that each has now, and the units that answer for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline import store
from hotline.actions.clocks import policy_in_version
from hotline.rules import CATEGORIES
from hotline.rules.catalogue import Group
from hotline.rules.policies import Told, told_of
from hotline.rules.units import UNIT_TABLE, Unit
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """A kind of ticket with its times, and the version of the rules that says so."""

    code: str
    title: str
    description: str
    keywords: str
    group: Group
    policy: int
    times: Sequence[Told]


def list_categories(session: Session) -> list[CategoryView]:
    """The catalogue. Access: everybody; it is no one's data."""
    policy = policy_in_version(session, store.newest_policy(session))
    return [
        CategoryView(
            code=category.code,
            title=category.title,
            description=category.description,
            keywords=category.keywords,
            group=category.group,
            policy=policy.version,
            times=list(told_of(policy, category.code)),
        )
        for category in CATEGORIES.values()
    ]


def list_units() -> Sequence[Unit]:
    """The units that answer for tickets. Access: everybody; it is no one's data."""
    return UNIT_TABLE
