"""Passkeys: registered by a signed-in person, shown instead of a password, removed again."""

from services.gateway.people.passkeys.credential import RelyingParty, user_handle
from services.gateway.people.passkeys.own import Passkey, delete_passkey, list_passkeys
from services.gateway.people.passkeys.registering import MOST, create_passkey, registration_options
from services.gateway.people.passkeys.showing import Shown, authentication_options, verify_passkey

__all__ = [
    "MOST",
    "Passkey",
    "RelyingParty",
    "Shown",
    "authentication_options",
    "create_passkey",
    "delete_passkey",
    "list_passkeys",
    "registration_options",
    "user_handle",
    "verify_passkey",
]
