"""OAuth errors: each a fact with its standard's code, answered as `{error, error_description}`.

Standard: RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect Core section 3.1.2.6, RFC 8707 section 2.
"""

from typing import ClassVar

from services.errors import CitizenError
from services.words import msgid


class OAuthError(CitizenError):
    """An error of a standard; `error` is its code there, `description` plain ASCII for a client's developer.

    Descriptions never hold a value from the request: they travel in redirects and in others' logs.
    """

    error: ClassVar[str] = "invalid_request"
    code = "gateway.invalid_request"
    status = 400
    title = msgid("这个应用发来的请求不对，没有办。请回到应用里重新开始")

    def __init__(self, description: str) -> None:
        super().__init__()
        self.description = description

    @property
    def headers(self) -> dict[str, str]:
        """Headers that the answer must carry beside the body."""
        return {}


class InvalidRequest(OAuthError):
    """A parameter is missing, repeated, malformed or not allowed here."""


class InvalidClient(OAuthError):
    """The client is unknown, disabled, or did not prove that it is itself: told apart nowhere."""

    error = "invalid_client"
    code = "gateway.invalid_client"
    status = 401
    title = msgid("没有认出这个应用。请检查它的编号和密钥")

    def __init__(self, description: str = "Client authentication failed.") -> None:
        super().__init__(description)

    @property
    def headers(self) -> dict[str, str]:
        """RFC 6749 section 5.2: a 401 names the scheme by which a client may authenticate."""
        return {"WWW-Authenticate": 'Basic realm="oauth", charset="UTF-8"'}


class InvalidGrant(OAuthError):
    """The code or refresh token is unknown, spent, expired, another client's, or its grant has ended."""

    error = "invalid_grant"
    code = "gateway.invalid_grant"
    title = msgid("这次授权已经用过或结束了。请重新授权")


class ReplayedGrant(InvalidGrant):
    """A code or refresh token came a second time: its whole grant is revoked, and that must last."""

    code = "gateway.grant_replayed"
    title = msgid("同一个授权凭据用了第二次，为了安全，这次授权已经停止。请重新授权")
    keeps_effects = True


class LostGrant(InvalidGrant):
    """What the grant stood on has ended (a role, a relation, an account): it is revoked for good."""

    code = "gateway.grant_lost"
    title = msgid("这次授权依据的身份已经变了，授权已经停止。请重新授权")
    keeps_effects = True


class LostMandate(InvalidRequest):
    """RFC 8693 section 2.2.2: what the subject token stood on has ended; its grant is revoked for good."""

    code = "gateway.mandate_lost"
    title = msgid("这次授权依据的身份已经变了，授权已经停止。请重新授权")
    keeps_effects = True


class UnauthorizedClient(OAuthError):
    """The client is not registered for this grant."""

    error = "unauthorized_client"
    code = "gateway.unauthorized_client"
    title = msgid("这个应用没有登记这种授权方式")


class UnsupportedGrantType(OAuthError):
    """No such grant here."""

    error = "unsupported_grant_type"
    code = "gateway.unsupported_grant_type"
    title = msgid("没有这种授权方式")


class UnsupportedResponseType(OAuthError):
    """Only the authorization code flow is offered."""

    error = "unsupported_response_type"
    code = "gateway.unsupported_response_type"
    title = msgid("没有这种授权方式")


class InvalidScope(OAuthError):
    """A scope is unknown, beyond the client's registration, the person's roles or the grant."""

    error = "invalid_scope"
    code = "gateway.invalid_scope"
    title = msgid("这个应用要的范围超过了它能要的。请与应用的开发者联系")


class InvalidTarget(OAuthError):
    """`resource` names no service of ours, or one that the scopes do not reach."""

    error = "invalid_target"
    code = "gateway.invalid_target"
    title = msgid("这个应用要去的服务不存在，或它没有那里的范围")


class InvalidAuthorizationDetails(OAuthError):
    """RFC 9396 section 5: a detail is unknown, malformed, not registered, or beyond what was granted."""

    error = "invalid_authorization_details"
    code = "gateway.invalid_authorization_details"
    title = msgid("这个应用要的范围超过了它能要的。请与应用的开发者联系")


