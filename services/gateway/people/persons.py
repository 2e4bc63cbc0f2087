"""What an account page unseals: the person's own particulars, masked, and the names of whom they act for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services import audit
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import residents, staff
from services.gateway.people.id_number import mask_id_number
from services.gateway.people.phone import mask_phone
from services.gateway.people.relations import list_relations
from services.gateway.people.signed_in import account_of
from services.gateway.people.usernames import mask_name
from services.gateway.store import people as store
from services.vault import Cipher, Shredded, cipher_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Who is signed in, as their own account page shows it: name in full, numbers masked."""

    name: str
    id_number: str | None = None
    phone: str | None = None
    unit: str | None = None
    roles: tuple[str, ...] = ()
    has_code: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose file the account may open; `name` is masked."""

    subject: UUID
    name: str
    relation: Relation


def read_particulars(session: Session, actor: Actor) -> Particulars:
    """The signed-in person's own particulars.

    Access: one's own alone.
    Effects: one audit row.
    Raises: NotFound when the account has ended.
    """
    account = account_of(actor)
    row = store.find_account(session, account)
    if row is None:
        raise NotFound
    cipher = cipher_for(session, account)
    has_code = row.totp_sealed is not None
    if actor.kind is ActorKind.STAFF:
        shown, fields = _read_staff(session, cipher, account, has_code=has_code)
    else:
        shown, fields = _read_resident(session, cipher, account, has_code=has_code)
    audit.append(session, actor, "gateway.account.read", subject_id=account, details={"fields": fields})
    return shown


def list_people(session: Session, actor: Actor) -> list[Person]:
    """Whose files the account may open besides its own, for the links that change person.

    Access: relations that stand now.
    Effects: widens the reach to these people; one audit row when a name was unsealed.
    """
    account = account_of(actor)
    if actor.kind is not ActorKind.RESIDENT:
        return []
    people = []
    for row in list_relations(session, account, session.at):
        session.raw("SELECT gateway.reach(%s)", (row.for_subject_id,))
        name = _find_masked_name(session, row.for_subject_id)
        if name is not None:
            people.append(Person(row.for_subject_id, name, Relation(row.relation)))
    if people:
        _append_names_read(session, actor, [person.subject for person in people])
    return people


def _append_names_read(session: Session, actor: Actor, subjects: Sequence[UUID]) -> None:
    audit.append(session, actor, "gateway.account.read", subject_ids=subjects, details={"fields": ["name"]})


def _find_masked_name(session: Session, subject: UUID) -> str | None:
    row = store.get_resident(session, subject)
    try:
        cipher = cipher_for(session, subject)
    except Shredded:
        return None
    return mask_name(cipher.unseal_text(residents.c.name_sealed, subject, row.name_sealed))


def _read_resident(
    session: Session, cipher: Cipher, account: UUID, *, has_code: bool
) -> tuple[Particulars, list[str]]:
    row = store.get_resident(session, account)
    columns = residents.c
    number = cipher.unseal_text(columns.id_number_sealed, account, row.id_number_sealed)
    phone = row.phone_sealed and cipher.unseal_text(columns.phone_sealed, account, row.phone_sealed)
    shown = Particulars(
        name=cipher.unseal_text(columns.name_sealed, account, row.name_sealed),
        id_number=mask_id_number(number),
        phone=mask_phone(phone) if phone else None,
        has_code=has_code,
    )
    return shown, ["name", "id_number", "phone"]


def _read_staff(
    session: Session, cipher: Cipher, account: UUID, *, has_code: bool
) -> tuple[Particulars, list[str]]:
    row = store.find_staff(session, account)
    if row is None:
        raise NotFound
    shown = Particulars(
        name=cipher.unseal_text(staff.c.name_sealed, account, row.name_sealed),
        unit=row.unit,
        roles=tuple(row.roles),
        has_code=has_code,
    )
    return shown, ["name"]
