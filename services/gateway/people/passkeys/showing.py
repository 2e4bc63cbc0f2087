"""Showing a passkey instead of a password.

Standard: Web Authentication Level 3, section 7.2. Every failure of an assertion is the same fact, so that nobody
learns which credential exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

import webauthn
from sqlalchemy import Row
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import CredentialDeviceType, UserVerificationRequirement

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import PasskeyRefused, PasskeyUnknown
from services.gateway.people import acr
from services.gateway.people.challenges import LIFE, Ceremony, issue_challenge, spend_challenge
from services.gateway.people.entry_changes import SECURITY
from services.gateway.people.passkeys.credential import (
    BROKEN,
    RelyingParty,
    challenge_of,
    credential_id_of,
    digest_of,
    is_handle_of,
)
from services.gateway.people.security_notices import PASSKEY_COUNTER
from services.gateway.store import passkeys as store
from services.gateway.store import people
from services.notices import notify


@dataclass(frozen=True, slots=True)
class Shown:
    """An assertion that holds: whose passkey, and what the authenticator said of itself."""

    account: UUID
    proof: acr.PasskeyProof


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
    row = store.find_passkey_by_digest(session, digest_of(credential_id_of(credential)))
    if row is None or (account is not None and row.subject_id != account):
        raise PasskeyUnknown
    challenge = challenge_of(credential)
    is_asked = challenge is not None and spend_challenge(session, ceremony, holder, challenge)
    if not is_asked or challenge is None or not is_handle_of(session, credential, row.subject_id):
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