class AccessDenied(OAuthError):
    """The person said no."""

    error = "access_denied"
    code = "gateway.access_denied"
    title = msgid("您没有允许，应用什么也没有得到")


class AuthorizationPending(OAuthError):
    """RFC 8628 section 3.5: the person has not answered yet; that the device asked is remembered."""

    error = "authorization_pending"
    code = "gateway.authorization_pending"
    title = msgid("还在等您在另一台设备上答复")
    keeps_effects = True


class SlowDown(OAuthError):
    """RFC 8628 section 3.5: as before, and the device asks too often."""

    error = "slow_down"
    code = "gateway.slow_down"
    title = msgid("设备问得太勤了")
    keeps_effects = True


class ExpiredToken(OAuthError):
    """RFC 8628 section 3.5: nobody answered in time."""

    error = "expired_token"
    code = "gateway.expired_token"
    title = msgid("设备上的代码过期了。请在设备上重新开始")


class LoginRequired(OAuthError):
    """Nobody suitable is signed in, and the client asked not to show a page."""

    error = "login_required"
    code = "gateway.login_required"
    title = msgid("要先登录")


class ConsentRequired(OAuthError):
    """The person has not agreed to this yet, and the client asked not to show a page."""

    error = "consent_required"
    code = "gateway.consent_required"
    title = msgid("要先得到您的允许")


class InteractionRequired(OAuthError):
    """The person has to choose for whom, and the client asked not to show a page."""

    error = "interaction_required"
    code = "gateway.interaction_required"
    title = msgid("要先选为谁办")


class UnmetAuthenticationRequirements(OAuthError):
    """The person was not, or would not be, authenticated as surely as the client wants.

    Standard: RFC 9470 section 5.
    """

    error = "unmet_authentication_requirements"
    code = "gateway.unmet_authentication_requirements"
    title = msgid("应用要更可靠地确认是您本人，这次没有做到")


class InvalidRequestObject(OAuthError):
    """The signed request is malformed, not the client's, expired, or for another server.

    Standard: RFC 9101 section 7.
    """

    error = "invalid_request_object"
    code = "gateway.invalid_request_object"
    title = msgid("这个应用的签名请求不对，没有办。请回到应用里重新开始")

    def __init__(self, description: str = "The request object is not valid.") -> None:
        super().__init__(description)


class RequestUriNotSupported(OAuthError):
    """Request objects by reference are not offered."""

    error = "request_uri_not_supported"
    code = "gateway.request_uri_not_supported"
    title = msgid("这里不收引用的请求对象")


class RegistrationNotSupported(OAuthError):
    """Clients do not describe themselves in a request."""

    error = "registration_not_supported"
    code = "gateway.registration_not_supported"
    title = msgid("应用要先登记，不能在请求里自报")


class UnknownAsker(CitizenError):
    """Who asks, or where the answer should go, is not registered: a page, never a redirect.

    Standard: RFC 6749 section 4.1.2.1, RFC 9700 section 4.11.
    """

    code = "gateway.unknown_asker"
    status = 400
    title = msgid(
        "这个应用没有登记，或者它要把您送到没有登记的地址，所以停在这里。请回到应用，或告诉它的开发者"
    )


class StaleRequest(CitizenError):
    """The consent or logout page was left open too long, or belongs to another session."""

    code = "gateway.stale_request"
    status = 400
    title = msgid("这一页已经过期，什么也没有授权。请回到应用里重新开始")


class UserCodeUnknown(CitizenError):
    """No device that waits shows this code; the guess is counted."""

    code = "gateway.user_code_unknown"
    status = 404
    title = msgid("没有设备在等这个代码。照设备上显示的再输一次，过期了就在设备上重新开始")
    keeps_effects = True


class DeviceAnswered(CitizenError):
    """The device was allowed or denied before."""

    code = "gateway.device_answered"
    status = 409
    title = msgid("这台设备已经答复过了，这次什么也没有改变")


class DeviceNotForAccount(CitizenError):
    """The device asks for what this kind of account may not hold."""

    code = "gateway.device_not_for_account"
    status = 403
    title = msgid("这台设备要的范围不属于您的账户，没有允许。请用另一个账户登录")
