"""Letting somebody in who proved who they are, however they did: the session, its cookies, the way on."""

from typing import Any
from uuid import UUID

from flask import Response as PageResponse
from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.database.session import Session
from services.errors import CitizenError
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.pushed_request import find_asker
from services.gateway.oauth.server import origin_of
from services.gateway.people import devices, next_page
from services.gateway.people.acr import Proofs
from services.gateway.people.pages.cookies import keep_cookie, read_browser
from services.gateway.people.sessions import read_cookie, set_cookie
from services.gateway.people.sign_in import create_session
from services.ports import KeyRing
from services.web.current import current_actor
from services.web.headers import allow_form_target
from services.web.language import gettext


def enter(
    session: Session, account: UUID, wanted: str, proofs: Proofs, *, response: Response | None = None
) -> Response:
    """Sign the browser in and lead it on: by a redirect, unless the caller reads no pages and brings its answer.

    Effects: see `create_session`; the browser is known to this account from now on.
    """
    page = create_session(
        session,
        current_actor(),
        account=account,
        proofs=proofs,
        replaced=read_cookie(request, session.keys),
    )
    known = devices.remember_device(session, account, known_devices(session.keys))
    response = response or redirect(wanted, 303)
    set_cookie(response, session.keys, page)
    seconds = int(devices.REMEMBERED.total_seconds())
    keep_cookie(response, devices.NAME, devices.seal_devices(session.keys, known), seconds=seconds)
    return response


def let_answer_reach_client(session: Session, wanted: str) -> None:
    """A remembered consent redirects from here straight to the client: to CSP that is the form's target."""
    query = next_page.authorization_of(wanted)
    asker = None if query is None else find_asker(session, current_issuer(), query)
    if asker is not None:
        allow_form_target(origin_of(asker.redirect_uri))


def form_page(template: str, error: CitizenError | None, **values: Any) -> PageResponse:
    """A page with a form; where it is drawn again, with the sentence and the status of what was refused."""
    sentence = gettext(error.title) % error.facts if error is not None else None
    response = make_response(render_template(template, sentence=sentence, **values))
    if error is not None:
        response.status_code = error.status
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
    return response


def known_devices(keys: KeyRing) -> devices.Devices:
    """The accounts that this browser says it knows."""
    return devices.open_devices(keys, read_browser(devices.NAME))
