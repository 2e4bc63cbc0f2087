"""Registering a passkey.

Standard: Web Authentication Level 3, section 7.1.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import PasskeyHeld, PasskeyNotTaken, TooManyPasskeys
from services.gateway.models import passkeys
from services.gateway.people.challenges import LIFE, Ceremony, issue_challenge, spend_challenge
from services.gateway.people.entry_changes import SECURITY, check_sure_for_change
from services.gateway.people.passkeys.credential import (
    BROKEN,
    RelyingParty,
    challenge_of,
    digest_of,
    transports_of,
    user_handle,
)
from services.gateway.people.security_notices import PASSKEY_ADDED
from services.gateway.people.signed_in import account_of
from services.gateway.store import passkeys as store
from services.notices import notify
from services.vault import cipher_for

MOST = 20


def registration_options(
    session: Session, actor: Actor, party: RelyingParty, *, holder: str, user_name: str
) -> dict[str, Any]:
    """What the browser hands to `navigator.credentials.create()`.

    Standard: section 7.1 steps 1 and 2. The key must be discoverable, because nobody types a name at sign-in;
    user verification is preferred, since a key without it is worth less but not nothing.
    Raises: StepUpNeeded, TooManyPasskeys 409.
    """
    check_sure_for_change(session, actor)
    account = account_of(actor)
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
    account = account_of(actor)
    challenge = challenge_of(credential)
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
        "transports": transports_of(credential),
        "name_sealed": cipher_for(session, account).seal(passkeys.c.name_sealed, passkey, name),
        "created_at": session.at,
        "used_at": None,
    }
    if not store.add_passkey(session, digest_of(verified.credential_id), values):
        raise PasskeyHeld
    details: dict[str, str | int | bool | list[str]] = {
        "passkey": str(passkey),
        "user_verified": verified.user_verified,
    }
    audit.append(session, actor, "gateway.passkey.created", subject_id=account, details=details)
    notify(session, actor, subject_id=account, kind=PASSKEY_ADDED.name, facts={}, link=SECURITY)
    return passkey
