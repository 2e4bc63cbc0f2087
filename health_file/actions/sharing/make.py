"""Making, seeing and ending a share: its owner's side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from health_file import shl, store
from health_file.actions.sharing.makers import may_last_until, stands
from health_file.actions.sharing.states import TRANSITIONS, ShareState
from health_file.actions.summarise import summarise
from health_file.errors import ShareInvalid
from health_file.fhir import text
from health_file.models import share_accesses, shares
from health_file.sealing import file_cipher
from services import audit, ids, jobs
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.errors import Denied, NotFound
from services.gateway.people.passwords import current_keeper

EXPIRE_SHARE = "health_file.expire_share"
LONGEST = timedelta(days=365)
ATTEMPTS = 5
PASSCODE = range(4, 65)
MOST_USES = 1000
URL_FIELD = "health_file.share"
SHARERS = frozenset({Relation.SELF, Relation.GUARDIAN})


@dataclass(frozen=True, slots=True)
class ShareAccess:
    """One opening of a share, or one attempt at its passcode; `recipient` is what they said of themselves."""

    at: datetime
    recipient: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A share as its owner sees it; `link` is None when it no longer opens."""

    id: UUID
    state: str
    label: str
    link: str | None
    has_passcode: bool
    attempts_left: int
    uses_left: int | None
    created_at: datetime
    expires_at: datetime
    accesses: Sequence[ShareAccess] = ()


def create_share(
    session: Session,
    actor: Actor,
    *,
    address: str,
    base_url: str,
    language: str,
    say: Callable[[str], str],
    expires_at: datetime,
    passcode: str = "",
    label: str = "",
    uses: int | None = None,
    is_direct: bool = False,
) -> Share:
    """Share the patient summary as it is now, by a link.

    Standard: SMART Health Links; flags P (passcode) and U (direct file). The file is encrypted here under a key that
        stands in the link alone; for its owner the link is kept sealed under the owner's data key, so that what the
        database holds opens nothing. `address` is where links are opened, below which each has 256 random bits.
    Access: scope health_file:read, the resident for their own file, a guardian for a child's: what a guardian made
        ends with the guardianship, at the 14th birthday at the latest.
    Effects: a share in state active, audit health_file.share.created and health_file.summary.read.
    Raises: Denied 403, ShareInvalid 422, NotFound 404 where there is no file.
    """
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None or actor.relation not in SHARERS:
        raise Denied
    subject = actor.subject
    _check(session, expires_at, passcode, label, uses, is_direct=is_direct)
    expires_at = may_last_until(session, actor, expires_at)
    bundle = summarise(session, actor, base_url=base_url, language=language, say=say)
    share_id, key, token = ids.new_id(), shl.new_key(), ids.new_token()
    flag = "U" if is_direct else "P" if passcode else ""
    link = shl.link(f"{address}/{token}", key, expires_at=expires_at, flag=flag, label=label)
    cipher = file_cipher(session, subject)
    values: dict[str, Any] = {
        "subject_id": subject,
        "id": share_id,
        "made_by": actor.account,
        "state": ShareState.ACTIVE.value,
        "flag": flag,
        "label_sealed": cipher.seal(shares.c.label_sealed, share_id, label),
        "link_sealed": cipher.seal(shares.c.link_sealed, share_id, link),
        "content_sealed": cipher.seal(
            shares.c.content_sealed, share_id, shl.encrypted(text.write(bundle), key)
        ),
        "passcode_hash": current_keeper().hash(passcode) if passcode else None,
        "attempts_left": ATTEMPTS,
        "uses_left": uses,
        "created_at": session.at,
        "expires_at": expires_at,
    }
    store.add_share(session, values, session.keys.index(URL_FIELD, token))
    jobs.enqueue(session, actor, EXPIRE_SHARE, subject_id=subject, run_at=expires_at, share_id=str(share_id))
    _note(session, actor, "health_file.share.created", share_id)
    return read_share(session, actor, share_id)


