"""What a client that registers itself may have at most. Data, read by nothing but the registration."""

from collections.abc import Sequence

from services.gateway.catalogue import ScopeCatalogue
from services.gateway.client_rules import DEVICE_CODE
from services.gateway.oauth.registration.errors import InvalidClientMetadata

AUTH_METHODS = (
    "none",
    "client_secret_basic",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
)
# A person says yes at the beginning of each: machines' own access is given by the administrator.
GRANTS = ("authorization_code", "refresh_token", DEVICE_CODE)
HOLDER = "resident"
MOST_ADDRESSES = 20
LONGEST_NAME = 100


def check_policy(
    catalogue: ScopeCatalogue, *, auth_method: str, grants: Sequence[str], scopes: Sequence[str]
) -> None:
    """Whether somebody who registers alone may have this.

    Raises: InvalidClientMetadata naming the field.
    """
    if auth_method not in AUTH_METHODS:
        raise InvalidClientMetadata("token_endpoint_auth_method is not open to self-registered clients.")
    if set(grants) - set(GRANTS):
        raise InvalidClientMetadata("grant_types go beyond what self-registered clients may have.")
    if not all(catalogue.allowed(scope, HOLDER) for scope in scopes):
        raise InvalidClientMetadata("scope goes beyond what self-registered clients may have.")
