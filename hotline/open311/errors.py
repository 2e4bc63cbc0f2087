"""What GeoReport v2 refuses, beside what the hotline refuses anyway."""

from services.errors import CitizenError
from services.words import msgid


class ApiKeyRefused(CitizenError):
    """No api_key, or none that lives."""

    code = "hotline.open311_api_key_refused"
    status = 403
    title = msgid("api_key 没有或不对，请求没有提交")


class ServiceUnknown(CitizenError):
    """No service has this code."""

    code = "hotline.open311_service_unknown"
    status = 404
    title = msgid("没有这个 service_code，先看服务列表")


class JurisdictionUnknown(CitizenError):
    """The endpoint serves one jurisdiction, and it is not this one."""

    code = "hotline.open311_jurisdiction_unknown"
    status = 404
    title = msgid("没有这个 jurisdiction_id，这里是 %(own)s")


class RequestUnknown(CitizenError):
    """No public request has this id."""

    code = "hotline.open311_request_unknown"
    status = 404
    title = msgid("没有这个 service_request_id，或它不公开")


class TokenUnknown(CitizenError):
    """Nothing was filed under this token."""

    code = "hotline.open311_token_unknown"
    status = 404
    title = msgid("没有这个 token")


class ArgumentMissing(CitizenError):
    """An argument that the standard requires did not come."""

    code = "hotline.open311_argument_missing"
    status = 400
    title = msgid("缺少 %(name)s")


class ArgumentWrong(CitizenError):
    """An argument came that cannot be read."""

    code = "hotline.open311_argument_wrong"
    status = 400
    title = msgid("有一个参数写得不对")
