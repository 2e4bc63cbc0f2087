"""The passkeys of an account, as its owner sees and removes them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.errors import LastWayIn
from services.gateway.models import passkeys
from services.gateway.people.entry_changes import SECURITY, check_sure_for_change
from services.gateway.people.passkeys.credential import digest_of
from services.gateway.people.security_notices import PASSKEY_REMOVED
from services.gateway.people.signed_in import account_of
from services.gateway.store import passkeys as store
from services.gateway.store import people
from services.notices import notify
from services.vault import cipher_for


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner's page shows it."""

    id: UUID
    name: str
    is_user_verified: bool
    is_synced: bool
    created_at: datetime
    used_at: datetime | None


def list_passkeys(session: Session, actor: Actor) -> list[Passkey]:
    """The account's own passkeys, oldest first."""
    account = account_of(actor)
    rows = store.list_passkeys(session, account)
    if not rows:
        return []
    cipher = cipher_for(session, account)
    return [
        Passkey(
            id=row.id,
            name=cipher.unseal_text(passkeys.c.name_sealed, row.id, row.name_sealed),
            is_user_verified=row.is_user_verified,
            is_synced=row.is_backup_eligible,
            created_at=row.created_at,
            used_at=row.used_at,
        )
        for row in rows
    ]


def delete_passkey(session: Session, actor: Actor, passkey: UUID) -> None:
    """Remove a passkey of the actor's account; it opens nothing from now on.

    Effects: audit gateway.passkey.removed, a notice to the owner.
    Raises: StepUpNeeded, NotFound 404, LastWayIn 409.
    """
    check_sure_for_change(session, actor)
    account = account_of(actor)
    row = people.find_account(session, account)
    held = store.list_passkeys(session, account)
    has_password = row is not None and row.password_hash != ""
    if not has_password and [one.id for one in held] == [passkey]:
        raise LastWayIn
    credential_id = store.delete_passkey(session, account, passkey)
    if credential_id is None:
        raise NotFound
    store.delete_passkey_owner(session, digest_of(credential_id))
    details = {"passkey": str(passkey)}
    audit.append(session, actor, "gateway.passkey.removed", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=PASSKEY_REMOVED.name, facts={}, link=SECURITY)
