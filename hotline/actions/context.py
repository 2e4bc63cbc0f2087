"""How a caller stands in other services: an operator hears it with the caller's consent alone, and each look is kept.

What may be said are fixed sentences that each service declares (`services.ports.CallerContext`): the resident reads
them before consenting, and nothing else can pass.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import operator_of
from hotline.actions.claims import seat_of
from hotline.errors import ContextCodeRefused, ContextNotGranted, TooManyContextCodes
from hotline.models import context_looks
from hotline.rules.calls import LIVE, CallState
from hotline.rules.context import (
    CALL_LIFE,
    CODE_DIGITS,
    CODE_LIFE,
    STANDING_DAYS,
    TICKET_LIFE,
    GrantKind,
    one_more,
    seconds_to_wait,
)
from services import audit, ids, vault
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.errors import Denied, Invalid, NotFound, Unavailable
from services.ports import CallerContext

Offered = Mapping[str, CallerContext]
MOST_GRANTS = 50
MOST_LOOKS = 50
MOST_DRAWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A consent: for what, which services, until when; `is_live` while it holds."""

    id: UUID
    kind: str
    ticket_id: UUID | None
    services: Sequence[str]
    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """Who looked when, for which ticket or call, and what each service told."""

    at: datetime
    seat: str
    ticket_id: UUID | None
    told: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """What a resident reads out to an operator, and until when it does."""

    code: str
    expires_at: datetime


def grant_context(
    session: Session,
    actor: Actor,
    *,
    services: Sequence[str],
    offered: Offered,
    days: int | None = None,
    ticket_id: UUID | None = None,
) -> GrantView:
    """Let operators hear how one stands in some services: for one ticket for 30 days, or for all for `days`.

    Shapes: `services` are names among those offered; `days` one of 30, 90 and 365 where no ticket is named.
    Access: scope hotline:share; the resident, or a child's parent. Effects: a consent, audit hotline.context.granted.
    Raises: Denied 403, NotFound 404, Invalid 422.
    """
    subject = _owner(actor)
    chosen = _chosen(services, offered)
    kind, life = GrantKind.TICKET, TICKET_LIFE
    if ticket_id is not None:
        store.get_ticket(session, actor, ticket_id)
    elif days in STANDING_DAYS:
        kind, life = GrantKind.STANDING, timedelta(days=days)
    else:
        raise Invalid(field="/days", expected=", ".join(map(str, STANDING_DAYS)))
    grant_id = ids.new_id()
    values = {
        "subject_id": subject,
        "id": grant_id,
        "kind": kind.value,
        "ticket_id": ticket_id,
        "call_id": None,
        "account_id": None,
        "services": chosen,
        "granted_at": session.at,
        "expires_at": session.at + life,
        "revoked_at": None,
    }
    store.add_context_grant(session, values)
    _record(session, actor, "hotline.context.granted", subject, grant_id, kind, chosen)
    return _grant_view(SimpleNamespace(**values), session.at)


def make_context_code(
    session: Session, actor: Actor, *, services: Sequence[str], offered: Offered
) -> CodeView:
    """Eight digits to be read out to the operator on the line; who types them in hears, for this call alone.

    Access: as grant_context. Effects: a code of ten minutes and one use, the only one that lives; audit
        hotline.context_code.issued.
    """
    subject = _owner(actor)
    chosen = _chosen(services, offered)
    for _ in range(MOST_DRAWN):
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        values = {
            "digest": _code_digest(session, code),
            "subject_id": subject,
            "services": chosen,
            "expires_at": session.at + CODE_LIFE,
        }
        if store.add_context_code(session, values):
            details: dict[str, Any] = {"services": chosen}
            audit.append(session, actor, "hotline.context_code.issued", subject_id=subject, details=details)
            return CodeView(code=code, expires_at=session.at + CODE_LIFE)
    raise Unavailable


def revoke_context(session: Session, actor: Actor, *, grant_id: UUID) -> None:
    """End a consent at once. Access: as grant_context. Effects: audit hotline.context.revoked. Raises: NotFound 404."""
    subject = _owner(actor)
    row = store.revoke_context_grant(session, subject, grant_id)
    if row is None:
        raise NotFound
    kind = GrantKind(row.kind)
    _record(session, actor, "hotline.context.revoked", subject, grant_id, kind, row.services)


def list_context_grants(session: Session, actor: Actor) -> list[GrantView]:
    """One's consents, those that ended too, the newest first; at most 50. Access: as grant_context."""
    rows = store.list_context_grants(session, _owner(actor), limit=MOST_GRANTS)
    return [_grant_view(row, session.at) for row in rows]


def list_context_looks(session: Session, actor: Actor) -> list[LookView]:
    """Who looked, and what they were told, the newest first; at most 50. Access: as grant_context."""
    subject = _owner(actor)
    rows = store.list_context_looks(session, subject, limit=MOST_LOOKS)
    if not rows:
        return []
    cipher = vault.cipher_for(session, subject)
    return [
        LookView(
            at=row.at,
            seat=seat_of(row.account_id),
            ticket_id=row.ticket_id,
            told=json.loads(cipher.unseal_text(context_looks.c.told_sealed, row.id, row.told_sealed)),
        )
        for row in rows
    ]


