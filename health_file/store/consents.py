"""The compiled provisions of residents' Consents."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, delete, false, insert, literal, or_, select

from health_file.access import visible_to
from health_file.models import consent_rules, resources
from health_file.rules import RESIDENT_AUTHOR
from services.actor import Actor
from services.database.session import Session

RULES = consent_rules.c


def replace_rules(
    session: Session, subject_id: UUID, consent_id: UUID, rules: Sequence[Mapping[str, Any]]
) -> None:
    """Put the rules of one Consent in the place of what it said before."""
    session.execute(
        delete(consent_rules).where(RULES.subject_id == subject_id, RULES.consent_id == consent_id)
    )
    ours = {"subject_id": subject_id, "consent_id": consent_id}
    if rules:
        session.execute(insert(consent_rules), [{**ours, **rule} for rule in rules])


def find_permission(session: Session, actor: Actor, unit: str, subject_id: UUID, purpose: str) -> UUID | None:
    """The Consent by which a unit is let in for a purpose now; of several the newest."""
    is_person = false() if actor.account is None else literal(actor.account) == any_(RULES.persons)
    statement = (
        select(RULES.consent_id)
        .where(
            RULES.subject_id == subject_id,
            ~RULES.is_denial,
            or_(RULES.units.is_(None), literal(unit) == any_(RULES.units)),
            or_(RULES.persons.is_(None), is_person),
            or_(RULES.purposes.is_(None), literal(purpose) == any_(RULES.purposes)),
            or_(RULES.starts_at.is_(None), RULES.starts_at <= session.at),
            or_(RULES.ends_at.is_(None), RULES.ends_at > session.at),
        )
        .order_by(RULES.consent_id.desc())
        .limit(1)
    )
    found: UUID | None = session.execute(statement).scalar()
    return found


def list_consents(session: Session, actor: Actor, subject_id: UUID, *, limit: int) -> Sequence[Row[Any]]:
    """The Consents that the resident wrote, newest first."""
    statement = select(resources).where(
        resources.c.subject_id == subject_id,
        resources.c.type == "Consent",
        resources.c.author == RESIDENT_AUTHOR,
        resources.c.is_current,
        ~resources.c.is_deleted,
        visible_to(session, actor),
    )
    order = (resources.c.recorded_at.desc(), resources.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()
