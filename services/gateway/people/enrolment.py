"""How people come into the city's books: residents with or without an account, and staff."""

from collections.abc import Sequence
from uuid import UUID

from services import audit, clock, ids
from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import AlreadyEnrolled, StaffRoleUnknown
from services.gateway.models import accounts, residents, staff
from services.gateway.people import passwords
from services.gateway.people.email import parse_email
from services.gateway.people.id_number import parse_id_number
from services.gateway.people.phone import parse_phone
from services.gateway.people.roles import ROLES
from services.gateway.people.usernames import Username, parse_staff_username
from services.gateway.store import people as store
from services.vault import blind_index, cipher_for, create_data_key


def create_resident(
    session: Session,
    actor: Actor,
    *,
    name: str,
    id_number: str,
    phone: str | None = None,
    email: str | None = None,
    password: str | None = None,
    subject_id: UUID | None = None,
) -> UUID:
    """Enrol a resident; with a password they get an account and sign in by ID number or phone.

    A child has none: its guardians act for it. The ID number is claimed all the same, so that nobody is
    enrolled twice.

    Standard: GB 11643-1999.
    Access: runs in the gateway's role.
    Effects: subject, data key, sealed particulars, blind-indexed user names, account, one audit row.
    Raises: AlreadyEnrolled 409; IdNumber..., PhoneNumberWrong, EmailWrong, PasswordTooShort, each 422.
    """
    number = parse_id_number(id_number, on=clock.today())
    mobile = parse_phone(phone) if phone else None
    mailbox = parse_email(email) if email else None
    password_hash = _hash(password)
    subject = _add_subject(session, "resident", subject_id)
    _claim(session, Username("id_number", number.value), subject)
    if mobile is not None:
        _claim(session, Username("phone", mobile), subject)
    cipher = cipher_for(session, subject)
    store.add_resident(
        session,
        {
            "subject_id": subject,
            "name_sealed": cipher.seal(residents.c.name_sealed, subject, name),
            "id_number_sealed": cipher.seal(residents.c.id_number_sealed, subject, number.value),
            "phone_sealed": mobile and cipher.seal(residents.c.phone_sealed, subject, mobile),
            "email_sealed": mailbox and cipher.seal(residents.c.email_sealed, subject, mailbox),
            "born_on_sealed": cipher.seal(residents.c.born_on_sealed, subject, number.born_on.isoformat()),
            "created_at": session.at,
        },
    )
    if password_hash is not None:
        _add_account(session, subject, "resident", password_hash, None)
    details: dict[str, str | int | bool | list[str]] = {
        "kind": "resident",
        "account": password_hash is not None,
    }
    audit.append(session, actor, "gateway.subject.created", subject_id=subject, details=details)
    return subject


def open_account(session: Session, actor: Actor, subject: UUID, *, phone: str, password: str) -> None:
    """Give a resident who is in the books an account, who then signs in by ID number or this phone.

    Access: runs in the gateway's role.
    Effects: account, phone as user name, one audit row.
    Raises: AlreadyEnrolled 409, PhoneNumberWrong, PasswordTooShort, each 422.
    """
    mobile = parse_phone(phone)
    password_hash = _hash(password) or ""
    _claim(session, Username("phone", mobile), subject)
    sealed = cipher_for(session, subject).seal(residents.c.phone_sealed, subject, mobile)
    store.change_resident(session, subject, {"phone_sealed": sealed})
    _add_account(session, subject, "resident", password_hash, None)
    details = {"channel": "phone"}
    audit.append(session, actor, "gateway.account.opened", subject_id=subject, details=details)


def create_staff(
    session: Session,
    actor: Actor,
    *,
    name: str,
    username: str,
    password: str,
    totp_secret: str,
    roles: Sequence[str],
    unit: str,
    subject_id: UUID | None = None,
) -> UUID:
    """Enrol a member of staff, who signs in by user name, password and code.

    Access: runs in the gateway's role.
    Effects: subject, data key, sealed name and secret, user name, account, one audit row.
    Raises: AlreadyEnrolled 409; StaffUsernameWrong, StaffRoleUnknown, PasswordTooShort, each 422.
    """
    chosen = parse_staff_username(username)
    if not roles or set(roles) - set(ROLES):
        raise StaffRoleUnknown(field="roles")
    password_hash = _hash(password) or ""
    subject = _add_subject(session, "staff", subject_id)
    _claim(session, chosen, subject)
    cipher = cipher_for(session, subject)
    store.add_staff(
        session,
        {
            "subject_id": subject,
            "name_sealed": cipher.seal(staff.c.name_sealed, subject, name),
            "unit": unit,
            "roles": list(roles),
            "created_at": session.at,
            "ended_at": None,
        },
    )
    sealed = cipher.seal(accounts.c.totp_sealed, subject, totp_secret)
    _add_account(session, subject, "staff", password_hash, sealed)
    details: dict[str, str | int | bool | list[str]] = {
        "kind": "staff",
        "account": True,
        "roles": list(roles),
    }
    audit.append(session, actor, "gateway.subject.created", subject_id=subject, details=details)
    return subject


def _hash(password: str | None) -> str | None:
    """Before any row is locked: the hash is slow."""
    if password is None:
        return None
    passwords.check_new_password(password)
    return passwords.current_keeper().hash(password)


def _add_subject(session: Session, kind: str, subject_id: UUID | None) -> UUID:
    subject = subject_id or ids.new_id()
    store.add_subject(session, subject, kind)
    create_data_key(session, subject, kind)
    return subject


def _claim(session: Session, username: Username, subject: UUID) -> None:
    digest = blind_index(session, username.kind, username.value)
    if not store.add_username(session, digest, username.kind, subject):
        raise AlreadyEnrolled


def _add_account(
    session: Session, subject: UUID, kind: str, password_hash: str, totp_sealed: bytes | None
) -> None:
    store.add_account(
        session,
        {
            "subject_id": subject,
            "kind": kind,
            "password_hash": password_hash,
            "totp_sealed": totp_sealed,
            "totp_last_step": None,
            "language": None,
            "created_at": session.at,
            "ended_at": None,
        },
    )
