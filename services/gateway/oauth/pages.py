"""The pages a person meets on the way: may this application in, and sign out of everything."""

from urllib.parse import urlencode

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.database.session import Session
from services.gateway.oauth.authorization import Answer, Ask, ProveFirst, SignIn, answer_question, authorize
from services.gateway.oauth.authorization_details import Details
from services.gateway.oauth.authorization_request import read_asker, read_request
from services.gateway.oauth.consent_view import consent_view
from services.gateway.oauth.errors import OAuthError, StaleRequest
from services.gateway.oauth.frontchannel_logout import list_frames, signed_out_response
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.logout import LogoutRequest, end_page_session, read_logout_request
from services.gateway.oauth.page_answers import chosen_subject, go
from services.gateway.oauth.parameters import read_parameters
from services.gateway.oauth.pushed_request import Brought, read_brought, spend
from services.gateway.oauth.questions import mark_asked, open_question, read_asked_at, seal_question
from services.gateway.oauth.server import origin_of
from services.gateway.people.sessions import PageSession, clear_cookie, read_cookie
from services.gateway.people.step_up import step_up_page
from services.web.blueprints import PageBlueprint
from services.web.current import current_session
from services.web.declare import public
from services.web.headers import allow_form_target

blueprint = PageBlueprint("oauth_pages", "services.gateway", service="gateway")

CONSENT = "consent"
LOGOUT = "logout"
NOTHING = "nothing"
# In the address after the person said on the step-up page that they would rather not.
STEP_UP = "step_up"
WHY = "nobody may be signed in yet; whoever is, is found by the page session"


def _page() -> PageSession | None:
    return read_cookie(request, current_session().keys)


def _query() -> str:
    return request.query_string.decode("ascii", "replace")


@blueprint.get("/oauth/authorize")
@public(WHY, role=Role.GATEWAY)
def show_authorization() -> Response | str:
    """The authorization endpoint: answer the client, send to sign in, or ask."""
    session, issuer = current_session(), current_issuer()
    query = read_parameters(request.args.items(multi=True))
    try:
        brought = read_brought(session, issuer, query)
    except OAuthError as error:
        return go(read_asker(session, issuer, query).answer_error(error))
    asker = read_asker(session, issuer, brought.parameters)
    allow_form_target(origin_of(asker.redirect_uri))
    try:
        asked = read_request(issuer, brought.parameters, asker, is_pushed=brought.is_pushed)
        outcome = authorize(
            session,
            issuer,
            asker,
            asked,
            _page(),
            asked_at=read_asked_at(session.keys, _query()),
            has_declined=STEP_UP in request.args,
        )
    except OAuthError as error:
        return _answer(session, brought, asker.answer_error(error))
    match outcome:
        case Answer(url):
            return _answer(session, brought, url)
        case SignIn(again):
            return _to_sign_in(again=again)
        case ProveFirst(need):
            back = f"{request.path}?{mark_asked(session.keys, _query())}"
            return go(step_up_page(session.keys, need, back))
        case Ask():
            sealed = seal_question(session.keys, CONSENT, _query(), outcome.page)
            view = consent_view(session, issuer, asked, outcome, query=_query(), sealed=sealed)
            return render_template("gateway/consent.html", view=view, is_empty=NOTHING in request.args)


@blueprint.post("/oauth/consent")
@public(WHY, role=Role.GATEWAY)
def decide_consent() -> Response:
    """Carry out what the person decided."""
    session, issuer, page = current_session(), current_issuer(), _page()
    question = open_question(session.keys, CONSENT, request.form.get("question", ""), page)
    decision = request.form.get("decision")
    if page is None or decision not in {"allow", "deny"}:
        raise StaleRequest
    brought = read_brought(session, issuer, read_parameters(question.pairs))
    asker = read_asker(session, issuer, brought.parameters)
    try:
        asked = read_request(issuer, brought.parameters, asker, is_pushed=brought.is_pushed)
        chosen = tuple(request.form.getlist("scope")) if question.is_in_part else asked.scopes
        details = _chosen_details(asked.details) if question.is_in_part else asked.details
        if decision == "allow" and not chosen and not details:
            return _to_consent_again(question.query)
        answer = answer_question(
            session,
            issuer,
            asker,
            asked,
            page,
            allowed=decision == "allow",
            subject=chosen_subject(page),
            scopes=chosen,
            details=details,
        )
    except OAuthError as error:
        return _answer(session, brought, asker.answer_error(error))
    return _answer(session, brought, answer.url)


def _answer(session: Session, brought: Brought, url: str) -> Response:
    """Send the client its one answer; a pushed request is spent by it."""
    spend(session, brought)
    return go(url)


def _chosen_details(asked: Details) -> Details:
    ticked = set(request.form.getlist("detail"))
    return tuple(detail for index, detail in enumerate(asked) if str(index) in ticked)


def _to_consent_again(query: str) -> Response:
    """Nothing was ticked: the same page, which says so."""
    return go(f"/oauth/authorize?{query}" + ("" if f"&{NOTHING}=" in query else f"&{NOTHING}=chosen"))


def _to_sign_in(*, again: bool) -> Response:
    """The sign-in page, which comes back here. A session that stands but does not do is asked for again."""
    keys = current_session().keys
    next_path = f"{request.path}?{mark_asked(keys, _query()) if again else _query()}"
    return go(f"/?{urlencode({'next': next_path, **({'again': '1'} if again else {})})}")


@blueprint.get("/oauth/logout")
@public(WHY, role=Role.GATEWAY)
def show_logout() -> AnyResponse | str:
    """Sign out at once when the client proves whom it knows, else ask."""
    session, issuer, page = current_session(), current_issuer(), _page()
    asked = read_logout_request(session, issuer, read_parameters(request.args.items(multi=True)))
    if page is None:
        return go(asked.return_to or "/")
    if asked.is_about(session, page):
        return _signed_out(page, asked)
    if asked.return_to is not None:
        allow_form_target(origin_of(asked.return_to))
    return render_template(
        "gateway/logout.html",
        client=asked.client,
        question=seal_question(session.keys, LOGOUT, _query(), page),
    )


@blueprint.post("/oauth/logout/confirm")
@public(WHY, role=Role.GATEWAY)
def confirm_logout() -> AnyResponse:
    """Sign out because the person said so."""
    session, issuer, page = current_session(), current_issuer(), _page()
    question = open_question(session.keys, LOGOUT, request.form.get("question", ""), page)
    if page is None:
        raise StaleRequest
    asked = read_logout_request(session, issuer, read_parameters(question.pairs))
    return _signed_out(page, asked)


def _signed_out(page: PageSession, asked: LogoutRequest) -> AnyResponse:
    session = current_session()
    frames = list_frames(session, current_issuer().base_url, page.account, [page.session])
    end_page_session(session, page, client_id=asked.client.client_id if asked.client else None)
    response = signed_out_response(frames, asked.return_to or "/")
    clear_cookie(response)
    return response
