"""Getting back into an account whose password is forgotten, without building a back door.

The ceremony: ID number and phone, a code to that phone, then a waiting time of which the owner is told on every channel
with a link that stops it at one press, then a second code and a new password, which ends every session and grant.
Second factors and passkeys stay as they are: who gets a new password signs in with acr `pwd`, and is asked for the rest
as before. See docs/decisions/0013-sign-up-and-recovery.md.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import audit, clock, ids
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import NotFound
from services.gateway.people import one_time_codes, passwords, rate_limits, texts
from services.gateway.people.contacts import find_address
from services.gateway.people.devices import Devices, find_device
from services.gateway.people.errors import RecoveryNotReady
from services.gateway.people.id_number import parse_id_number
from services.gateway.people.phone import parse_phone
from services.gateway.people.recovery_states import POLICIES, RecoveryPolicy, RecoveryState, state_of
from services.gateway.people.sessions import end_all_sessions
from services.gateway.people.throttle import network_of
from services.gateway.store import people
from services.gateway.store import recoveries as store
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.ports import KeyRing
from services.vault import blind_index
from services.words import msgid

USE = "recovery"
STOP = "recovery-stop"
CODE_SENTENCE = msgid(
    "【市民服务】找回账户的验证码 %(code)s，10 分钟内有效。不是您本人，不用理会，也不要告诉任何人。"
)
ASKED_SENTENCE = msgid(
    "【市民服务】有人证明了持有这个手机号，在找回您的账户。是您本人就不用管；不是，打开这里一按就停：%(link)s"
)
DONE_SENTENCE = msgid("【市民服务】您的账户设了新密码，各处都已退出。不是您本人，马上打 12345。")
ASKED = NoticeKind(
    name="gateway.recovery_asked",
    service="gateway",
    sentence=msgid("有人在找回您的账户。不是您本人，打开这里一按就停"),
)
DONE = NoticeKind(
    name="gateway.recovery_done",
    service="gateway",
    sentence=msgid("账户设了新密码，各处都已退出。不是您本人，马上打 12345"),
)
declare(ASKED, DONE)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that a code was sent for. `account` is somebody's or nobody's; neither shows."""

    account: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery as its page shows it. `rests_until`: it was stopped, and no other begins before."""

    id: UUID | None
    state: RecoveryState
    ready_at: datetime | None = None
    rests_until: datetime | None = None


def ask_recovery(
    session: Session,
    actor: Actor,
    *,
    id_number: str,
    phone: str,
    sentence: str,
    devices: Devices,
    policy: str,
    address: str,
) -> Asked:
    """Send a code, if the two numbers are one resident's with an account; the answer is the same if not.

    In a browser that this account knows only the device's own allowance counts, so that strangers who ask in the
    owner's name cannot use it up.

    Access: the gateway's role.
    Effects: one text or none, one audit row.
    Raises: IdNumber..., PhoneNumberWrong 422, TooManyAttempts 429.
    """
    number = parse_id_number(id_number, on=clock.today()).value
    mobile = parse_phone(phone)
    by_number = blind_index(session, "id_number", number)
    subject = people.find_subject_by_username(session, by_number)
    other = people.find_subject_by_username(session, blind_index(session, "phone", mobile))
    account = people.find_account(session, subject or _NOBODY)
    device = find_device(session, None if account is None else account.subject_id, devices)
    whom = f"device {device}" if device else f"number {by_number.hex()}"
    spendings = [
        rate_limits.spending(session.keys, policy, rate_limits.RECOVERY, whom),
        rate_limits.spending(
            session.keys, policy, rate_limits.CODE_TO_PHONE, f"{USE} {device or ''} {mobile}"
        ),
    ]
    if device is None:
        spendings.append(
            rate_limits.spending_of_address(session.keys, policy, rate_limits.CODE_FROM_ADDRESS, address)
        )
    rate_limits.spend(session, spendings)
    is_theirs = account is not None and subject == other
    request_id = one_time_codes.send_code(
        session,
        actor,
        use=USE,
        channel=texts.SMS if is_theirs else texts.NOBODY,
        address=mobile,
        sentence=sentence,
        subject=subject,
    )
    return Asked(subject if is_theirs and subject is not None else ids.new_id(), request_id)


def prove_phone(
    session: Session,
    actor: Actor,
    asked: Asked,
    *,
    code: str,
    sentence: str,
    base_url: str,
    devices: Devices,
    policy: str,
    address: str,
) -> Recovery:
    """Spend the code: where no recovery is open, one begins and the owner is told; else it is looked at.

    Access: the gateway's role.
    Effects: the code; maybe a recovery, one audit row, a message in the inbox, a text to phone and mailbox.
    Raises: CodeRefused 401, TooManyAttempts 429.
    """
    device = find_device(session, asked.account, devices)
    one_time_codes.spend_code(
        session,
        actor,
        use=USE,
        request_id=asked.request_id,
        code=code,
        policy=policy,
        whom=f"device {device}" if device else network_of(address),
    )
    found = store.find_open(session, asked.account)
    if found is not None:
        return _recovery(session, found)
    rule = POLICIES[policy]
    stopped_at = store.find_cancelled(session, asked.account, session.at - rule.rest_after_stop)
    if stopped_at is not None:
        return Recovery(None, RecoveryState.STOPPED, rests_until=stopped_at + rule.rest_after_stop)
    return _begin(session, actor, asked.account, rule, sentence, base_url)


def read_recovery(session: Session, account: UUID, recovery: UUID) -> Recovery:
    """How a recovery stands, for who proved to hold the phone. Raises: NotFound."""
    row = store.find_recovery(session, account, recovery)
    if row is None:
        raise NotFound
    return _recovery(session, row)


def set_new_password(
    session: Session,
    actor: Actor,
    *,
    account: UUID,
    recovery: UUID,
    password: str,
    sentence: str,
) -> None:
    """Set the new password once the waiting time is over. The slow hash runs before any row is locked.

    Access: the gateway's role; the caller has proved the phone anew.
    Effects: password; every session and grant ended, no browser known; audit rows; a message and a text.
    Raises: PasswordTooShort 422, RecoveryNotReady 409, Unavailable 503.
    """
    passwords.check_new_password(password)
    hashed = passwords.current_keeper().hash(password)
    owner = Actor(kind=ActorKind.RESIDENT, account=account, subject=account)
    if not store.use_recovery(session, account, recovery) or not store.set_password_hash(
        session, account, hashed
    ):
        raise RecoveryNotReady
    end_all_sessions(session, owner)
    details = {"recovery": str(recovery)}
    audit.append(session, owner, "gateway.recovery.used", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=DONE.name, facts={}, link="/my/account/security")
    _tell(session, actor, account, sentence)


def read_stop_token(keys: KeyRing, token: str) -> tuple[UUID, UUID]:
    """Account and recovery that the link of a warning stops. Raises: NotFound."""
    content = keys.open_reference(STOP, token)
    if content is None or len(content) != 32:
        raise NotFound
    return UUID(bytes=content[:16]), UUID(bytes=content[16:])


def stop_recovery(session: Session, account: UUID, recovery: UUID) -> bool:
    """Stop a recovery that is open; whether it was. It cannot be taken back.

    Access: whoever holds the link of the warning: all it can do is keep the account as it is.
    Effects: the recovery stopped, one audit row.
    """
    actor = Actor(kind=ActorKind.RESIDENT, account=account, subject=account)
    if not store.cancel_recovery(session, account, recovery):
        return False
    details = {"recovery": str(recovery)}
    audit.append(session, actor, "gateway.recovery.cancelled", subject_id=account, details=details)
    return True


def _begin(
    session: Session, actor: Actor, account: UUID, rule: RecoveryPolicy, sentence: str, base_url: str
) -> Recovery:
    recovery = ids.new_id()
    ready_at = session.at + rule.cooling
    store.add_recovery(
        session,
        {
            "subject_id": account,
            "id": recovery,
            "asked_at": session.at,
            "ready_at": ready_at,
            "expires_at": ready_at + rule.usable,
            "cancelled_at": None,
            "used_at": None,
        },
    )
    details = {"recovery": str(recovery)}
    audit.append(session, actor, "gateway.recovery.asked", subject_id=account, details=details)
    link = f"/recover/stop/{session.keys.seal_reference(STOP, account.bytes + recovery.bytes)}"
    notify(session, actor, subject_id=account, kind=ASKED.name, facts={}, link=link)
    _tell(session, actor, account, sentence % {"link": base_url + link})
    return Recovery(recovery, RecoveryState.WAITING, ready_at)


def _tell(session: Session, actor: Actor, account: UUID, text: str) -> None:
    for channel in (texts.SMS, texts.EMAIL):
        address = find_address(session, account, channel)
        if address is not None:
            texts.queue_text(session, actor, use="warning", channel=channel, address=address, text=text)


def _recovery(session: Session, row: Row[Any]) -> Recovery:
    return Recovery(row.id, state_of(row, session.at), row.ready_at)
