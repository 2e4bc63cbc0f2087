"""Where a person goes to prove again who they are, and which proofs would do there.

Standard: RFC 9470. What is wanted travels sealed in the address, so that nobody can make it less.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from services.database.session import Session
from services.gateway.people import acr
from services.gateway.store import passkeys as store
from services.gateway.store import people
from services.ports import KeyRing
from services.web.declare import StepUp

PAGE = "/step-up"
PURPOSE = "step-up"


@dataclass(frozen=True, slots=True)
class Means:
    """What the account could show to get where it should be."""

    passkey: bool
    code: bool


def step_up_page(keys: KeyRing, step_up: StepUp, back: str) -> str:
    """The address of the page that asks for a proof and leads back: where a password does, the sign-in page."""
    if step_up.acr == acr.PASSWORD:
        return f"/?{urlencode({'next': back, 'again': '1'})}"
    return f"{PAGE}?{urlencode({'next': back, 'need': seal_need(keys, step_up)})}"


def seal_need(keys: KeyRing, step_up: StepUp) -> str:
    """What is wanted, for the address and for the page's forms."""
    return keys.seal_reference(PURPOSE, json.dumps([step_up.acr, step_up.max_age, step_up.why]).encode())


def open_need(keys: KeyRing, sealed: str | None) -> StepUp:
    """What is wanted; where nothing of ours says so, a passkey."""
    content = keys.open_reference(PURPOSE, sealed) if sealed else None
    if content is None:
        return StepUp(acr.PHISHING_RESISTANT)
    wanted, max_age, why = json.loads(content)
    return StepUp(wanted, max_age, why)


def list_means(session: Session, account: UUID, amr: tuple[str, ...], wanted: str) -> Means:
    """Which of the account's proofs would reach what is wanted, beside what the session has shown already."""
    row = people.find_account(session, account)
    has_code = row is not None and row.totp_sealed is not None
    return Means(
        passkey=any(
            acr.meets(_best(amr, passkey.is_user_verified, passkey.is_backup_eligible), wanted)
            for passkey in store.list_passkeys(session, account)
        ),
        code=has_code and acr.meets(acr.proofs_with_code(amr).acr, wanted),
    )


def _best(amr: tuple[str, ...], is_user_verified: bool, is_backup_eligible: bool) -> str:  # noqa: FBT001
    proof = acr.PasskeyProof(is_user_verified=is_user_verified, is_device_bound=not is_backup_eligible)
    return acr.proofs_with_passkey(amr, proof).acr
