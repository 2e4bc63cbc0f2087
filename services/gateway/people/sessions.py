"""Page sessions: started by a sign-in, always under a new id, and ended with the grants that hang on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import audit, ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.errors import NotFound
from services.gateway.oauth.backchannel_logout.notices import queue_notices
from services.gateway.oauth.ledger import append_about
from services.gateway.people.acr import Proofs
from services.gateway.people.session_cookie import (
    PageSession,
    clear_cookie,
    cookie_name,
    read_cookie,
    set_cookie,
)
from services.gateway.people.signed_in import account_of
from services.gateway.store import page_sessions as store

__all__ = [
    "LIVES",
    "OpenSession",
    "PageSession",
    "clear_cookie",
    "cookie_name",
    "end_all_sessions",
    "end_session",
    "list_sessions",
    "read_cookie",
    "set_cookie",
    "start_session",
]

# However busy a session is, it ends this long after the sign-in.
LIVES: Mapping[str, timedelta] = {"resident": timedelta(hours=12), "staff": timedelta(hours=10)}
# How long an ended session's row is kept, for the account's own history.
KEPT = timedelta(days=30)
SIGNED_OUT = "signed_out"
REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A place where the account is signed in."""

    id: UUID
    started_at: datetime
    expires_at: datetime
    acr: str
    is_this: bool


def start_session(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    roles: tuple[str, ...] = (),
    unit: str | None = None,
    proofs: Proofs,
    replaced: PageSession | None = None,
) -> PageSession:
    """Sign the actor's account in. What the browser held before is replaced, never carried on.

    Effects: one session row and one audit row; rows long over are forgotten; a live session of the same
        account hands its grants over, one of another account ends with its grants.
    """
    account = account_of(actor)
    page = PageSession(account, ids.new_id(), kind, roles, unit, proofs.acr, session.at, proofs.amr)
    store.add_session(
        session,
        {
            "subject_id": account,
            "id": page.session,
            "acr": page.acr,
            "amr": list(page.amr),
            "auth_time": session.at,
            "started_at": session.at,
            "expires_at": session.at + LIVES[kind],
            "ended_at": None,
        },
    )
    store.delete_old_sessions(session, account, session.at - KEPT)
    details = {"session": str(page.session), "acr": page.acr}
    audit.append(session, actor, "gateway.session.started", subject_id=account, details=details)
    if replaced is not None:
        _replace(session, replaced, page)
    return page


def list_sessions(session: Session, actor: Actor) -> list[OpenSession]:
    """Where the actor's account is signed in now, newest first."""
    return [
        OpenSession(row.id, row.started_at, row.expires_at, row.acr, row.id == actor.grant)
        for row in store.list_sessions(session, account_of(actor))
    ]


def end_session(session: Session, actor: Actor, session_id: UUID, *, also_unattended: bool = False) -> None:
    """Sign out in one place. What was allowed to go on while nobody is there goes on, unless told otherwise.

    Effects: refused everywhere from the next request on; one audit row for the session, one for each grant; a
        notice to each client that asked to be told.
    Raises: NotFound when the account has no such live session.
    """
    account = account_of(actor)
    if not store.end_session(session, account, session_id):
        raise NotFound
    _append_ended(session, actor, [session_id])
    queue_notices(session, actor, account, [session_id])
    ended = store.revoke_session_grants(
        session, account, session_id, SIGNED_OUT, also_unattended=also_unattended
    )
    append_revoked(session, actor, ended, SIGNED_OUT)


def end_all_sessions(session: Session, actor: Actor) -> None:
    """Sign out everywhere: every session, every grant, and no browser is known any longer.

    Effects: as `end_session`, for all.
    """
    account = account_of(actor)
    sessions = store.end_all_sessions(session, account)
    _append_ended(session, actor, sessions)
    queue_notices(session, actor, account, sessions)
    append_revoked(session, actor, store.revoke_all_grants(session, account, SIGNED_OUT), SIGNED_OUT)
    store.delete_devices(session, account, session.at)


def append_revoked(session: Session, actor: Actor, grants: Iterable[Row[Any]], reason: str) -> None:
    """One audit row for each grant that ended, which whom it was about can read too."""
    for row in grants:
        details = {"client": row.client_id, "grant": str(row.id), "reason": reason}
        append_about(session, actor, "gateway.grant.revoked", account_of(actor), row.for_subject_id, details)


def _replace(session: Session, old: PageSession, new: PageSession) -> None:
    if not store.end_session(session, old.account, old.session):
        return
    if old.account == new.account:
        store.move_grants(session, old.account, old=old.session, new=new.session)
        _append_ended(session, _actor_of(old), [old.session])
        return
    _append_ended(session, _actor_of(old), [old.session])
    queue_notices(session, _actor_of(old), old.account, [old.session])
    ended = store.revoke_session_grants(session, old.account, old.session, REPLACED, also_unattended=False)
    append_revoked(session, _actor_of(old), ended, REPLACED)


def _append_ended(session: Session, actor: Actor, ended: Iterable[UUID]) -> None:
    for session_id in ended:
        details = {"session": str(session_id)}
        audit.append(session, actor, "gateway.session.ended", subject_id=account_of(actor), details=details)


def _actor_of(page: PageSession) -> Actor:
    is_staff = page.kind == "staff"
    return Actor(
        kind=ActorKind.STAFF if is_staff else ActorKind.RESIDENT,
        account=page.account,
        subject=page.account,
        relation=Relation.STAFF if is_staff else Relation.SELF,
        grant=page.session,
        acr=page.acr,
        auth_time=page.auth_time,
    )
