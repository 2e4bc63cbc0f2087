"""Why a registration is refused.

Standard: RFC 7591 section 3.2.2, RFC 7592 section 2, RFC 6750 section 3.
"""

from services.gateway.oauth.errors import OAuthError
from services.words import msgid


class InvalidRedirectUri(OAuthError):
    """An address may not be registered."""

    error = "invalid_redirect_uri"
    code = "gateway.invalid_redirect_uri"
    title = msgid("回调地址不能登记。用 https，或本机的 http 地址")

    def __init__(self, description: str = "A redirect URI may not be registered.") -> None:
        super().__init__(description)


class InvalidClientMetadata(OAuthError):
    """A field is malformed, contradicts another, or goes beyond what self-registered clients may have."""

    error = "invalid_client_metadata"
    code = "gateway.invalid_client_metadata"
    title = msgid("应用的登记资料有一处不对")


class UnapprovedSoftwareStatement(OAuthError):
    """Nobody is known here who could vouch for software."""

    error = "unapproved_software_statement"
    code = "gateway.unapproved_software_statement"
    title = msgid("这里不收软件声明")

    def __init__(self) -> None:
        super().__init__("Software statements are not accepted here.")


class RegistrationRefused(OAuthError):
    """The token is unknown, spent, expired or withdrawn, or belongs to another client: told apart nowhere."""

    error = "invalid_token"
    code = "gateway.registration_refused"
    status = 401
    title = msgid("登记用的令牌不对，或已经用过。请向管理员要新的")

    def __init__(self, *, given: bool) -> None:
        super().__init__("The access token for registration is missing or not good.")
        self._given = given

    @property
    def headers(self) -> dict[str, str]:
        """RFC 6750 section 3: without a token there is no error to tell."""
        return {"WWW-Authenticate": 'Bearer error="invalid_token"' if self._given else "Bearer"}
