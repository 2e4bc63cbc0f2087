"""Passkeys: registered by a signed-in person, shown instead of a password, removed again.

Standard: Web Authentication Level 3, sections 7.1 (registering) and 7.2 (authenticating). Every failure of an
assertion is the same fact, so that nobody learns which credential exists.
"""

import hashlib
import struct
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from sqlalchemy import Row
from webauthn.helpers import options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.errors import (
    LastWayIn,
    PasskeyHeld,
    PasskeyNotTaken,
    PasskeyRefused,
    PasskeyUnknown,
    StepUpNeeded,
    TooManyPasskeys,
)
from services.gateway.models import passkeys
from services.gateway.people import acr
from services.gateway.people.challenges import LIFE, Ceremony, issue_challenge, spend_challenge
from services.gateway.people.security_notices import PASSKEY_ADDED, PASSKEY_COUNTER, PASSKEY_REMOVED
from services.gateway.store import passkeys as store
from services.gateway.store import people
from services.notices import notify
from services.vault import cipher_for
from services.web.declare import StepUp
from services.words import msgid

MOST = 20
# Changing how an account is entered needs somebody who proved lately who they are.
FRESH_SECONDS = 900
WHY_CHANGE = msgid("要改登录的办法，先再确认是您本人")
SECURITY = "/my/account/security"
TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)
# What the library lets through of broken CBOR, base64 and keys.
BROKEN = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This suite as authenticators know it: the host is the id, the address the only origin."""

    origin: str
    name: str

    @property
    def id(self) -> str:
        """The host of the address."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner's page shows it."""

    id: UUID
    name: str
    is_user_verified: bool
    is_synced: bool
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An assertion that holds: whose passkey, and what the authenticator said of itself."""

    account: UUID
    proof: acr.PasskeyProof


def need_for_change(session: Session, actor: Actor) -> StepUp:
    """How sure we must be of somebody who changes how this account is entered.

    Whoever only knows the password may not add to, or take from, what was set up before they signed in.
    """
    account = _account_of(actor)
    signed_in_at = actor.auth_time or session.at
    row = people.find_account(session, account)
    has_more = (row is not None and row.totp_sealed is not None) or any(
        passkey.created_at < signed_in_at for passkey in store.list_passkeys(session, account)
    )
    return StepUp(acr.ONE_TIME_PASSWORD if has_more else acr.PASSWORD, FRESH_SECONDS, WHY_CHANGE)


def check_sure_for_change(session: Session, actor: Actor) -> None:
    """Raises: StepUpNeeded when the actor proved who they are too weakly or too long ago for a change."""
    need = need_for_change(session, actor)
    is_fresh = acr.is_fresh(actor.auth_time, need.max_age, at=session.at)
    if not is_fresh or not acr.meets(actor.acr, need.acr):
        raise StepUpNeeded(need)


def list_passkeys(session: Session, actor: Actor) -> list[Passkey]:
    """The account's own passkeys, oldest first."""
    account = _account_of(actor)
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


def registration_options(
    session: Session, actor: Actor, party: RelyingParty, *, holder: str, user_name: str
) -> dict[str, Any]:
    """What the browser hands to `navigator.credentials.create()`.

    Standard: section 7.1 steps 1 and 2. The key must be discoverable, because nobody types a name at sign-in;
    user verification is preferred, since a key without it is worth less but not nothing.
    Raises: StepUpNeeded, TooManyPasskeys 409.
    """
    check_sure_for_change(session, actor)
    account = _account_of(actor)
    held = store.list_passkeys(session, account)
    if len(held) >= MOST:
        raise TooManyPasskeys
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_handle(session, account),
        user_name=user_name,
        challenge=issue_challenge(session, Ceremony.REGISTER, holder),
        timeout=int(LIFE.total_seconds()) * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential_id) for row in held],
    )
    return options_to_json_dict(options)


def create_passkey(
    session: Session,
    actor: Actor,
    party: RelyingParty,
    *,
    holder: str,
    credential: Mapping[str, Any],
    name: str,
) -> UUID:
    """Keep a new passkey of the actor's account.

    Standard: section 7.1 steps 3 to 27; attestation is not asked for, so it is not weighed.
    Effects: the challenge is spent, also by a failure; passkey, audit gateway.passkey.created, a notice to the owner.
    Raises: StepUpNeeded, PasskeyNotTaken 422, PasskeyHeld 409, TooManyPasskeys 409.
    """
    check_sure_for_change(session, actor)
    account = _account_of(actor)
    challenge = _challenge_of(credential)
    if challenge is None or not spend_challenge(session, Ceremony.REGISTER, holder, challenge):
        raise PasskeyNotTaken
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except BROKEN:
        raise PasskeyNotTaken from None
    if len(verified.credential_id) > 1023:
        raise PasskeyNotTaken
    if len(store.list_passkeys(session, account)) >= MOST:
        raise TooManyPasskeys
    passkey = ids.new_id()
    values = {
        "subject_id": account,
        "id": passkey,
        "credential_id": verified.credential_id,
        "public_key": verified.credential_public_key,
        "sign_count": verified.sign_count,
        "is_user_verified": verified.user_verified,
        "is_backup_eligible": verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        "is_backed_up": verified.credential_backed_up,
        "transports": _transports_of(credential),
        "name_sealed": cipher_for(session, account).seal(passkeys.c.name_sealed, passkey, name),
        "created_at": session.at,
        "used_at": None,
    }
    if not store.add_passkey(session, _digest(verified.credential_id), values):
        raise PasskeyHeld
    details: dict[str, str | int | bool | list[str]] = {
        "passkey": str(passkey),
        "user_verified": verified.user_verified,
    }
    audit.append(session, actor, "gateway.passkey.created", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=PASSKEY_ADDED.name, facts={}, link=SECURITY)
    return passkey


