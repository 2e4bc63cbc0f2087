"""The use cases of legal persons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from legal_id import store
from legal_id.access import is_registrar, may_register
from legal_id.errors import EventNotAllowed, LegalPersonRegistered, LegalPersonUnknown
from legal_id.models import legal_persons
from legal_id.rules import TRANSITIONS, Event, Role, Status
from legal_id.uscc import parse_uscc
from services import audit, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied
from services.state_table import find_arrow, legal_events


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalPersonView:
    """The public part of a legal person, and what the reader may do with it."""

    id: UUID
    uscc: str
    name: str
    name_en: str
    address: str
    status: str
    version: int
    registered_at: datetime
    role: str | None
    events: tuple[str, ...]


def create_legal_person(
    session: Session, actor: Actor, *, uscc: str, name: str, name_en: str, address: str, contact: str
) -> LegalPersonView:
    """Register a legal person by its code; the resident becomes its legal representative once confirmed.

    Shapes: uscc 18 characters; names and address 1..200; contact (a phone number) is sealed.
    Standard: GB 32100-2015 for the code.
    Access: scope legal_id:register, a resident acting for themselves.
    Effects: register entry (pending), private part, binding, audit legal_id.legal_person.registered.
    Raises: UsccInvalid 422, LegalPersonRegistered 409.
    """
    if not may_register(actor) or actor.account is None:
        raise Denied
    code = parse_uscc(uscc)
    legal_person_id = ids.new_id()
    entry = {
        "uscc": code,
        "legal_person_id": legal_person_id,
        "name": name,
        "name_en": name_en,
        "address": address,
        "status": Status.PENDING.value,
        "version": 1,
        "registered_at": session.at,
        "changed_at": session.at,
    }
    if not store.add_entry(session, entry):
        raise LegalPersonRegistered
    session.raw("SELECT gateway.reach(%s)", (legal_person_id,))
    vault.create_data_key(session, legal_person_id, "legal_person")
    sealed = vault.seal(session, legal_persons.c.contact_sealed, legal_person_id, legal_person_id, contact)
    store.add_legal_person(
        session,
        {"subject_id": legal_person_id, "uscc": code, "contact_sealed": sealed, "created_at": session.at},
    )
    store.add_representative(
        session,
        {
            "subject_id": actor.account,
            "id": ids.new_id(),
            "legal_person_id": legal_person_id,
            "uscc": code,
            "role": Role.LEGAL_REPRESENTATIVE.value,
            "since": session.at,
        },
    )
    details = {"uscc": code}
    audit.append(
        session, actor, "legal_id.legal_person.registered", subject_id=legal_person_id, details=details
    )
    return read_legal_person(session, actor, uscc=code)


def read_legal_person(session: Session, actor: Actor, *, uscc: str) -> LegalPersonView:
    """Look a legal person up by its code; the public part is for everybody.

    Access: anybody. Raises: UsccInvalid 422, LegalPersonUnknown 404.
    """
    entry = store.find_entry(session, parse_uscc(uscc))
    if entry is None or (entry.status == Status.PENDING.value and not _concerns(session, actor, entry)):
        raise LegalPersonUnknown
    return _view(session, actor, entry)


def list_legal_persons(
    session: Session, actor: Actor, *, limit: int, after: UUID | None = None
) -> list[tuple[UUID, LegalPersonView]]:
    """The legal persons that the resident represents, with the ids of the bindings.

    Access: scope legal_id:read. Effects: audit legal_id.bindings.read.
    """
    if actor.account is None:
        return []
    bindings = store.list_represented(session, actor.account, limit=limit, after=after)
    entries = {row.uscc: row for row in store.list_entries(session, [row.uscc for row in bindings])}
    if bindings:
        details: audit.Details = {"fields": ["role"], "count": len(bindings)}
        audit.append(session, actor, "legal_id.bindings.read", subject_id=actor.account, details=details)
    return [(binding.id, _view(session, actor, entries[binding.uscc], binding.role)) for binding in bindings]


def list_pending(session: Session, actor: Actor, *, limit: int) -> list[LegalPersonView]:
    """What waits for the register. Access: scope legal_id:work, an officer of the register."""
    if not is_registrar(actor):
        raise Denied
    return [_view(session, actor, row) for row in store.list_pending(session, limit=limit, after=None)]


def change_legal_person(session: Session, actor: Actor, *, uscc: str, event: Event) -> LegalPersonView:
    """Take one arrow of the register's state table.

    Access: scope legal_id:work for officers of the register, legal_id:register for the representative.
    Effects: status, audit legal_id.legal_person.changed.
    Raises: LegalPersonUnknown 404, EventNotAllowed 409.
    """
    entry = store.find_entry(session, parse_uscc(uscc))
    if entry is None or not _concerns(session, actor, entry):
        raise LegalPersonUnknown
    arrow = find_arrow(TRANSITIONS, Status(entry.status), event, _holders(session, actor, entry))
    if arrow is None or not store.change_status(session, entry, arrow.to):
        raise EventNotAllowed
    details = {"uscc": entry.uscc, "event": event.value, "to": arrow.to.value}
    audit.append(
        session, actor, "legal_id.legal_person.changed", subject_id=entry.legal_person_id, details=details
    )
    return read_legal_person(session, actor, uscc=entry.uscc)


def _concerns(session: Session, actor: Actor, entry: Any) -> bool:
    return is_registrar(actor) or bool(_holders(session, actor, entry))


def _holders(session: Session, actor: Actor, entry: Any) -> frozenset[str]:
    """As what the actor stands before the register's state table."""
    if is_registrar(actor):
        return frozenset({"officer"})
    if actor.account is not None and store.find_binding(session, actor.account, entry.uscc) is not None:
        return frozenset({"representative"})
    return frozenset()


def _view(session: Session, actor: Actor, row: Any, role: str | None = None) -> LegalPersonView:
    return LegalPersonView(
        id=row.legal_person_id,
        uscc=row.uscc,
        name=row.name,
        name_en=row.name_en,
        address=row.address,
        status=row.status,
        version=row.version,
        registered_at=row.registered_at,
        role=role,
        events=tuple(
            event.value
            for event in legal_events(TRANSITIONS, Status(row.status), _holders(session, actor, row))
        ),
    )
