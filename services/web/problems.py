"""Turns every failure into an answer, in one place: problem+json, a page, or a standard's own shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, current_app, g, render_template, request
from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException

from services.errors import CitizenError, NotFound, Unavailable
from services.web.blueprints import ApiBlueprint, PageBlueprint
from services.web.json_writer import json_response
from services.web.language import gettext
from services.words import msgid

log = structlog.get_logger(__name__)

BUSY = ("40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "53100", "XX000")

HTTP_TITLES = {
    400: ("web.bad_request", msgid("请求不完整或不能识别，请检查后再试")),
    401: ("web.unauthorized", msgid("请先登录")),
    403: ("web.forbidden", msgid("您现在的身份不能办这件事。换账户，或回首页")),
    404: ("web.not_found", NotFound.title),
    405: ("web.method_not_allowed", msgid("这个网址不接受这种请求方式")),
    409: ("web.conflict", msgid("别人刚改过，刷新以后再试")),
    413: ("web.too_large", msgid("内容太大，请分开或压缩后再试")),
    414: ("web.too_long", msgid("网址太长")),
    415: ("web.unsupported_media_type", msgid("内容的格式不对，请按接口说明发送")),
    421: ("web.misdirected", msgid("这个网址不由我们回答")),
    422: ("web.invalid_fields", msgid("有 %(count)d 处要改")),
    429: ("web.too_many_requests", msgid("试得太快了，%(seconds)d 秒后再试")),
}


class Conflict(CitizenError):
    """Somebody else wrote the same thing first."""

    code = "web.conflict"
    status = 409
    title = HTTP_TITLES[409][1]


@dataclass(slots=True)
class Problem:
    """What went wrong, before it takes a standard's shape (RFC 9457 is the default)."""

    status: int
    code: str
    title: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    request_id: str = ""

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457 and our own `code`, `request_id`, `errors`."""
        shown: dict[str, Any] = {
            "type": f"/docs/errors/{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "request_id": self.request_id,
        }
        if self.errors:
            shown["errors"] = self.errors
        return shown


def register(app: Flask) -> None:
    """Answer for every exception that leaves a view; after the API registry, which brings a handler of its own."""
    app.register_error_handler(HTTPException, answer_error)
    app.register_error_handler(Exception, answer_error)


def answer_error(error: Exception) -> Response:
    """The answer to a failure in the shape that its route speaks."""
    problem = problem_of(error)
    problem.request_id = g.get("citizen_request_id", "")
    blueprint = current_app.blueprints.get(request.blueprint or "") or _standard_base()
    renderer: Callable[[Problem], Response] | None = getattr(blueprint, "problem_renderer", None)
    if renderer is not None:
        response = renderer(problem)
    elif isinstance(blueprint, PageBlueprint) or (blueprint is None and _wants_page()):
        response = Response(render_template("web/problem.html", problem=problem), problem.status)
    else:
        response = json_response(problem.as_json(), problem.status, "application/problem+json")
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def _standard_base() -> ApiBlueprint | None:
    """Whose address an unrouted request (404, 405) has: a standard's base answers these in its own shape too."""
    for blueprint in current_app.blueprints.values():
        if not isinstance(blueprint, ApiBlueprint) or blueprint.problem_renderer is None:
            continue
        if blueprint.url_prefix and f"{request.path}/".startswith(f"{blueprint.url_prefix}/"):
            return blueprint
    return None


def _wants_page() -> bool:
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html"


def problem_of(error: Exception) -> Problem:
    """The problem an exception stands for; what nobody expected is logged and says nothing."""
    if isinstance(error, CitizenError):
        return _of_citizen_error(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, ValidationError):
        return _of_fields(error.messages_dict)
    if isinstance(error, PoolTimeout):
        return _of_citizen_error(Unavailable(seconds=2))
    if isinstance(error, DBAPIError | psycopg.Error):
        return _of_database(error)
    log.error("unexpected", exc_info=(type(error), error, error.__traceback__))
    return _of_citizen_error(CitizenError())


def _of_citizen_error(error: CitizenError) -> Problem:
    sentence = gettext(error.title)
    title = sentence % error.facts if error.facts and "%(" in sentence else sentence
    headers = dict(getattr(error, "headers", {}))
    if error.status in {429, 503}:
        headers.setdefault("Retry-After", str(error.retry_after or 5))
    errors = list(getattr(error, "errors", []))
    if error.field:
        errors.append({"field": error.field, "expected": gettext(str(error.facts.get("expected", title)))})
    return Problem(error.status, error.code, title, errors, headers)


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    if "messages" in data:
        return _of_fields(data["messages"])
    code, sentence = HTTP_TITLES.get(status, ("web.unexpected", CitizenError.title))
    if status == 302 or status < 400:
        status, code = 500, "web.unexpected"
    title = gettext(sentence)
    headers = {}
    if status in {429, 503}:
        headers["Retry-After"] = "5"
        title %= {"seconds": 5} if "%(" in title else {}
    if status == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return Problem(status, code, title, [], headers)


def _of_fields(messages: Mapping[str, Any]) -> Problem:
    errors = list(_flatten(messages, ""))
    title = gettext(HTTP_TITLES[422][1]) % {"count": len(errors)}
    return Problem(422, "web.invalid_fields", title, errors)


def _flatten(messages: Any, path: str) -> list[dict[str, str]]:
    """Each wrong field as a JSON pointer and what was expected; marshmallow's own texts never hold values."""
    if isinstance(messages, Mapping):
        found = []
        for name, inner in messages.items():
            place = (
                path
                if path == "" and name in {"json", "query", "form", "files", "headers", "path"}
                else f"{path}/{name}"
            )
            found += _flatten(inner, place)
        return found
    texts = messages if isinstance(messages, list | tuple) else [messages]
    return [{"field": path or "/", "expected": str(text)} for text in texts]


def _of_database(error: DBAPIError | psycopg.Error) -> Problem:
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state in {"23505", "23P01"}:
        return _of_citizen_error(Conflict())
    if state in BUSY or (state is None and isinstance(cause, psycopg.OperationalError)):
        return _of_citizen_error(Unavailable(seconds=5))
    if state in {"22021", "22P05"}:
        return _of_http(BadRequest())
    log.error("database error", kind=state, exc_info=(type(error), error, error.__traceback__))
    return _of_citizen_error(CitizenError())
