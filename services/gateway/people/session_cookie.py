"""The page session as the browser carries it: a cookie holding a reference that only this suite opens.

It says who is signed in, so that the guard needs no database; that the session still lives is asked by the
first statement of every transaction.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import Request
from werkzeug.wrappers import Response

from services.gateway.people.acr import METHODS_OF
from services.ports import KeyRing
from services.settings import Settings
from services.web.current import current_settings

NAME = "citizen"
PURPOSE = "session"


@dataclass(frozen=True, slots=True)
class PageSession:
    """Who is signed in in a browser, how surely and since when; `kind` is resident or staff."""

    account: UUID
    session: UUID
    kind: str
    roles: tuple[str, ...]
    unit: str | None
    acr: str
    auth_time: datetime
    amr: tuple[str, ...] = ()


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and https; plain http on loopback cannot carry that."""
    return f"__Host-{NAME}" if settings.is_secure else NAME


def read_cookie(request: Request, keys: KeyRing) -> PageSession | None:
    """The page session a request carries, or None. Whether it still lives is not looked at here."""
    sealed = request.cookies.get(cookie_name(current_settings()))
    content = keys.open_reference(PURPOSE, sealed) if sealed else None
    if content is None:
        return None
    account, session, kind, roles, unit, acr, auth_time, *methods = json.loads(content)
    return PageSession(
        account=UUID(account),
        session=UUID(session),
        kind=kind,
        roles=tuple(roles),
        unit=unit,
        acr=acr,
        auth_time=datetime.fromtimestamp(auth_time, UTC),
        # A cookie of the release before this one says nothing of methods; its class tells them.
        amr=tuple(methods[0]) if methods and methods[0] else METHODS_OF.get(acr, ()),
    )


def seal_session(keys: KeyRing, page: PageSession) -> str:
    """The cookie's value. The instant is kept in whole seconds, as ID tokens state it."""
    content = [
        str(page.account),
        str(page.session),
        page.kind,
        list(page.roles),
        page.unit,
        page.acr,
        int(page.auth_time.timestamp()),
        list(page.amr),
    ]
    return keys.seal_reference(PURPOSE, json.dumps(content).encode())


def set_cookie(response: Response, keys: KeyRing, page: PageSession) -> None:
    """Sign the browser in. The cookie ends with the browser; the session has an end of its own."""
    settings = current_settings()
    response.set_cookie(
        cookie_name(settings),
        seal_session(keys, page),
        secure=settings.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_cookie(response: Response) -> None:
    """Sign the browser out."""
    settings = current_settings()
    response.delete_cookie(
        cookie_name(settings), secure=settings.is_secure, httponly=True, samesite="Lax", path="/"
    )
