"""What people allowed to applications, as the consents page shows and ends it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select, update

from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import clients, consents, grants

# When the client last got tokens, to the hour; before that was kept, when it was last let in.
_USED_AT = func.max(func.greatest(grants.c.given_at, grants.c.used_at)).label("used_at")
LIST_CONSENTS = (
    select(consents, clients.c.name, clients.c.name_en, _USED_AT)
    .select_from(
        consents.outerjoin(clients, clients.c.client_id == consents.c.client_id).outerjoin(
            grants,
            (grants.c.subject_id == consents.c.subject_id) & (grants.c.consent_id == consents.c.id),
        )
    )
    .where(consents.c.subject_id == bindparam("account"), consents.c.withdrawn_at.is_(None))
    .group_by(*consents.c, clients.c.name, clients.c.name_en)
    .order_by(consents.c.given_at.desc(), consents.c.id)
    .limit(100)
)
FIND_CONSENT = LIST_CONSENTS.where(consents.c.id == bindparam("consent"))
WITHDRAW_CONSENT = (
    update(consents)
    .where(
        consents.c.subject_id == bindparam("account"),
        consents.c.id == bindparam("consent"),
        consents.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=bindparam("at"))
    .returning(consents.c.client_id, consents.c.for_subject_id)
)
REVOKE_CONSENT_GRANTS = (
    update(grants)
    .where(
        grants.c.subject_id == bindparam("account"),
        grants.c.consent_id == bindparam("consent"),
        grants.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at"), revoked_because=bindparam("reason"))
    .returning(grants.c.id, grants.c.client_id, grants.c.for_subject_id)
)


def list_consents(session: Session, account: UUID) -> list[Row[Any]]:
    """The account's standing consents with the asker's names, newest first."""
    return list(session.execute(LIST_CONSENTS, {"account": account}))


def get_consent(session: Session, account: UUID, consent: UUID) -> Row[Any]:
    """One standing consent. Raises: NotFound."""
    found = session.execute(FIND_CONSENT, {"account": account, "consent": consent}).one_or_none()
    if found is None:
        raise NotFound
    return found


def withdraw_consent(session: Session, account: UUID, consent: UUID) -> Row[Any] | None:
    """Withdraw a consent; None when there is none or it was withdrawn already."""
    parameters = {"account": account, "consent": consent, "at": session.at}
    return session.execute(WITHDRAW_CONSENT, parameters).one_or_none()


def revoke_consent_grants(session: Session, account: UUID, consent: UUID, reason: str) -> list[Row[Any]]:
    """Revoke every live grant that stands on a consent."""
    parameters = {"account": account, "consent": consent, "at": session.at, "reason": reason}
    return list(session.execute(REVOKE_CONSENT_GRANTS, parameters))
