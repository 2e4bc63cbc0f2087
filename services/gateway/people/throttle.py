"""Slows down guessing without locking anybody out of their own account.

A mistake is counted where it was made: for a browser in which the account has signed in before, on a counter
of its own; for everybody else on the user name's counter and the address's. So strangers may use up their own
tries, never the owner's. Counters are looked at before the slow hash and decided on again, under a row lock,
after it: any number of tries at once reveals no more than as many in a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from uuid import UUID

from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import TooManyAttempts
from services.gateway.store import attempts as store
from services.ports import KeyRing

PASSWORD_ACCOUNT = "password_account"  # noqa: S105  # a name, not a secret
PASSWORD_DEVICE = "password_device"  # noqa: S105  # a name, not a secret
PASSWORD_ADDRESS = "password_address"  # noqa: S105  # a name, not a secret
OTP_ACCOUNT = "otp_account"
PASSWORD_OWN = "password_own"  # noqa: S105  # a name, not a secret
RECOVERY_ACCOUNT = "recovery_account"
USER_CODE_ACCOUNT = "user_code_account"
USER_CODE_ADDRESS = "user_code_address"


@dataclass(frozen=True, slots=True)
class Policy:
    """What mistakes of one use cost: seconds of waiting after the first, second, ... within the window.

    The last entry stands for all that follow.
    """

    window: timedelta
    waits: tuple[int, ...]

    def wait_after(self, failures: int) -> int:
        """Seconds to wait after this many mistakes."""
        return self.waits[min(failures, len(self.waits)) - 1]


def backing_off(*, free: int, first: int, longest: int) -> tuple[int, ...]:
    """No wait for the first `free` mistakes, then doubling up to `longest` seconds."""
    waits, wait = [0] * free, first
    while wait < longest:
        waits.append(wait)
        wait *= 2
    return (*waits, longest)


_PERSON = Policy(timedelta(hours=24), backing_off(free=5, first=30, longest=3600))
# Thousands of people may share one address of a mobile network.
_CROWD = Policy(timedelta(minutes=15), backing_off(free=30, first=30, longest=900))
_TESTER = Policy(timedelta(minutes=1), (*[0] * 100, 30))
_TESTING_CROWD = Policy(timedelta(minutes=1), (*[0] * 300, 30))

POLICIES = {
    "production": {
        PASSWORD_ACCOUNT: _PERSON,
        PASSWORD_DEVICE: _PERSON,
        PASSWORD_ADDRESS: _CROWD,
        OTP_ACCOUNT: _PERSON,
        PASSWORD_OWN: _PERSON,
        RECOVERY_ACCOUNT: _PERSON,
        USER_CODE_ACCOUNT: _PERSON,
        USER_CODE_ADDRESS: _CROWD,
    },
    "demo": {
        PASSWORD_ACCOUNT: _TESTER,
        PASSWORD_DEVICE: _TESTER,
        PASSWORD_ADDRESS: _TESTING_CROWD,
        OTP_ACCOUNT: _TESTER,
        PASSWORD_OWN: _TESTER,
        RECOVERY_ACCOUNT: _TESTER,
        USER_CODE_ACCOUNT: _TESTER,
        USER_CODE_ADDRESS: _TESTING_CROWD,
    },
}
# `free_at` of a counter on which no wait runs: before the instant of any transaction, also of one that began
# earlier and came later to the row.
NO_WAIT = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_WINDOW = max(policy.window for policies in POLICIES.values() for policy in policies.values())


@dataclass(frozen=True, slots=True)
class State:
    """A counter as it stands."""

    failures: int
    window_started_at: datetime
    free_at: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: what is counted, of whom (as a digest), by which policy."""

    use: str
    digest: bytes
    policy: Policy

    @property
    def is_of_a_person(self) -> bool:
        """Whether a success of its owner clears it; an address's is never cleared by one of its people."""
        return self.use != PASSWORD_ADDRESS


def count_mistake(policy: Policy, state: State, at: datetime) -> State:
    """The state after one more mistake. Pure. While a wait runs nothing is checked, so nothing is counted."""
    if state.free_at > at:
        return state
    is_new = at - state.window_started_at >= policy.window
    failures = 1 if is_new else state.failures + 1
    started = at if is_new else state.window_started_at
    wait = policy.wait_after(failures)
    return State(failures, started, at + timedelta(seconds=wait) if wait else NO_WAIT)