def redeem_context_code(session: Session, actor: Actor, *, call_id: UUID, code: str) -> None:
    """Type in what the resident on the line read out: the operator hears for this call, 30 minutes at most.

    Access: scope hotline:claim; operators, while the call lives. Effects: a consent for this call and this operator,
        audit hotline.context_code.redeemed; a wrong code is counted and its audit hotline.context_code.refused kept.
    Raises: NotFound 404, ContextCodeRefused 422, TooManyContextCodes 429 after five within ten minutes.
    """
    account = operator_of(actor)
    call = store.get_call(session, call_id)
    guesses = store.lock_guesses(session, account)
    if seconds := seconds_to_wait(guesses, session.at):
        raise TooManyContextCodes(retry_after=seconds)
    row = None
    if CallState(call.state) in LIVE:
        row = store.spend_context_code(session, _code_digest(session, code))
    if row is None:
        store.put_guesses(session, account, one_more(guesses, session.at))
        audit.append(session, actor, "hotline.context_code.refused", details={"call_id": str(call_id)})
        raise ContextCodeRefused
    grant_id = ids.new_id()
    values = {
        "subject_id": row.subject_id,
        "id": grant_id,
        "kind": GrantKind.CALL.value,
        "ticket_id": None,
        "call_id": call_id,
        "account_id": account,
        "services": row.services,
        "granted_at": session.at,
        "expires_at": session.at + CALL_LIFE,
        "revoked_at": None,
    }
    store.add_context_grant(session, values)
    _record(
        session,
        actor,
        "hotline.context_code.redeemed",
        row.subject_id,
        grant_id,
        GrantKind.CALL,
        row.services,
    )


def find_context(
    session: Session, actor: Actor, *, ticket_id: UUID | None = None, call_id: UUID | None = None
) -> tuple[str, ...]:
    """About which services the caller may ask now; none without a consent that holds.

    Access: operators; the holder of the ticket's claim, or the one to whom a code was read out on the call.
    Effects: none, nothing is told. Raises: NotFound 404.
    """
    grants = _grants(session, actor, ticket_id, call_id)
    return tuple(sorted({name for grant in grants for name in grant.services}))


def read_context(
    session: Session,
    actor: Actor,
    *,
    offered: Offered,
    ticket_id: UUID | None = None,
    call_id: UUID | None = None,
) -> Mapping[str, Sequence[str]]:
    """What each service that the resident consented to says of them: service to codes of its fixed sentences.

    Access: as find_context. Effects: a look that the resident sees, audit hotline.context.read, in this transaction.
    Raises: NotFound 404, ContextNotGranted 403.
    """
    grants = _grants(session, actor, ticket_id, call_id)
    if not grants:
        raise ContextNotGranted
    subject = grants[0].subject_id
    names = sorted({name for grant in grants for name in grant.services if name in offered})
    told = {name: _codes(session, offered[name], subject) for name in names}
    look_id = ids.new_id()
    session.raw("SELECT gateway.reach(%s)", (subject,))
    sealed = vault.cipher_for(session, subject).seal(context_looks.c.told_sealed, look_id, json.dumps(told))
    store.add_context_look(
        session,
        {
            "subject_id": subject,
            "id": look_id,
            "grant_id": grants[0].id,
            "ticket_id": ticket_id,
            "account_id": actor.account,
            "at": session.at,
            "told_sealed": sealed,
        },
    )
    details: dict[str, Any] = {"grant_ids": [str(grant.id) for grant in grants], "services": names}
    if ticket_id is not None:
        details["ticket_id"] = str(ticket_id)
    audit.append(session, actor, "hotline.context.read", subject_id=subject, details=details)
    return told


def _grants(session: Session, actor: Actor, ticket_id: UUID | None, call_id: UUID | None) -> Sequence[Any]:
    account = operator_of(actor)
    if call_id is not None:
        call = store.get_call(session, call_id)
        return store.list_live_for_call(session, call_id, account) if CallState(call.state) in LIVE else ()
    if ticket_id is None:
        raise NotFound
    ticket = store.get_ticket(session, actor, ticket_id)
    is_held = ticket.claimed_by == account and ticket.claimed_until > session.at
    return store.list_live_for_ticket(session, ticket.subject_id, ticket_id) if is_held else ()


def _codes(session: Session, port: CallerContext, subject: UUID) -> list[str]:
    """What a service says; a code that it did not declare is a mistake of ours, and nothing is told."""
    codes = list(port.read_codes(session, subject_id=subject))
    if not set(codes) <= set(port.sentences):
        raise Unavailable
    return codes


def _chosen(services: Sequence[str], offered: Offered) -> list[str]:
    chosen = sorted(set(services))
    if not chosen or not set(chosen) <= set(offered):
        raise Invalid(field="/services", expected=", ".join(sorted(offered)))
    return chosen


def _owner(actor: Actor) -> UUID:
    """Whose context it is: one's own, or one's child's; whoever acts for an adult or a firm gives no such consent."""
    is_theirs = actor.relation in {Relation.SELF, Relation.GUARDIAN}
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None or not is_theirs:
        raise Denied
    return actor.subject


def _code_digest(session: Session, code: str) -> bytes:
    return vault.blind_index(session, "hotline.context_code", code)


def _record(
    session: Session,
    actor: Actor,
    event: str,
    subject: UUID,
    grant_id: UUID,
    kind: GrantKind,
    services: Sequence[str],
) -> None:
    details: dict[str, Any] = {"grant_id": str(grant_id), "kind": kind.value, "services": list(services)}
    audit.append(session, actor, event, subject_id=subject, details=details)


def _grant_view(row: Any, at: datetime) -> GrantView:
    return GrantView(
        id=row.id,
        kind=row.kind,
        ticket_id=row.ticket_id,
        services=tuple(row.services),
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        is_live=row.revoked_at is None and row.expires_at > at,
    )
