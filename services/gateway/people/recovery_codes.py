"""Ten printed codes, each good once in place of an authenticator that is lost.

Standard: NIST SP 800-63B-4 section 3.1.2 (look-up secrets). Kept as keyed digests: without our key file a dump of the
database matches no code.
"""

import re
import secrets
import unicodedata
from uuid import UUID

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.errors import CodeNotSet
from services.gateway.people.entry_changes import SECURITY, check_sure_for_change
from services.gateway.people.security_notices import RECOVERY_CODE_USED, RECOVERY_CODES_MADE
from services.gateway.store import passkeys as store
from services.gateway.store import people
from services.notices import notify

COUNT = 10
LENGTH = 12
# Without what the eye confuses: 0 and O, 1 and I and L, U and V. 29 letters to the 12th are 58 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
FIELD = "recovery-code"
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def looks_like_one(typed: str) -> bool:
    """Whether this was meant as a printed code: six digits are the authenticator's."""
    return _CODE.fullmatch(_normalise(typed)) is not None


def create_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """A new set for the actor's account, to be shown this once; the old ones are void.

    Effects: ten digests, audit gateway.recovery_codes.created, a notice to the owner.
    Raises: StepUpNeeded, CodeNotSet 409.
    """
    check_sure_for_change(session, actor)
    account = actor.account
    if account is None:
        raise NotFound
    row = people.find_account(session, account)
    if row is None or row.totp_sealed is None:
        raise CodeNotSet
    notify(session, actor, subject_id=account, kind=RECOVERY_CODES_MADE.name, facts={}, link=SECURITY)
    return replace(session, actor, account)


def replace(session: Session, actor: Actor, account: UUID) -> list[str]:
    """Make a set for an account that has just shown its authenticator.

    Effects: as `create_recovery_codes`, without the notice.
    """
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    store.delete_recovery_codes(session, account)
    rows = [
        {
            "subject_id": account,
            "id": ids.new_id(),
            "digest": _digest(session, account, code),
            "created_at": session.at,
            "consumed_at": None,
        }
        for code in codes
    ]
    store.add_recovery_codes(session, rows)
    audit.append(session, actor, "gateway.recovery_codes.created", subject_id=account)
    return ["-".join(code[start : start + 4] for start in range(0, LENGTH, 4)) for code in codes]


def spend(session: Session, actor: Actor, account: UUID, typed: str) -> bool:
    """Whether the code is one of the account's and comes for the first time.

    Effects: it is spent; one audit row, a notice to the owner.
    """
    if not store.spend_recovery_code(session, account, _digest(session, account, _normalise(typed))):
        return False
    details = {"left": store.count_recovery_codes(session, account)}
    audit.append(session, actor, "gateway.recovery_code.used", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=RECOVERY_CODE_USED.name, facts={}, link=SECURITY)
    return True


def count_left(session: Session, account: UUID) -> int:
    """How many codes are left."""
    return store.count_recovery_codes(session, account)


def _normalise(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed[:64]).upper().replace("-", "").replace(" ", "")


def _digest(session: Session, account: UUID, code: str) -> bytes:
    return session.keys.index(FIELD, f"{account}:{code}")