def authentication_options(
    session: Session, party: RelyingParty, *, ceremony: Ceremony, holder: str
) -> dict[str, Any]:
    """What the browser hands to `navigator.credentials.get()`; it names no credential, so it tells nothing."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=issue_challenge(session, ceremony, holder),
        timeout=int(LIFE.total_seconds()) * 1000,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json_dict(options)


def verify_passkey(
    session: Session,
    actor: Actor,
    party: RelyingParty,
    *,
    ceremony: Ceremony,
    holder: str,
    credential: Mapping[str, Any],
    account: UUID | None = None,
) -> Shown:
    """Check an assertion; with `account` it must be that account's.

    No counter of mistakes is looked at or changed: a signature cannot be guessed, and others' mistakes must not
    keep the owner out.

    Standard: section 7.2 steps 5 to 26.
    Effects: the challenge is spent and a failure audited, both outlast the error, unless nobody has such a passkey;
        counter and last use are noted.
    Raises: PasskeyRefused 401, whatever is wrong.
    """
    row = store.find_passkey_by_digest(session, _digest(_credential_id_of(credential)))
    if row is None or (account is not None and row.subject_id != account):
        raise PasskeyUnknown
    challenge = _challenge_of(credential)
    is_asked = challenge is not None and spend_challenge(session, ceremony, holder, challenge)
    if not is_asked or challenge is None or not _is_handle_of(session, credential, row.subject_id):
        _refuse(session, actor, row)
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            # The counter is judged below: the library would do it before it has checked the signature.
            credential_current_sign_count=0,
        )
    except BROKEN:
        _refuse(session, actor, row)
    is_eligible = verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    if is_eligible != row.is_backup_eligible or people.find_account(session, row.subject_id) is None:
        _refuse(session, actor, row)
    if not store.use_passkey(
        session,
        row.subject_id,
        row.id,
        count=verified.new_sign_count,
        is_backed_up=verified.credential_backed_up,
        is_verified=verified.user_verified,
    ):
        _refuse_copy(session, actor, row)
    proof = acr.PasskeyProof(is_user_verified=verified.user_verified, is_device_bound=not is_eligible)
    return Shown(row.subject_id, proof)


def delete_passkey(session: Session, actor: Actor, passkey: UUID) -> None:
    """Remove a passkey of the actor's account; it opens nothing from now on.

    Effects: audit gateway.passkey.removed, a notice to the owner.
    Raises: StepUpNeeded, NotFound 404, LastWayIn 409.
    """
    check_sure_for_change(session, actor)
    account = _account_of(actor)
    row = people.find_account(session, account)
    held = store.list_passkeys(session, account)
    has_password = row is not None and row.password_hash != ""
    if not has_password and [one.id for one in held] == [passkey]:
        raise LastWayIn
    credential_id = store.delete_passkey(session, account, passkey)
    if credential_id is None:
        raise NotFound
    store.delete_passkey_owner(session, _digest(credential_id))
    details = {"passkey": str(passkey)}
    audit.append(session, actor, "gateway.passkey.removed", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=PASSKEY_REMOVED.name, facts={}, link=SECURITY)


def user_handle(session: Session, account: UUID) -> bytes:
    """How authenticators know the account: nobody without our key can tell it from chance, or lead it back.

    Standard: section 14.6.1: it holds nothing about the person.
    """
    return session.keys.index("passkey-user-handle", str(account))


def _refuse(session: Session, actor: Actor, row: Row[Any]) -> NoReturn:
    details: dict[str, str | int | bool | list[str]] = {"uses": ["passkey"]}
    audit.append(session, actor, "gateway.session.refused", subject_id=row.subject_id, details=details)
    raise PasskeyRefused


def _refuse_copy(session: Session, actor: Actor, row: Row[Any]) -> NoReturn:
    """Section 6.1.1: a counter that went back says that the key may have been copied; the owner is told."""
    details = {"passkey": str(row.id)}
    audit.append(session, actor, "gateway.passkey.suspected", subject_id=row.subject_id, details=details)
    notify(session, actor, subject_id=row.subject_id, kind=PASSKEY_COUNTER.name, facts={}, link=SECURITY)
    raise PasskeyRefused


def _challenge_of(credential: Mapping[str, Any]) -> bytes | None:
    """The challenge that the authenticator answered; None when it cannot be read, or another site frames us."""
    try:
        client_data = parse_client_data_json(_bytes_of(credential["response"]["clientDataJSON"]))
        challenge = client_data.challenge
    except BROKEN:
        return None
    return None if client_data.cross_origin else challenge


def _credential_id_of(credential: Mapping[str, Any]) -> bytes:
    try:
        return _bytes_of(credential["rawId"])
    except BROKEN:
        return b""


def _is_handle_of(session: Session, credential: Mapping[str, Any], account: UUID) -> bool:
    """Section 7.2 step 6: a user handle that came along must be the credential owner's."""
    try:
        handle = credential["response"].get("userHandle")
        return handle is None or _bytes_of(handle) == user_handle(session, account)
    except BROKEN:
        return False


def _transports_of(credential: Mapping[str, Any]) -> Sequence[str]:
    given = credential["response"].get("transports")
    words = given if isinstance(given, list) else []
    return sorted(TRANSPORTS.intersection(word for word in words if isinstance(word, str)))


def _bytes_of(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _digest(credential_id: bytes) -> bytes:
    return hashlib.sha256(credential_id).digest()


def _account_of(actor: Actor) -> UUID:
    if actor.account is None:
        raise NotFound
    return actor.account
