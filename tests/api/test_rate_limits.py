"""Typed limits: as many pass as the allowance holds, whoever races, and every refusal says how long to wait."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services import clock
from services.actor import system
from services.database.transaction import Database
from services.gateway.errors import TooManyAttempts
from services.gateway.people.rate_limits import (
    CLIENT_REGISTRATION,
    CODE_TO_PHONE,
    LIMITS,
    TOKEN_ERROR_CLIENT,
    Spending,
    delete_whole_limits,
    spend,
    spend_client_registration,
    spending,
    spending_of_address,
)
from services.gateway.store import rate_limits as store
from tests.support.app import app_over
from tests.support.oauth import Door
from tests.support.people import GATEWAY

POLICY = "production"


def take(database: Database, one: Spending) -> int:
    """Seconds to wait, 0 when there was one."""
    try:
        with database.transaction(GATEWAY) as session:
            spend(session, [one])
    except TooManyAttempts as stop:
        return stop.retry_after or -1
    return 0


def a_limit(database: Database, whom: str = "+8613912345678") -> Spending:
    return spending(database.keys, POLICY, CODE_TO_PHONE, whom)


def test_allowance_lets_most_through_then_one_by_one(database: Database, noon: datetime) -> None:
    one = a_limit(database)
    with clock.held(noon):
        assert [take(database, one) for _ in range(5)] == [0, 0, 0, 1200, 1200]
    with clock.held(noon + timedelta(minutes=20)):
        assert [take(database, one) for _ in range(2)] == [0, 1200]
    with clock.held(noon + timedelta(hours=3)):
        assert [take(database, one) for _ in range(4)] == [0, 0, 0, 1200]


def test_allowances_of_two_do_not_touch(database: Database, noon: datetime) -> None:
    with clock.held(noon):
        for _ in range(4):
            take(database, a_limit(database))
        assert take(database, a_limit(database, "+8613912345679")) == 0


def test_earlier_clock_that_comes_later_does_not_refill(database: Database, noon: datetime) -> None:
    one = a_limit(database)
    with clock.held(noon):
        for _ in range(3):
            take(database, one)
    with clock.held(noon - timedelta(seconds=5)):
        assert take(database, one) == 1205


def test_refused_by_one_of_two_says_the_longer_wait(database: Database, noon: datetime) -> None:
    phone = a_limit(database)
    address = replace(
        spending_of_address(database.keys, POLICY, CODE_TO_PHONE, "192.0.2.7"),
        limit=replace(phone.limit, every=timedelta(minutes=1)),
    )
    with clock.held(noon):
        for _ in range(3):
            take(database, phone)
            take(database, address)
        with database.transaction(GATEWAY) as session, pytest.raises(TooManyAttempts) as stopped:
            spend(session, [address, phone])
    assert stopped.value.retry_after == 1200


def test_twenty_at_once_pass_as_many_as_in_a_row(committed: Database) -> None:
    one = a_limit(committed)
    with ThreadPoolExecutor(10) as pool:
        waits = list(pool.map(lambda _: take(committed, one), range(20)))
    assert waits.count(0) == LIMITS[POLICY][CODE_TO_PHONE].most


def test_whole_limits_are_forgotten_and_others_kept(database: Database, noon: datetime) -> None:
    with clock.held(noon):
        take(database, a_limit(database))
    with clock.held(noon + timedelta(minutes=19)):
        take(database, a_limit(database, "+8613912345670"))
    with clock.held(noon + timedelta(minutes=21)), database.transaction(GATEWAY) as session:
        delete_whole_limits(session, system("test"))
        left = session.raw("SELECT count(*) FROM gateway.rate_limits").fetchone()
    assert left == (1,)


def test_client_registration_is_limited_by_address(database: Database, noon: datetime) -> None:
    most = LIMITS[POLICY][CLIENT_REGISTRATION].most
    with clock.held(noon), database.transaction(GATEWAY) as session:
        for _ in range(most):
            spend_client_registration(session, POLICY, "192.0.2.1")
        with pytest.raises(TooManyAttempts):
            spend_client_registration(session, POLICY, "192.0.2.1")
        spend_client_registration(session, POLICY, "192.0.2.2")


def test_every_policy_has_every_limit() -> None:
    assert LIMITS["production"].keys() == LIMITS["demo"].keys()
    assert store.SPEND.count("%s") == 11


def test_token_errors_in_a_storm_hear_429_and_the_right_client_still_passes(database: Database) -> None:
    door = Door(app_over(database, CITIZEN_THROTTLE_POLICY=POLICY))
    app = door.add_client(
        auth_method="client_secret_basic",
        grants=["client_credentials"],
        scopes=door.scopes_for("client")[:1],
        redirect_uris=[],
        post_logout_redirect_uris=[],
    )
    most = LIMITS[POLICY][TOKEN_ERROR_CLIENT].most
    wrong = (app.client.client_id, "wrong")
    asked = {"grant_type": "client_credentials"}
    answers = [door.http.post("/oauth/token", data=asked, auth=wrong) for _ in range(most + 2)]
    assert [answer.status_code for answer in answers] == [401] * most + [429] * 2
    refused = answers[-1]
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json == {
        "error": "temporarily_unavailable",
        "error_description": "Too many refused requests.",
    }
    assert door.http.post("/oauth/token", data=asked, auth=app.basic).status_code == 200
