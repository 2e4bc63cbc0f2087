"""Opening an account: particulars, a code to the phone, a password. Nothing is kept of who does not finish.

What somebody hears who types another person's numbers is what everybody hears; the other person is told. See
docs/decisions/0013-sign-up-and-recovery.md.
"""

from dataclasses import dataclass
from datetime import date
from typing import NoReturn
from uuid import UUID

from services import audit, clock
from services.actor import Actor
from services.database.session import Session
from services.gateway.models import residents
from services.gateway.people import one_time_codes, passwords, rate_limits, texts
from services.gateway.people.enrolment import create_resident, open_account
from services.gateway.people.errors import SignUpNotPossible, TooYoungToSignUp
from services.gateway.people.id_number import parse_id_number
from services.gateway.people.person_name import is_same_name, parse_name
from services.gateway.people.phone import parse_phone
from services.gateway.people.relations import guarded_until
from services.gateway.store import people as store
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.vault import blind_index, unseal_text
from services.words import msgid

USE = "sign_up"
CODE_SENTENCE = msgid(
    "【市民服务】开户验证码 %(code)s，10 分钟内有效。不是您本人在开户，不用理会，也不要告诉任何人。"
)
TAKEN_SENTENCE = msgid(
    "【市民服务】有人用这个手机号开户，但它已有账户，没有再开。是您本人：直接登录，忘了密码就“找回账户”。"
)
WELCOME = NoticeKind(
    name="gateway.welcome",
    service="gateway",
    sentence=msgid("账户开好了。在这里看怎样登录更安全，在哪里登录着"),
)
TRIED = NoticeKind(
    name="gateway.sign_up_tried",
    service="gateway",
    sentence=msgid("有人用您的身份证号开户，没有开成。您的账户没有变；不是您本人，请打 12345"),
)
declare(WELCOME, TRIED)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who wants an account, as typed and found sound."""

    id_number: str
    name: str
    phone: str


def read_applicant(*, id_number: str, name: str, phone: str) -> Applicant:
    """The particulars, if they are sound and of somebody who may have an account.

    Standard: GB 11643-1999.
    Raises: IdNumber..., NameWrong, PhoneNumberWrong, TooYoungToSignUp, each 422 naming its field.
    """
    number = parse_id_number(id_number, on=clock.today())
    if guarded_until(number.born_on) > clock.now():
        raise TooYoungToSignUp(field="id_number")
    return Applicant(number.value, parse_name(name), parse_phone(phone))


def ask_sign_up(
    session: Session,
    actor: Actor,
    applicant: Applicant,
    *,
    sentence: str,
    taken: str,
    policy: str,
    address: str,
) -> UUID:
    """Send a code to the phone, or to a phone that signs in already word of that. The answer is the same.

    Access: the gateway's role.
    Effects: one text, one audit row.
    Raises: TooManyAttempts 429.
    """
    keys = session.keys
    rate_limits.spend(
        session,
        [
            rate_limits.spending(keys, policy, rate_limits.CODE_TO_PHONE, f"{USE} {applicant.phone}"),
            rate_limits.spending_of_address(keys, policy, rate_limits.CODE_FROM_ADDRESS, address),
            rate_limits.spending_of_address(keys, policy, rate_limits.SIGN_UP, address),
        ],
    )
    owner = store.find_subject_by_username(session, blind_index(session, "phone", applicant.phone))
    if owner is not None:
        return one_time_codes.send_instead(
            session,
            actor,
            use=USE,
            channel=texts.SMS,
            address=applicant.phone,
            text=taken,
            subject=owner,
        )
    return one_time_codes.send_code(
        session, actor, use=USE, channel=texts.SMS, address=applicant.phone, sentence=sentence
    )


def open_own_account(session: Session, actor: Actor, applicant: Applicant, *, password: str) -> UUID:
    """Open the account of somebody who proved to hold the phone.

    A resident who is in the books without an account, because they came in as a child or at a window, gets one if
    the name is theirs and no other phone is known.

    Access: the gateway's role.
    Effects: a resident, or an account for one; audit rows; a message in the inbox.
    Raises: PasswordTooShort 422; SignUpNotPossible 409, after which the owner of the ID number has been told;
        AlreadyEnrolled 409 to whoever is second in a race.
    """
    passwords.check_new_password(password)
    subject = store.find_subject_by_username(session, blind_index(session, "id_number", applicant.id_number))
    if subject is None:
        subject = create_resident(
            session,
            actor,
            name=applicant.name,
            id_number=applicant.id_number,
            phone=applicant.phone,
            password=password,
        )
    elif _may_take_up(session, subject, applicant):
        open_account(session, actor, subject, phone=applicant.phone, password=password)
    else:
        _refuse(session, actor, subject)
    notify(
        session,
        actor,
        subject_id=subject,
        kind=WELCOME.name,
        facts={},
        link="/my/account/security",
    )
    return subject


def _may_take_up(session: Session, subject: UUID, applicant: Applicant) -> bool:
    row = store.find_resident(session, subject)
    if row is None or store.has_account(session, subject) or row["phone_sealed"] is not None:
        return False
    name = unseal_text(session, residents.c.name_sealed, subject, subject, row["name_sealed"])
    born_on = date.fromisoformat(
        unseal_text(session, residents.c.born_on_sealed, subject, subject, row["born_on_sealed"])
    )
    return is_same_name(name, applicant.name) and guarded_until(born_on) <= session.at


def _refuse(session: Session, actor: Actor, owner: UUID) -> NoReturn:
    details = {"reason": "enrolled"}
    audit.append(session, actor, "gateway.sign_up.refused", subject_id=owner, details=details)
    notify(session, actor, subject_id=owner, kind=TRIED.name, facts={}, link="/my/account/security")
    raise SignUpNotPossible
