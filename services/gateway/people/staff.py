"""Staff as the administrator keeps them: who works where in which role, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Row

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, Invalid, NotFound
from services.gateway.errors import StaffRoleUnknown
from services.gateway.models import staff
from services.gateway.people.roles import ROLES
from services.gateway.people.sessions import end_all_sessions
from services.gateway.store import staff as store
from services.vault import unseal_text

LONGEST_UNIT = 60


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff."""

    subject: UUID
    name: str
    unit: str
    roles: tuple[str, ...]


def list_staff(session: Session, actor: Actor) -> list[StaffMember]:
    """Everybody who works here now, by unit and name.

    Effects: one audit row `gateway.staff.read`, since names are unsealed.
    """
    found = [_member(session, row) for row in store.list_staff(session)]
    audit.append(session, actor, "gateway.staff.read", details={"count": len(found)})
    return sorted(found, key=lambda one: (one.unit, one.name))


def read_staff(session: Session, actor: Actor, subject: UUID) -> StaffMember:
    """One member.

    Effects: one audit row `gateway.staff.read`.
    Raises: NotFound 404.
    """
    row = store.find_staff(session, subject)
    if row is None:
        raise NotFound
    audit.append(session, actor, "gateway.staff.read", subject_id=subject, details={"count": 1})
    return _member(session, row)


def change_staff(session: Session, actor: Actor, subject: UUID, *, roles: Sequence[str], unit: str) -> None:
    """Give a member other roles or another unit; every session ends, because sessions carry both.

    Effects: one audit row `gateway.staff.changed`.
    Raises: NotFound 404, Denied 403 for oneself, StaffRoleUnknown and Invalid 422.
    """
    _check_another(actor, subject)
    if not roles or set(roles) - set(ROLES):
        raise StaffRoleUnknown(field="roles")
    if not unit or len(unit) > LONGEST_UNIT or not unit.isprintable():
        raise Invalid(field="unit", expected=f"1 - {LONGEST_UNIT}")
    if not store.change_staff(session, subject, {"roles": list(dict.fromkeys(roles)), "unit": unit}):
        raise NotFound
    end_all_sessions(session, replace(actor, account=subject))
    details: dict[str, str | int | bool | list[str]] = {"roles": list(roles)}
    audit.append(session, actor, "gateway.staff.changed", subject_id=subject, details=details)


def end_staff(session: Session, actor: Actor, subject: UUID) -> None:
    """End a member's account: no sign-in, no session, no token from the next request on.

    Effects: one audit row `gateway.staff.ended`.
    Raises: NotFound 404, Denied 403 for oneself.
    """
    _check_another(actor, subject)
    if not store.end_staff(session, subject):
        raise NotFound
    end_all_sessions(session, replace(actor, account=subject))
    audit.append(session, actor, "gateway.staff.ended", subject_id=subject)


def _check_another(actor: Actor, subject: UUID) -> None:
    """Nobody shuts the door on themselves: the last administrator would be locked out."""
    if actor.account == subject:
        raise Denied


def _member(session: Session, row: Row[tuple[UUID, bytes, str, list[str]]]) -> StaffMember:
    values = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    subject = values["subject_id"]
    name = unseal_text(session, staff.c.name_sealed, subject, subject, values["name_sealed"])
    return StaffMember(subject, name, values["unit"], tuple(values["roles"]))
