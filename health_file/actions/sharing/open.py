"""Opening a share: the side of whoever holds the link, whom nobody knows but by what they say of themselves."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.sharing.make import URL_FIELD, move
from health_file.actions.sharing.makers import stands
from health_file.actions.sharing.states import ShareState
from health_file.errors import PasscodeWrong, ShareInvalid
from health_file.models import share_accesses, shares
from health_file.sealing import file_cipher
from health_file.shl import FHIR
from services import audit, ids
from services.actor import NOBODY
from services.database.session import Session
from services.errors import NotFound
from services.gateway.people.passwords import current_keeper

LONGEST_RECIPIENT = 200
# A file's own address lives shorter than an hour, as the standard asks.
FILE_LASTS = timedelta(minutes=5)
FILE_PURPOSE = "health_file.share_file"


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opened share gives: the encrypted file, and a reference under which it can be fetched for a while."""

    content_type: str
    content: str
    reference: str


def open_share(
    session: Session, *, token: str, recipient: str, passcode: str = "", is_direct: bool = False
) -> Opened:
    """Give the file of a link to whoever holds it.

    Standard: SMART Health Links, manifest request; with flag U the file itself.
    Access: public: the address is 256 random bits, the key never comes here. A passcode has five attempts in its life.
    Effects: one use spent, audit health_file.share.opened about the resident; a wrong passcode costs an attempt, which
        stays spent, and the last one ends the share.
    Raises: NotFound 404 for what is unknown or no longer active; PasscodeWrong 401; ShareInvalid 422.
    """
    if not 0 < len(recipient.strip()) <= LONGEST_RECIPIENT:
        raise ShareInvalid(field="recipient", expected=f"1..{LONGEST_RECIPIENT} characters")
    row = store.find_share_at(session, session.keys.index(URL_FIELD, token))
    if row is None or row.state != ShareState.ACTIVE or row.expires_at <= session.at:
        raise NotFound
    if is_direct != (row.flag == "U") or not stands(session, row):
        raise NotFound
    if row.passcode_hash is not None:
        _check_passcode(session, row, passcode, recipient)
    if row.uses_left is not None:
        left = row.uses_left - 1
        values = {"uses_left": left, "attempts_left": row.attempts_left}
        if not store.change_share(session, row.subject_id, row.id, row.state, values):
            raise NotFound
        if left == 0:
            move(session, row, "use_up")
    _note(session, row, recipient, is_shown=True)
    reference = {
        "subject": str(row.subject_id),
        "share": str(row.id),
        "until": (session.at + FILE_LASTS).isoformat(),
    }
    return Opened(
        FHIR,
        _content(session, row),
        session.keys.seal_reference(FILE_PURPOSE, json.dumps(reference).encode()),
    )


def read_share_file(session: Session, *, reference: str) -> str:
    """The file behind the short-lived address that an opened share gave.

    Raises: NotFound 404 when its minutes are over, or the share was revoked meanwhile.
    """
    raw = session.keys.open_reference(FILE_PURPOSE, reference)
    if raw is None:
        raise NotFound
    found = json.loads(raw)
    if datetime.fromisoformat(found["until"]) <= session.at:
        raise NotFound
    row = store.find_share(session, UUID(found["subject"]), UUID(found["share"]))
    # The one use that it had may have been this one.
    if (
        row is None
        or row.state not in {ShareState.ACTIVE, ShareState.USED_UP}
        or row.expires_at <= session.at
        or not stands(session, row)
    ):
        raise NotFound
    return _content(session, row)


def _check_passcode(session: Session, row: Any, passcode: str, recipient: str) -> None:
    """Take an attempt first and give it back when it was right: of many guesses at once none goes uncounted."""
    left = store.spend_attempt(session, row.subject_id, row.id)
    if left is None:
        raise NotFound
    if passcode and current_keeper().verify(row.passcode_hash, passcode):
        store.change_share(session, row.subject_id, row.id, row.state, {"attempts_left": left + 1})
        return
    if left == 0:
        move(session, row, "lock")
    _note(session, row, recipient, is_shown=False)
    raise PasscodeWrong(left)


def _content(session: Session, row: Any) -> str:
    return file_cipher(session, row.subject_id).unseal_text(
        shares.c.content_sealed, row.id, row.content_sealed
    )


def _note(session: Session, row: Any, recipient: str, *, is_shown: bool) -> None:
    """Who opened it, as they say: sealed for the owner; the audit row names the share alone."""
    access_id = ids.new_id()
    column = share_accesses.c.recipient_sealed
    store.add_share_access(
        session,
        {
            "subject_id": row.subject_id,
            "id": access_id,
            "share_id": row.id,
            "recipient_sealed": file_cipher(session, row.subject_id).seal(
                column, access_id, recipient.strip()
            ),
            "is_shown": is_shown,
            "at": session.at,
        },
    )
    event = "health_file.share.opened" if is_shown else "health_file.share.refused"
    details: audit.Details = {"share_id": str(row.id), "consent": f"link:{row.id}"}
    audit.append(session, NOBODY, event, subject_id=row.subject_id, details=details)
