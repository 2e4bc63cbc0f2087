"""Initial access tokens (RFC 7591 section 3): an administrator's invitation to register, once or a few times."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid, NotFound
from services.gateway.oauth.registration.errors import RegistrationRefused
from services.gateway.store import initial_access_tokens as store

MOST_USES = 100
MOST_DAYS = 90
MOST_SHOWN = 100
LONGEST_PURPOSE = 100


@dataclass(frozen=True, slots=True)
class Invitation:
    """An initial access token without the token, of which only a digest is kept."""

    id: UUID
    purpose: str
    uses_left: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def is_live_at(self, at: datetime) -> bool:
        """Whether somebody could still register with it."""
        return self.revoked_at is None and self.uses_left > 0 and self.expires_at > at


def create_invitation(
    session: Session, actor: Actor, *, purpose: str, uses: int = 1, days: int = 7
) -> tuple[str, Invitation]:
    """A new initial access token, which is shown once and never again.

    Effects: one row, one audit row `gateway.invitation.created`.
    Raises: Invalid 422 naming the field.
    """
    purpose = purpose.strip()
    if not purpose or len(purpose) > LONGEST_PURPOSE or not purpose.isprintable():
        raise Invalid(field="purpose", expected=f"1 - {LONGEST_PURPOSE}")
    if not 1 <= uses <= MOST_USES:
        raise Invalid(field="uses", expected=f"1 - {MOST_USES}")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(field="days", expected=f"1 - {MOST_DAYS}")
    token = ids.new_token(32)
    made = Invitation(
        ids.new_id(), purpose, uses, session.at, session.at + timedelta(days=days), revoked_at=None
    )
    row = {
        "id": made.id,
        "digest": _digest(token),
        "purpose": purpose,
        "uses_left": uses,
        "created_at": made.created_at,
        "expires_at": made.expires_at,
        "revoked_at": None,
    }
    store.add_token(session, row)
    audit.append(session, actor, "gateway.invitation.created", details={"invitation": str(made.id)})
    return token, made


def list_invitations(session: Session) -> list[Invitation]:
    """The newest invitations, spent and expired ones too."""
    return [
        Invitation(row.id, row.purpose, row.uses_left, row.created_at, row.expires_at, row.revoked_at)
        for row in store.list_tokens(session, MOST_SHOWN)
    ]


def cancel_invitation(session: Session, actor: Actor, invitation: UUID) -> None:
    """Withdraw an invitation; clients that came by it stay.

    Effects: one audit row `gateway.invitation.cancelled`.
    Raises: NotFound 404 when there is no live one.
    """
    if not store.revoke_token(session, invitation):
        raise NotFound
    audit.append(session, actor, "gateway.invitation.cancelled", details={"invitation": str(invitation)})


def spend_invitation(session: Session, token: str | None) -> UUID:
    """Take one use of an initial access token; a registration that fails gives it back with its transaction.

    Raises: RegistrationRefused 401, the same for every reason.
    """
    found = None if token is None else store.spend_token(session, _digest(token))
    if found is None:
        raise RegistrationRefused(given=token is not None)
    return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
