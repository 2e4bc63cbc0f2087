"""`/device`: a person types the code that a kiosk shows, reads who asks for what, and allows or denies.

Standard: RFC 8628 section 3.3. A code that came in the address is shown and confirmed all the same (sections
3.3.1 and 5.4), since a link may come from a stranger.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from services.database.roles import Role
from services.errors import CitizenError
from services.gateway import consent
from services.gateway.errors import TooManyAttempts
from services.gateway.oauth.consent_view import consent_facts
from services.gateway.oauth.device_grant.authorization import PAGE
from services.gateway.oauth.device_grant.decision import Device, answer_device, find_device
from services.gateway.oauth.device_grant.user_codes import show_user_code
from services.gateway.oauth.errors import (
    DeviceAnswered,
    DeviceNotForAccount,
    StaleRequest,
    UserCodeUnknown,
)
from services.gateway.oauth.holders import find_holder, may_hold
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.page_answers import chosen_subject, go
from services.gateway.oauth.questions import open_question, seal_question
from services.gateway.people.sessions import PageSession, read_cookie
from services.gateway.store.oauth import find_live_session
from services.web.blueprints import PageBlueprint
from services.web.current import current_session, current_settings
from services.web.declare import public
from services.web.language import gettext

blueprint = PageBlueprint("device_pages", "services.gateway", service="gateway")

DECISION = "device"
USER_CODE = "user_code"
NOTHING = "nothing"
WHY = "nobody may be signed in yet; whoever is, is found by the page session"


def _page() -> PageSession | None:
    """Who is signed in, if the session still lives."""
    session = current_session()
    page = read_cookie(request, session.keys)
    if page is None or find_live_session(session, page.account, page.session) is None:
        return None
    return page


@blueprint.get(PAGE)
@public(WHY, role=Role.GATEWAY)
def show_device() -> Response:
    """The field for the code; with a code, the question."""
    page = _page()
    if page is None:
        return go(f"/?{urlencode({'next': request.full_path.rstrip('?')})}")
    if not request.args.get(USER_CODE):
        return make_response(render_template("gateway/device.html", sentence=None))
    return _question(page, _find(page, request.args[USER_CODE]))


@blueprint.post(f"{PAGE}/decide")
@public(WHY, role=Role.GATEWAY)
def decide_device() -> Response:
    """Carry out what the person decided about the device that the page showed."""
    session, page = current_session(), _page()
    question = open_question(session.keys, DECISION, request.form.get("question", ""), page)
    decision = request.form.get("decision")
    if page is None or decision not in {"allow", "deny"}:
        raise StaleRequest
    device = _find(page, dict(question.pairs)[USER_CODE])
    chosen = tuple(request.form.getlist("scope")) if question.is_in_part else device.scopes
    if decision == "allow" and not chosen:
        return go(
            f"{PAGE}?{question.query}" + ("" if f"&{NOTHING}=" in question.query else f"&{NOTHING}=yes")
        )
    allowed = answer_device(
        session,
        current_issuer(),
        device,
        page,
        allowed=decision == "allow",
        subject=chosen_subject(page),
        scopes=chosen,
    )
    return go(f"{PAGE}/{'allowed' if allowed else 'denied'}")


@blueprint.get(f"{PAGE}/allowed")
@public("says only that something was done", role=None)
def show_allowed() -> str:
    """Back to the device."""
    return render_template("gateway/device_answered.html", is_allowed=True)


@blueprint.get(f"{PAGE}/denied")
@public("says only that nothing was done", role=None)
def show_denied() -> str:
    """Nothing was allowed."""
    return render_template("gateway/device_answered.html", is_allowed=False)


@blueprint.errorhandler(UserCodeUnknown)
@blueprint.errorhandler(DeviceAnswered)
@blueprint.errorhandler(DeviceNotForAccount)
@blueprint.errorhandler(TooManyAttempts)
def show_field_again(error: CitizenError) -> Response:
    """The field once more, with a plain sentence."""
    sentence = gettext(error.title) % error.facts
    response = make_response(render_template("gateway/device.html", sentence=sentence))
    response.status_code = error.status
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _find(page: PageSession, user_code: str) -> Device:
    settings = current_settings()
    return find_device(
        current_session(),
        page,
        user_code=user_code,
        address=request.remote_addr or "",
        policy=settings.throttle_policy,
    )


def _question(page: PageSession, device: Device) -> Response:
    session, issuer = current_session(), current_issuer()
    holder = find_holder(session, page.account)
    if holder is None or not may_hold(issuer, holder, device.scopes):
        raise DeviceNotForAccount
    query = request.query_string.decode("ascii", "replace")
    facts: dict[str, Any] = consent_facts(
        session,
        issuer,
        device.client,
        device.scopes,
        page,
        consent.list_people(
            session,
            page.account,
            kind=holder.kind,
            services=issuer.catalogue.packages(device.scopes),
        ),
        path=PAGE,
        query=query,
        sealed=seal_question(session.keys, DECISION, query, page),
    )
    shown = render_template(
        "gateway/device_consent.html",
        view=facts,
        user_code=show_user_code(device.user_code),
        is_empty=NOTHING in request.args,
    )
    return make_response(shown)