def password_counters(
    keys: KeyRing, policy: str, *, username: bytes, device: UUID | None, address: str
) -> tuple[Counter, ...]:
    """The counters that a password try runs on; `username` is the blind index of what was typed."""
    if device is not None:
        return (_counter(keys, policy, PASSWORD_DEVICE, str(device)),)
    return (
        _counter(keys, policy, PASSWORD_ACCOUNT, username.hex()),
        _counter(keys, policy, PASSWORD_ADDRESS, network_of(address)),
    )


def otp_counters(keys: KeyRing, policy: str, account: UUID) -> tuple[Counter, ...]:
    """The counter of second factors: only who knows the password gets to it, so nobody else can use it up."""
    return (_counter(keys, policy, OTP_ACCOUNT, str(account)),)


def recovery_counters(keys: KeyRing, policy: str, account: UUID) -> tuple[Counter, ...]:
    """The counter of printed codes, apart from the authenticator's: mistakes with one never close the other."""
    return (_counter(keys, policy, RECOVERY_ACCOUNT, str(account)),)


def user_code_counters(keys: KeyRing, policy: str, account: UUID, address: str) -> tuple[Counter, ...]:
    """The counters of guesses at a device's code, by who guesses (RFC 8628 section 5.1).

    No right code clears them: who guesses others' codes could earn new tries with one of their own.
    """
    return (
        _counter(keys, policy, USER_CODE_ACCOUNT, str(account)),
        _counter(keys, policy, USER_CODE_ADDRESS, network_of(address)),
    )


def own_password_counters(keys: KeyRing, policy: str, account: UUID) -> tuple[Counter, ...]:
    """The counter of present passwords given again: only who is signed in gets to it."""
    return (_counter(keys, policy, PASSWORD_OWN, str(account)),)


def check_free(session: Session, counters: Sequence[Counter]) -> None:
    """Refuse before any work while a wait runs. Takes no lock.

    Raises: TooManyAttempts 429.
    """
    states = store.list_attempts(session, [counter.digest for counter in counters])
    _refuse_if_waiting(session, (row.free_at for row in states))


def record_mistake(session: Session, counters: Sequence[Counter]) -> None:
    """Count a mistake, each counter under its row's lock, in an order that cannot deadlock.

    Effects: kept by the caller's error.
    Raises: TooManyAttempts 429 when this mistake starts a wait, or met one.
    """
    free_ats = []
    for counter in sorted(counters, key=lambda counter: counter.digest):
        row = store.lock_attempts(session, counter.digest, counter.use, free_at=NO_WAIT)
        before = State(row.failures, row.window_started_at, row.free_at)
        after = count_mistake(counter.policy, before, session.at)
        store.change_attempts(
            session,
            counter.digest,
            failures=after.failures,
            window_started_at=after.window_started_at,
            free_at=after.free_at,
        )
        free_ats.append(after.free_at)
    _refuse_if_waiting(session, free_ats)


def settle_success(session: Session, counters: Sequence[Counter]) -> None:
    """Let a right answer pass, unless a wait has begun while it was being checked; then forget the mistakes.

    Raises: TooManyAttempts 429.
    """
    for counter in sorted(counters, key=lambda counter: counter.digest):
        if counter.is_of_a_person:
            store.delete_free_attempts(session, counter.digest)
    check_free(session, counters)


def delete_old_attempts(session: Session, actor: Actor) -> None:
    """Forget the counters that no longer say anything: made-up user names leave rows behind."""
    del actor
    store.delete_old_attempts(session, session.at - LONGEST_WINDOW)


def _refuse_if_waiting(session: Session, free_ats: Iterable[datetime]) -> None:
    longest = max(free_ats, default=session.at)
    if longest > session.at:
        raise TooManyAttempts(seconds=ceil((longest - session.at).total_seconds()))


def _counter(keys: KeyRing, policy: str, use: str, whom: str) -> Counter:
    # Keyed, because all addresses there are could be tried against a plain hash.
    return Counter(use, keys.index(f"attempts:{use}", whom), POLICIES[policy][use])


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, inside which one customer holds any number of addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((parsed, 64), strict=False))
