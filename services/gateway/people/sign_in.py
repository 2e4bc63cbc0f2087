"""Signing in: the password, and for staff always the code after it.

What an unknown person and a wrong password get is the same in words, status, statements and time.
"""

from dataclasses import dataclass, replace
from typing import NoReturn
from uuid import UUID

from services import audit, clock
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.errors import CitizenError
from services.gateway.errors import SecondFactorRefused, SignInRefused
from services.gateway.models import accounts
from services.gateway.people import acr, passwords, recovery_codes, throttle, totp
from services.gateway.people.devices import Devices, find_device
from services.gateway.people.sessions import PageSession, start_session
from services.gateway.people.usernames import read_username
from services.gateway.store import people as store
from services.vault import blind_index, unseal_text

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from: the address, and the accounts the browser knows."""

    address: str
    devices: Devices


@dataclass(frozen=True, slots=True)
class PasswordVerified:
    """The password is right; `needs_code` says whether that is enough."""

    account: UUID
    kind: str
    needs_code: bool


def verify_password(
    session: Session, actor: Actor, *, username: str, password: str, origin: Origin, policy: str
) -> PasswordVerified:
    """Check a password.

    The slow hash runs before any row is locked.

    Effects: a mistake counts and is audited, about the account where there is one; both outlast the error.
    Raises: SignInRefused 401, TooManyAttempts 429, Unavailable 503.
    """
    typed = read_username(username, on=clock.today())
    digest = blind_index(session, typed.kind, typed.value)
    subject = store.find_subject_by_username(session, digest)
    account = store.find_account(session, subject or _NOBODY)
    device = find_device(session, account.subject_id if account else None, origin.devices)
    counters = throttle.password_counters(
        session.keys, policy, username=digest, device=device, address=origin.address
    )
    throttle.check_free(session, counters)
    keeper = passwords.current_keeper()
    stored = account.password_hash if account else None
    if not keeper.verify(stored, password) or account is None:
        _refuse(session, actor, account.subject_id if account else None, counters, SignInRefused())
    anew = keeper.hash(password) if keeper.needs_rehash(account.password_hash) else None
    throttle.settle_success(session, counters)
    if anew is not None:
        store.change_password_hash(session, account.subject_id, account.password_hash, anew)
    needs_code = account.kind == "staff" or account.totp_sealed is not None
    return PasswordVerified(account.subject_id, account.kind, needs_code)


def verify_second_factor(session: Session, actor: Actor, *, account: UUID, code: str, policy: str) -> None:
    """Check and spend a code of an account whose password was right: the authenticator's, or a printed one.

    Standard: RFC 6238 section 5.2: each code works once.
    Effects: the time step or the printed code is spent; a mistake counts and is audited; both outlast the error.
    Raises: SecondFactorRefused 401, TooManyAttempts 429.
    """
    if recovery_codes.looks_like_one(code):
        _verify_recovery_code(session, actor, account, code, policy)
        return
    counters = throttle.otp_counters(session.keys, policy, account)
    throttle.check_free(session, counters)
    row = store.find_account(session, account)
    step = None
    if row is not None and row.totp_sealed is not None:
        secret = unseal_text(session, accounts.c.totp_sealed, account, account, row.totp_sealed)
        step = totp.find_step(secret, code, at=session.at, last_step=row.totp_last_step)
    if step is None or not store.spend_totp_step(session, account, step):
        _refuse(session, actor, account, counters, SecondFactorRefused())
    throttle.settle_success(session, counters)


def _verify_recovery_code(session: Session, actor: Actor, account: UUID, code: str, policy: str) -> None:
    counters = throttle.recovery_counters(session.keys, policy, account)
    throttle.check_free(session, counters)
    if not recovery_codes.spend(session, actor, account, code):
        _refuse(session, actor, account, counters, SecondFactorRefused())
    throttle.settle_success(session, counters)


def create_session(
    session: Session, actor: Actor, *, account: UUID, proofs: acr.Proofs, replaced: PageSession | None
) -> PageSession:
    """Open the page session of somebody who proved who they are.

    Effects: see `start_session`.
    Raises: SignInRefused when the account ended, or the member of staff left, in the meantime.
    """
    row = store.find_account(session, account)
    member = store.find_staff(session, account)
    if row is None or (row.kind == "staff") != (member is not None):
        raise SignInRefused
    is_staff = member is not None
    signed_in = replace(
        actor,
        kind=ActorKind.STAFF if is_staff else ActorKind.RESIDENT,
        account=account,
        subject=account,
        relation=Relation.STAFF if is_staff else Relation.SELF,
    )
    return start_session(
        session,
        signed_in,
        kind=row.kind,
        roles=tuple(member.roles) if member is not None else (),
        unit=member.unit if member is not None else None,
        proofs=proofs,
        replaced=replaced,
    )


def _refuse(
    session: Session,
    actor: Actor,
    account: UUID | None,
    counters: tuple[throttle.Counter, ...],
    refusal: CitizenError,
) -> NoReturn:
    """Count and audit a mistake, then stop with the refusal, or with the wait that this mistake began."""
    details = {"uses": [counter.use for counter in counters]}
    audit.append(session, actor, "gateway.session.refused", subject_id=account, details=details)
    throttle.record_mistake(session, counters)
    raise refusal
