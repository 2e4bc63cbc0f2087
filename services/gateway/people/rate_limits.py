"""How often something may be asked for: typed limits, GCRA in PostgreSQL, shared by all processes.

Mistakes are counted in `throttle`, where a success forgets them; here is what costs something or somebody even when
it is no mistake: a text message to a phone, a new account, a registered client. A limit lets `most` through at once
and one more every `every`, which needs one instant in one row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import TooManyAttempts
from services.gateway.people.throttle import network_of
from services.gateway.store import rate_limits as store
from services.ports import KeyRing

CODE_TO_PHONE = "code_to_phone"
CODE_TO_MAILBOX = "code_to_mailbox"
CODE_FROM_ADDRESS = "code_from_address"
CODE_FROM_ACCOUNT = "code_from_account"
CODE_GUESS = "code_guess"
SIGN_UP = "sign_up"
RECOVERY = "recovery"
CLIENT_REGISTRATION = "client_registration"
TOKEN_ERROR_CLIENT = "token_error_client"  # noqa: S105  # a name, not a secret
TOKEN_ERROR_ADDRESS = "token_error_address"  # noqa: S105  # a name, not a secret
CARER_OFFER = "carer_offer"
PATIENT_MATCH = "patient_match"

# A limit that changes its numbers under the same version would read the old rows with the new measure.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` at once, then one more every `every`."""

    most: int
    every: timedelta

    @property
    def allowance(self) -> timedelta:
        """How far ahead of the clock the arrival time may run."""
        return self.most * self.every


def _per(count: int, period: timedelta) -> Limit:
    return Limit(count, period / count)


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LIMITS = {
    "production": {
        CODE_TO_PHONE: Limit(3, timedelta(minutes=20)),
        CODE_TO_MAILBOX: Limit(3, timedelta(minutes=20)),
        # Thousands of people may share one address of a mobile network.
        CODE_FROM_ADDRESS: _per(60, _HOUR),
        CODE_FROM_ACCOUNT: _per(6, _HOUR),
        CODE_GUESS: _per(120, _HOUR),
        SIGN_UP: _per(30, _HOUR),
        RECOVERY: _per(5, _DAY),
        CLIENT_REGISTRATION: _per(10, _HOUR),
        TOKEN_ERROR_CLIENT: _per(30, _MINUTE),
        TOKEN_ERROR_ADDRESS: _per(120, _MINUTE),
        CARER_OFFER: _per(10, _DAY),
        PATIENT_MATCH: _per(120, _HOUR),
    },
    "demo": {
        CODE_TO_PHONE: _per(100, _MINUTE),
        CODE_TO_MAILBOX: _per(100, _MINUTE),
        CODE_FROM_ADDRESS: _per(300, _MINUTE),
        CODE_FROM_ACCOUNT: _per(100, _MINUTE),
        CODE_GUESS: _per(300, _MINUTE),
        SIGN_UP: _per(100, _MINUTE),
        RECOVERY: _per(100, _MINUTE),
        CLIENT_REGISTRATION: _per(100, _MINUTE),
        # Test suites race hundreds of spent codes from one machine.
        TOKEN_ERROR_CLIENT: _per(6000, _MINUTE),
        TOKEN_ERROR_ADDRESS: _per(12000, _MINUTE),
        CARER_OFFER: _per(100, _MINUTE),
        PATIENT_MATCH: _per(600, _MINUTE),
    },
}


@dataclass(frozen=True, slots=True)
class Spending:
    """One taken from one allowance: of what, of whom (as a digest), by which limit."""

    use: str
    digest: bytes
    limit: Limit


def spending(keys: KeyRing, policy: str, use: str, whom: str) -> Spending:
    """What one act takes from the allowance of `whom`: a phone number, an account's id, a client's name."""
    # Keyed, because all phone numbers there are could be tried against a plain hash.
    return Spending(use, keys.index(f"limit:{VERSION}:{policy}:{use}", whom), LIMITS[policy][use])


def spending_of_address(keys: KeyRing, policy: str, use: str, address: str) -> Spending:
    """What one act takes from the allowance of an address, or of the network one customer holds."""
    return spending(keys, policy, use, network_of(address))


def spend(session: Session, spendings: Iterable[Spending]) -> None:
    """Take one from each allowance.

    Access: the gateway's or the worker's role.
    Effects: kept when the request succeeds, and when it is refused for this very reason.
    Raises: TooManyAttempts 429 with the longest wait, when one of them is used up.
    """
    # In one order, so that two requests with the same allowances cannot wait for each other in a ring.
    free_ats = [
        store.spend(session, one.digest, one.use, interval=one.limit.every, allowance=one.limit.allowance)
        for one in sorted(spendings, key=lambda one: one.digest)
    ]
    longest = max((at for at in free_ats if at is not None), default=None)
    if longest is not None:
        raise TooManyAttempts(seconds=max(1, ceil((longest - session.at).total_seconds())))


def spend_client_registration(session: Session, policy: str, address: str) -> None:
    """Take one from what an address may register.

    Raises: TooManyAttempts 429.
    """
    spend(session, [spending_of_address(session.keys, policy, CLIENT_REGISTRATION, address)])


def delete_whole_limits(session: Session, actor: Actor) -> None:
    """Forget the limits that are whole again."""
    del actor
    store.delete_whole(session)
