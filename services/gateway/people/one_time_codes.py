"""One-time codes to a phone or mailbox: six digits, ten minutes, five guesses, once, for the request that asked.

Standard: NIST SP 800-63B section 5.1.3 (out-of-band verifiers): at most ten minutes, rate limited, used once.
"""

import re
import secrets
import unicodedata
from datetime import timedelta
from uuid import UUID

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.gateway.people import rate_limits, texts
from services.gateway.people.errors import CodeRefused
from services.gateway.store import one_time_codes as store
from services.ports import KeyRing

LIFE = timedelta(minutes=10)
GUESSES = 5
DIGITS = 6
_CODE = re.compile(r"[0-9]{6}")


def send_code(
    session: Session,
    actor: Actor,
    *,
    use: str,
    channel: str,
    address: str,
    sentence: str,
    subject: UUID | None = None,
) -> UUID:
    """Send a code; `sentence` is in the reader's language and holds `%(code)s`. The id binds it to the request.

    With `texts.NOBODY` as channel a code is made, sealed and forgotten: nobody can tell from outside.

    Access: the gateway's role.
    Effects: one row, one job, one audit row.
    """
    request_id = ids.new_id()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    texts.queue_text(
        session,
        actor,
        use=use,
        channel=channel,
        address=address,
        text=sentence % {"code": code},
        code_digest=_digest(session.keys, use, request_id, code),
        guesses=0 if channel == texts.NOBODY else GUESSES,
        life=LIFE,
        message_id=request_id,
    )
    details = {"use": use, "channel": channel}
    audit.append(session, actor, "gateway.one_time_code.issued", subject_id=subject, details=details)
    return request_id


def send_instead(
    session: Session, actor: Actor, *, use: str, channel: str, address: str, text: str, subject: UUID | None
) -> UUID:
    """Send a text in the place of a code, with an id that no code belongs to; from outside it looks the same.

    Effects: as `send_code`.
    """
    request_id = texts.queue_text(
        session, actor, use=use, channel=channel, address=address, text=text, life=LIFE
    )
    details = {"use": use, "channel": channel}
    audit.append(session, actor, "gateway.one_time_code.issued", subject_id=subject, details=details)
    return request_id


def spend_code(
    session: Session, actor: Actor, *, use: str, request_id: UUID, code: str, policy: str, whom: str
) -> None:
    """Check and spend a code. `whom` the guess is counted of besides: a network, or what only the owner can use up.

    Effects: one guess counted at the request and of whom; a mistake is audited; both outlast the error.
    Raises: CodeRefused 401, TooManyAttempts 429.
    """
    rate_limits.spend(
        session,
        [rate_limits.spending(session.keys, policy, rate_limits.CODE_GUESS, whom)],
    )
    typed = unicodedata.normalize("NFKC", code).replace(" ", "")
    typed = typed if _CODE.fullmatch(typed) else ""
    if store.spend_code(session, request_id, use, _digest(session.keys, use, request_id, typed)):
        return
    audit.append(session, actor, "gateway.one_time_code.refused", details={"use": use})
    raise CodeRefused


def _digest(keys: KeyRing, use: str, request_id: UUID, code: str) -> bytes:
    # Keyed, because there are only a million codes to try against a plain hash.
    return keys.index(f"one-time-code:{use}", f"{request_id} {code}")
