"""How a resident is reached: changing phone or mailbox with a code to the new one and word to the old."""

from dataclasses import dataclass
from uuid import UUID

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import AlreadyEnrolled
from services.gateway.models import residents
from services.gateway.people import one_time_codes, rate_limits, texts
from services.gateway.people.contacts import find_address
from services.gateway.people.email import parse_email
from services.gateway.people.own_password import verify_own_password
from services.gateway.people.phone import mask_phone, parse_phone
from services.gateway.people.signed_in import resident_of
from services.gateway.store import people as store
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.vault import blind_index, cipher_for
from services.words import msgid

CODE_SENTENCE = msgid(
    "【市民服务】改联系方式的验证码 %(code)s，10 分钟内有效。不是您本人，不用理会，也不要告诉任何人。"
)
TAKEN_SENTENCE = msgid("【市民服务】有人想把这个手机号登记到别的账户，但它已在用，没有登记。")
MOVED_SENTENCE = msgid("【市民服务】您账户的联系方式改了，以后不再发到这里。不是您本人，马上打 12345。")
CHANGED = NoticeKind(
    name="gateway.contact_changed",
    service="gateway",
    sentence=msgid("账户的联系方式改了。不是您本人，马上打 12345"),
)
declare(CHANGED)
COLUMNS = {texts.SMS: residents.c.phone_sealed, texts.EMAIL: residents.c.email_sealed}
LIMITS = {texts.SMS: rate_limits.CODE_TO_PHONE, texts.EMAIL: rate_limits.CODE_TO_MAILBOX}


@dataclass(frozen=True, slots=True)
class Contacts:
    """How the reader is reached, masked."""

    phone: str | None
    email: str | None


def read_contacts(session: Session, actor: Actor) -> Contacts:
    """The actor's own, masked. Access: one's own. Effects: one audit row. Raises: Denied 403 to staff."""
    account = resident_of(actor)
    phone = find_address(session, account, texts.SMS)
    email = find_address(session, account, texts.EMAIL)
    details = {"fields": ["phone", "email"]}
    audit.append(session, actor, "gateway.account.read", subject_id=account, details=details)
    return Contacts(phone and mask_phone(phone), email and mask_email(email))


def mask_email(address: str) -> str:
    """The first character and the domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def parse_address(channel: str, text: str) -> str:
    """The address of a channel. Raises: PhoneNumberWrong, EmailWrong, each 422."""
    return parse_phone(text) if channel == texts.SMS else parse_email(text)


def ask_new_contact(
    session: Session,
    actor: Actor,
    *,
    channel: str,
    address: str,
    password: str,
    sentence: str,
    taken: str,
    policy: str,
) -> UUID:
    """Send a code to the new address, or to a phone that is another's word of that; the answer is the same.

    Access: the gateway's role.
    Effects: one text, one audit row.
    Raises: Denied 403 to staff, CurrentPasswordWrong 401, TooManyAttempts 429.
    """
    account = resident_of(actor)
    verify_own_password(session, actor, password, policy=policy)
    keys = session.keys
    rate_limits.spend(
        session,
        [
            rate_limits.spending(keys, policy, LIMITS[channel], f"{_use(channel)} {address}"),
            rate_limits.spending(keys, policy, rate_limits.CODE_FROM_ACCOUNT, str(account)),
        ],
    )
    owner = store.find_subject_by_username(session, blind_index(session, "phone", address))
    if owner not in {None, account}:
        return one_time_codes.send_instead(
            session, actor, use=_use(channel), channel=channel, address=address, text=taken, subject=owner
        )
    return one_time_codes.send_code(
        session,
        actor,
        use=_use(channel),
        channel=channel,
        address=address,
        sentence=sentence,
        subject=account,
    )


def change_contact(
    session: Session,
    actor: Actor,
    *,
    channel: str,
    address: str,
    request_id: UUID,
    code: str,
    sentence: str,
    policy: str,
) -> None:
    """Put the new address in the place of the old one, which hears about it.

    Access: the gateway's role.
    Effects: the code spent, particulars, a phone also as user name, one audit row, a message, a text to the old.
    Raises: CodeRefused 401, TooManyAttempts 429, AlreadyEnrolled 409.
    """
    account = resident_of(actor)
    one_time_codes.spend_code(
        session,
        actor,
        use=_use(channel),
        request_id=request_id,
        code=code,
        policy=policy,
        whom=f"account {account}",
    )
    old = find_address(session, account, channel)
    if old == address:
        return
    if channel == texts.SMS:
        _move_username(session, account, old, address)
    column = COLUMNS[channel]
    sealed = cipher_for(session, account).seal(column, account, address)
    store.change_resident(session, account, {column.name: sealed})
    details = {"channel": channel}
    audit.append(session, actor, "gateway.contact.changed", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=CHANGED.name, facts={}, link="/my/account/contact")
    if old is not None:
        texts.queue_text(session, actor, use="warning", channel=channel, address=old, text=sentence)


def _move_username(session: Session, account: UUID, old: str | None, new: str) -> None:
    if not store.add_username(session, blind_index(session, "phone", new), "phone", account):
        raise AlreadyEnrolled
    if old is not None:
        store.delete_username(session, blind_index(session, "phone", old), account)


def _use(channel: str) -> str:
    return f"contact_{channel}"