def read_share(session: Session, actor: Actor, share_id: UUID) -> Share:
    """One share with who opened it, for its owner. Raises: NotFound 404."""
    subject = _subject(actor)
    row = store.find_share(session, subject, share_id)
    if row is None:
        raise NotFound
    cipher = file_cipher(session, subject)
    column = share_accesses.c.recipient_sealed
    accesses = [
        ShareAccess(one.at, cipher.unseal_text(column, one.id, one.recipient_sealed), one.is_shown)
        for one in store.list_share_accesses(session, subject, share_id)
    ]
    return _share(session, row, accesses)


def list_shares(session: Session, actor: Actor) -> list[Share]:
    """Every share of this file, newest first. Raises: NotFound 404."""
    return [_share(session, row) for row in store.list_shares(session, _subject(actor))]


def revoke_share(session: Session, actor: Actor, share_id: UUID) -> None:
    """End a share at once. Effects: audit health_file.share.revoked. Raises: NotFound 404."""
    row = store.find_share(session, _subject(actor), share_id)
    if row is None:
        raise NotFound
    if move(session, row, "revoke"):
        _note(session, actor, "health_file.share.revoked", share_id)


def expire_share(session: Session, actor: Actor, *, share_id: UUID) -> None:
    """End a share whose time is over. Safe to repeat."""
    row = None if actor.subject is None else store.find_share(session, actor.subject, share_id)
    if row is not None and row.expires_at <= session.at:
        move(session, row, "expire")


def move(session: Session, row: Any, event: str) -> bool:
    """One step of the state table by a guarded update; whether it was this transaction's to take."""
    following = TRANSITIONS.get((ShareState(row.state), event))
    if following is None:
        return False
    values = {"state": following.value, "ended_at": session.at}
    return store.change_share(session, row.subject_id, row.id, row.state, values)


def _check(
    session: Session, expires_at: datetime, passcode: str, label: str, uses: int | None, *, is_direct: bool
) -> None:
    if not session.at < expires_at <= session.at + LONGEST:
        raise ShareInvalid(field="expires_at", expected=f"1..{LONGEST.days} days from now")
    if passcode and len(passcode) not in PASSCODE:
        raise ShareInvalid(field="passcode", expected=f"{PASSCODE.start}..{PASSCODE.stop - 1} characters")
    if passcode and is_direct:
        raise ShareInvalid(field="is_direct", expected="no passcode: a direct link cannot ask for one")
    if len(label) > shl.LONGEST_LABEL:
        raise ShareInvalid(field="label", expected=f"at most {shl.LONGEST_LABEL} characters")
    if uses is not None and not 0 < uses <= MOST_USES:
        raise ShareInvalid(field="uses", expected=f"1..{MOST_USES}")


def _share(session: Session, row: Any, accesses: Sequence[ShareAccess] = ()) -> Share:
    cipher = file_cipher(session, row.subject_id)
    is_over = row.expires_at <= session.at and row.state == ShareState.ACTIVE
    is_over = is_over or (row.state == ShareState.ACTIVE and not stands(session, row))
    state = ShareState.EXPIRED if is_over else ShareState(row.state)
    is_open = state is ShareState.ACTIVE
    return Share(
        row.id,
        state.value,
        cipher.unseal_text(shares.c.label_sealed, row.id, row.label_sealed),
        cipher.unseal_text(shares.c.link_sealed, row.id, row.link_sealed) if is_open else None,
        row.passcode_hash is not None,
        row.attempts_left,
        row.uses_left,
        row.created_at,
        row.expires_at,
        accesses,
    )


def _subject(actor: Actor) -> UUID:
    """Whose links these are. A link shows all that its maker saw, so that who sees less may not have it."""
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None or actor.relation not in SHARERS:
        raise NotFound
    return actor.subject


def _note(session: Session, actor: Actor, event: str, share_id: UUID) -> None:
    details: audit.Details = {"share_id": str(share_id)}
    audit.append(session, actor, event, subject_id=actor.subject, details=details)
