"""What mistakes cost: the policies as data, and the pure step from one state to the next."""

from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.people.throttle import (
    NO_WAIT,
    OTP_ACCOUNT,
    PASSWORD_ACCOUNT,
    PASSWORD_ADDRESS,
    PASSWORD_DEVICE,
    POLICIES,
    State,
    backing_off,
    count_mistake,
    network_of,
)

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
FRESH = State(0, START, NO_WAIT)


def waits(policy_name: str, use: str, mistakes: int) -> list[int]:
    """Seconds to wait after each of so many mistakes, made as soon as they are looked at."""
    policy, state, at = POLICIES[policy_name][use], FRESH, START
    found = []
    for _ in range(mistakes):
        state = count_mistake(policy, state, at)
        found.append(max(0, int((state.free_at - at).total_seconds())))
        at = max(at, state.free_at)
    return found


@pytest.mark.parametrize("use", [PASSWORD_ACCOUNT, PASSWORD_DEVICE, OTP_ACCOUNT])
def test_count_mistakes_in_production_backs_off_at_the_sixth_and_doubles(use: str) -> None:
    assert waits("production", use, 15) == [
        *[0] * 5, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600,
    ]  # fmt: skip


def test_count_mistakes_of_an_address_in_production_leaves_room_for_a_crowd() -> None:
    assert waits("production", PASSWORD_ADDRESS, 32)[-3:] == [0, 30, 60]


def test_count_mistakes_in_the_demo_lets_a_hundred_pass() -> None:
    assert waits("demo", PASSWORD_ACCOUNT, 101) == [*[0] * 100, 30]


def test_count_mistake_while_a_wait_runs_changes_nothing() -> None:
    state = State(6, START, START + timedelta(seconds=30))
    at = START + timedelta(seconds=29)
    assert count_mistake(POLICIES["production"][PASSWORD_ACCOUNT], state, at) == state


def test_count_mistake_of_a_transaction_that_began_earlier_meets_no_wait() -> None:
    policy = POLICIES["production"][PASSWORD_ACCOUNT]
    later = count_mistake(policy, FRESH, START + timedelta(seconds=1))
    assert count_mistake(policy, later, START).failures == 2


def test_count_mistake_after_the_window_starts_anew() -> None:
    policy = POLICIES["production"][PASSWORD_ACCOUNT]
    at = START + policy.window
    assert count_mistake(policy, State(9, START, NO_WAIT), at) == State(1, at, NO_WAIT)


def test_backing_off_ends_at_the_longest_wait() -> None:
    assert backing_off(free=1, first=10, longest=35) == (0, 10, 20, 35)


def test_policies_name_the_same_uses() -> None:
    assert POLICIES["demo"].keys() == POLICIES["production"].keys()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
    ],
)
def test_network_of_address_counts_one_customer_once(address: str, network: str) -> None:
    assert network_of(address) == network
