"""The authenticator app of an account: set up with a code from it, asked at every sign-in, taken off again.

Standard: RFC 6238; the address of the QR code is Google Authenticator's key URI, which all apps read.
"""

import json
from datetime import datetime, timedelta

import pyotp
import segno

from services import audit, clock
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import NotFound
from services.gateway.errors import CodeAlreadySet, CodeNeeded, CodeNotSet, SecondFactorRefused, SecretExpired
from services.gateway.models import accounts
from services.gateway.people import recovery_codes, throttle, totp
from services.gateway.people.entry_changes import SECURITY, check_sure_for_change
from services.gateway.people.security_notices import CODE_REMOVED, CODE_SET
from services.gateway.people.signed_in import account_of
from services.gateway.store import passkeys as passkey_store
from services.gateway.store import people as store
from services.notices import notify
from services.ports import KeyRing
from services.vault import seal

LIFE = timedelta(minutes=30)
PURPOSE = "authenticator-secret"
# What the app shows; it names nobody, because phones are seen by others too.
ISSUER, LABEL = "Citizen Services", "citizen"


def check_may_set(session: Session, actor: Actor) -> None:
    """Raises: StepUpNeeded, CodeAlreadySet 409 when the actor's account may not get an authenticator now."""
    check_sure_for_change(session, actor)
    row = store.find_account(session, account_of(actor))
    if row is None:
        raise NotFound
    if row.totp_sealed is not None:
        raise CodeAlreadySet


def propose_secret(session: Session, actor: Actor) -> tuple[str, str]:
    """A fresh secret and its sealed form for the page's own form: nothing is kept before a code proves it arrived."""
    secret = totp.new_secret()
    content = json.dumps([str(account_of(actor)), secret, session.at.isoformat()]).encode()
    return secret, session.keys.seal_reference(PURPOSE, content)


def read_secret(keys: KeyRing, actor: Actor, sealed: str) -> str:
    """The secret that a form carries.

    Raises: SecretExpired when it is old, altered or another account's.
    """
    content = keys.open_reference(PURPOSE, sealed)
    if content is None:
        raise SecretExpired
    account, secret, shown_at = json.loads(content)
    if account != str(account_of(actor)) or clock.now() - datetime.fromisoformat(shown_at) > LIFE:
        raise SecretExpired
    return str(secret)


def enable_code(session: Session, actor: Actor, *, secret: str, code: str, policy: str) -> list[str]:
    """Ask for a code at every sign-in from now on.

    Effects: sealed secret, the code's time step spent, ten recovery codes (returned, to be shown once), audit
        gateway.code.enabled, a notice to the owner. A wrong code counts, and that outlasts the error.
    Raises: StepUpNeeded, CodeAlreadySet 409, SecondFactorRefused 401, TooManyAttempts 429.
    """
    check_may_set(session, actor)
    account = account_of(actor)
    counters = throttle.otp_counters(session.keys, policy, account)
    throttle.check_free(session, counters)
    step = totp.find_step(secret, code, at=session.at, last_step=None)
    if step is None:
        throttle.record_mistake(session, counters)
        raise SecondFactorRefused
    throttle.settle_success(session, counters)
    sealed = seal(session, accounts.c.totp_sealed, account, account, secret)
    if not store.set_totp(session, account, sealed, step):
        raise CodeAlreadySet
    audit.append(session, actor, "gateway.code.enabled", subject_id=account)
    notify(session, actor, subject_id=account, kind=CODE_SET.name, facts={}, link=SECURITY)
    return recovery_codes.replace(session, actor, account)


def remove_code(session: Session, actor: Actor) -> None:
    """Ask for no code any more.

    Effects: secret and recovery codes are gone; audit gateway.code.removed, a notice to the owner.
    Raises: StepUpNeeded, CodeNeeded 409 for staff, CodeNotSet 409.
    """
    check_sure_for_change(session, actor)
    if actor.kind is ActorKind.STAFF:
        raise CodeNeeded
    account = account_of(actor)
    if not store.clear_totp(session, account):
        raise CodeNotSet
    passkey_store.delete_recovery_codes(session, account)
    audit.append(session, actor, "gateway.code.removed", subject_id=account)
    notify(session, actor, subject_id=account, kind=CODE_REMOVED.name, facts={}, link=SECURITY)


def qr_svg(secret: str) -> str:
    """The secret as a QR code: inline SVG without any style, sized by classes."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=LABEL, issuer_name=ISSUER)
    code = segno.make(uri, error="m")
    svg: str = code.svg_inline(scale=5, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return svg
