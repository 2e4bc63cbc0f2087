"""Cookies that scripts and other sites do not see."""

from flask import request
from werkzeug.wrappers import Response

from services.web.current import current_settings


def keep_cookie(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Leave a cookie in the browser."""
    response.set_cookie(
        cookie_of(name),
        value,
        max_age=seconds,
        secure=current_settings().is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget_cookie(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie_of(name), secure=current_settings().is_secure, httponly=True, samesite="Lax", path="/"
    )


def cookie_of(name: str) -> str:
    """The full name of a cookie: bound to this host wherever https allows it."""
    return f"__Host-{name}" if current_settings().is_secure else name


def read_browser(name: str) -> str | None:
    """The value of a cookie of ours, under the name it bears here."""
    return request.cookies.get(cookie_of(name))
