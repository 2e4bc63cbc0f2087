"""Password hashing: sound parameters, bounded work, decoys."""

import pytest

from services.errors import Unavailable
from services.gateway.errors import PasswordTooShort
from services.gateway.people import passwords
from services.gateway.people.passwords import Parameters, PasswordKeeper

CHEAP = Parameters(memory_kib=8, passes=1, longest_wait=0.05)


def test_keeper_by_default_uses_nineteen_mebibytes_and_two_passes() -> None:
    assert passwords.current_keeper().hash("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_verify_right_wrong_and_missing_hash() -> None:
    keeper = PasswordKeeper(CHEAP)
    stored = keeper.hash("correct horse")
    assert keeper.verify(stored, "correct horse")
    assert not keeper.verify(stored, "correct house")
    assert not keeper.verify(None, "correct horse")
    assert not keeper.verify("not a hash", "correct horse")


def test_verify_full_width_letters_are_the_same_password() -> None:
    keeper = PasswordKeeper(CHEAP)
    assert keeper.verify(keeper.hash("abc12345"), "ａｂｃ１２３４５")


def test_verify_lone_surrogate_and_endless_password_are_only_wrong() -> None:
    keeper = PasswordKeeper(CHEAP)
    stored = keeper.hash("a" * 256)
    assert not keeper.verify(stored, "\ud800")
    assert not keeper.verify(stored, "a" * 100_000)


def test_needs_rehash_when_parameters_change() -> None:
    stored = PasswordKeeper(CHEAP).hash("correct horse")
    assert not PasswordKeeper(CHEAP).needs_rehash(stored)
    assert PasswordKeeper(Parameters(memory_kib=16, passes=1)).needs_rehash(stored)


def test_hash_with_all_places_taken_is_refused_in_time() -> None:
    keeper = PasswordKeeper(CHEAP)
    for _ in range(CHEAP.places):
        keeper._places.acquire()
    with pytest.raises(Unavailable) as refused:
        keeper.hash("correct horse")
    assert refused.value.retry_after == 2
    keeper._places.release()
    assert keeper.hash("correct horse")


@pytest.mark.parametrize("password", ["", "1234567", "a" * 257])
def test_check_new_password_of_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooShort):
        passwords.check_new_password(password)
