"""State tables as data: every pair that is not an arrow is refused, and every state can be reached."""

from enum import StrEnum
from types import ModuleType

import pytest

import hotline.rules
import legal_id.rules
import social_card.rules
from services.state_table import find_arrow

TABLES = {
    "hotline": (
        hotline.rules,
        hotline.rules.State,
        hotline.rules.Action,
        hotline.rules.State.RECEIVED,
        hotline.rules.STATE_TITLES,
    ),
    "social_card": (
        social_card.rules,
        social_card.rules.State,
        social_card.rules.Event,
        social_card.rules.State.APPLIED,
        social_card.rules.STATE_TITLES,
    ),
    "legal_id": (
        legal_id.rules,
        legal_id.rules.Status,
        legal_id.rules.Event,
        legal_id.rules.Status.PENDING,
        legal_id.rules.STATUS_TITLES,
    ),
}
EVERYONE = frozenset(
    {"resident", "operator", "officer", "supervisor", "system", "representative", "co_officer"}
)


@pytest.mark.parametrize("name", TABLES)
def test_pair_without_an_arrow_is_refused_for_everyone(name: str) -> None:
    rules, states, events, _, _ = TABLES[name]
    for state in states:
        for event in events:
            arrow = find_arrow(rules.TRANSITIONS, state, event, EVERYONE)
            assert (arrow is not None) == ((state, event) in rules.TRANSITIONS)


@pytest.mark.parametrize("name", TABLES)
def test_arrow_for_another_kind_of_actor_is_refused(name: str) -> None:
    rules: ModuleType = TABLES[name][0]
    for (state, event), arrow in rules.TRANSITIONS.items():
        for kind in EVERYONE:
            found = find_arrow(rules.TRANSITIONS, state, event, frozenset({kind}))
            assert (found is not None) == (kind in arrow.actors)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached_from_the_first(name: str) -> None:
    rules, states, _, first, _ = TABLES[name]
    reached: set[StrEnum] = {first}
    while True:
        more = {arrow.to for (state, _), arrow in rules.TRANSITIONS.items() if state in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(states)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_a_title(name: str) -> None:
    _, states, _, _, titles = TABLES[name]
    assert set(titles) == set(states)
