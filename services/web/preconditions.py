"""ETag and If-Match (RFC 9110 section 13): nobody overwrites what they have not seen."""

from flask import Response, request

from services.errors import CitizenError
from services.words import msgid


class PreconditionFailed(CitizenError):
    """The row has changed since the caller read it."""

    code = "web.precondition_failed"
    status = 412
    title = msgid("别人刚改过。请重新打开，看过以后再改")


class PreconditionRequired(CitizenError):
    """The caller must say which version it has seen."""

    code = "web.precondition_required"
    status = 428
    title = msgid("请带上 If-Match，说明您看到的是哪一版")


def etag(version: int | str) -> str:
    """A strong entity tag of a version."""
    return f'"{version}"'


def with_etag(response: Response, version: int | str) -> Response:
    """Name the version; answer 304 when the reader already has it."""
    response.headers["ETag"] = etag(version)
    if etag(version) in {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}:
        response.status_code = 304
        response.set_data(b"")
    return response
