"""Members of staff, for the administrator."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from services.database.session import Session
from services.gateway.models import accounts, staff

_COLUMNS = (staff.c.subject_id, staff.c.name_sealed, staff.c.unit, staff.c.roles)


def list_staff(session: Session) -> list[Row[Any]]:
    """Everybody who has not left."""
    return list(session.execute(select(*_COLUMNS).where(staff.c.ended_at.is_(None))))


def find_staff(session: Session, subject: UUID) -> Row[Any] | None:
    """One member, unless they have left."""
    wanted = select(*_COLUMNS).where(staff.c.subject_id == subject, staff.c.ended_at.is_(None))
    return session.execute(wanted).one_or_none()


def list_accounts(session: Session, *, role: str, unit: str | None) -> list[UUID]:
    """The accounts of members in a role, of one unit where it is named, in order."""
    wanted = select(staff.c.subject_id).where(staff.c.ended_at.is_(None), staff.c.roles.any_() == role)
    if unit is not None:
        wanted = wanted.where(staff.c.unit == unit)
    return list(session.execute(wanted.order_by(staff.c.subject_id)).scalars())


def change_staff(session: Session, subject: UUID, values: dict[str, Any]) -> bool:
    """Change a member's row; false when there is none."""
    statement = (
        update(staff)
        .where(staff.c.subject_id == subject, staff.c.ended_at.is_(None))
        .values(**values)
        .returning(staff.c.subject_id)
    )
    return session.execute(statement).first() is not None


def end_staff(session: Session, subject: UUID) -> bool:
    """End a member and their account; false when they have left already."""
    session.execute(
        update(accounts)
        .where(accounts.c.subject_id == subject, accounts.c.kind == "staff", accounts.c.ended_at.is_(None))
        .values(ended_at=session.at)
    )
    return change_staff(session, subject, {"ended_at": session.at})
