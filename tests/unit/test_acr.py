"""The ladder of authentication classes, and what proofs reach which rung."""

from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.people.acr import (
    LADDER,
    PasskeyProof,
    Proofs,
    is_fresh,
    meets,
    proofs_with_code,
    proofs_with_passkey,
)

PWD, OTP, PHR, PHRH = LADDER
BOUND = PasskeyProof(is_user_verified=True, is_device_bound=True)
SYNCED = PasskeyProof(is_user_verified=True, is_device_bound=False)
TOUCHED = PasskeyProof(is_user_verified=False, is_device_bound=True)


@pytest.mark.parametrize(
    ("proofs", "acr", "amr"),
    [
        (Proofs(password=True), PWD, {"pwd"}),
        (Proofs(password=True, code=True), OTP, {"pwd", "otp", "mfa"}),
        (Proofs(passkey=TOUCHED), OTP, {"pop", "user"}),
        (Proofs(password=True, passkey=TOUCHED), PHR, {"pwd", "pop", "user", "mfa"}),
        (Proofs(code=True, passkey=TOUCHED), PHR, {"otp", "pop", "user", "mfa"}),
        (Proofs(passkey=SYNCED), PHR, {"pop", "user", "mfa"}),
        (Proofs(password=True, passkey=SYNCED), PHR, {"pwd", "pop", "user", "mfa"}),
        (Proofs(passkey=BOUND), PHRH, {"pop", "user", "hwk", "mfa"}),
    ],
)
def test_proofs_reach_their_rung(proofs: Proofs, acr: str, amr: set[str]) -> None:
    assert (proofs.acr, set(proofs.amr)) == (acr, amr)


def test_ladder_is_climbed_from_below_and_the_unknown_stands_nowhere() -> None:
    for place, held in enumerate(LADDER):
        assert [meets(held, wanted) for wanted in LADDER] == [place >= other for other in range(len(LADDER))]
    assert not any(meets(unknown, wanted) for unknown in (None, "", "1", "PHR") for wanted in LADDER)
    assert not any(meets(held, "unheard of") for held in LADDER)


def test_code_after_a_passkey_leaves_the_passkey_out() -> None:
    assert proofs_with_code(("pop", "user", "hwk", "mfa")).acr == OTP
    assert proofs_with_code(("pwd", "pop")).amr == ("pwd", "otp", "mfa")


def test_passkey_counts_beside_the_password_of_its_session_and_replaces_an_earlier_passkey() -> None:
    assert proofs_with_passkey(("pwd",), TOUCHED).acr == PHR
    assert proofs_with_passkey(("pop", "user", "hwk", "mfa"), TOUCHED).acr == OTP


def test_freshness_counts_seconds_and_needs_an_instant() -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    assert is_fresh(None, None, at=at)
    assert not is_fresh(None, 300, at=at)
    assert is_fresh(at - timedelta(seconds=300), 300, at=at)
    assert not is_fresh(at - timedelta(seconds=301), 300, at=at)
