"""`/`: the sign-in form, or home to whoever is signed in; and the way from one to the other."""

from typing import Any

from flask import Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.actor import ActorKind
from services.database.roles import Role
from services.database.session import Session
from services.errors import CitizenError, Unavailable
from services.gateway.errors import SecondFactorRefused, SignInExpired, SignInRefused, TooManyAttempts
from services.gateway.oauth.frontchannel_logout import Frame, list_frames, signed_out_response
from services.gateway.people import next_page, pending
from services.gateway.people.acr import Proofs
from services.gateway.people.pages.blueprint import blueprint, redrawn
from services.gateway.people.pages.cookies import forget_cookie, keep_cookie, read_browser
from services.gateway.people.pages.entering import (
    enter,
    form_page,
    known_devices,
    let_answer_reach_client,
)
from services.gateway.people.session_origins import mark_seen
from services.gateway.people.sessions import clear_cookie, end_session, read_cookie
from services.gateway.people.sign_in import Origin, verify_password, verify_second_factor
from services.web.current import (
    current_actor,
    current_keys,
    current_manifests,
    current_session,
    current_settings,
)
from services.web.declare import public, signed_in
from services.web.forms import FormExpired
from services.web.home import render_home
from services.web.problems import answer_error

WHY = "who comes to sign in is nobody yet"
SIGN_IN = f"{blueprint.name}.verify_sign_in"
CODE = f"{blueprint.name}.verify_code"

# What is typed here must leave no trace, and signing in twice does no harm.
blueprint.unrecorded |= {SIGN_IN, CODE}


@blueprint.get("/")
@public("shows the sign-in form, or sends whoever is signed in home")
def show_front_door() -> AnyResponse:
    """Home when the session lives, else the form: both are views, each in a transaction of its own."""
    if read_cookie(request, current_keys()) is None or "again" in request.args:
        return _view("show_sign_in")
    answer = _view("show_home")
    if answer.status_code == 303:
        # The session behind the cookie has ended: home itself has sent the reader to sign in.
        answer = _view("show_sign_in")
        clear_cookie(answer)
        return answer
    wanted = next_page.safe_next(request.args.get("next"))
    return answer if wanted == next_page.HOME else redirect(wanted, 303)


@blueprint.get("/my")
@signed_in()
def show_home() -> str:
    """What needs the reader now, across the five services; for staff, where their work is."""
    actor = current_actor()
    mark_seen(
        current_session(),
        actor,
        user_agent=request.headers.get("User-Agent", ""),
        address=request.remote_addr or "",
    )
    if actor.kind is ActorKind.STAFF:
        return render_template("web/console.html")
    return render_home(current_session(), actor, current_manifests())


@blueprint.get("/sign-in")
@public(WHY, role=Role.GATEWAY)
def show_sign_in() -> Response:
    """The form with user name and password."""
    wanted = next_page.safe_next(request.args.get("next"))
    let_answer_reach_client(current_session(), wanted)
    return _sign_in_page(wanted)


@blueprint.post("/sign-in")
@public(WHY, role=Role.GATEWAY)
def verify_sign_in() -> AnyResponse:
    """Check the password, then sign in or ask for the code."""
    session = current_session()
    wanted = next_page.open_next(session.keys, request.form.get("next"))
    let_answer_reach_client(session, wanted)
    verified = verify_password(
        session,
        current_actor(),
        username=request.form.get("username", ""),
        password=request.form.get("password", ""),
        origin=Origin(request.remote_addr or "", known_devices(session.keys)),
        policy=current_settings().throttle_policy,
    )
    if not verified.needs_code:
        return enter(session, verified.account, wanted, Proofs(password=True))
    response = redirect("/sign-in/otp", 303)
    waiting = pending.PendingSignIn(verified.account, wanted, session.at)
    keep_cookie(
        response, pending.NAME, pending.seal_pending(session.keys, waiting), seconds=pending.LIFE.seconds
    )
    return response


@blueprint.get("/sign-in/otp")
@public(WHY, role=Role.GATEWAY)
def show_code() -> AnyResponse:
    """The form with the one field for the code."""
    session = current_session()
    let_answer_reach_client(session, _pending(session).next_page)
    return _code_page()


@blueprint.post("/sign-in/otp")
@public(WHY, role=Role.GATEWAY)
def verify_code() -> AnyResponse:
    """Check and spend the code, then sign in."""
    session = current_session()
    waiting = _pending(session)
    let_answer_reach_client(session, waiting.next_page)
    verify_second_factor(
        session,
        current_actor(),
        account=waiting.account,
        code=request.form.get("otp", ""),
        policy=current_settings().throttle_policy,
    )
    response = enter(session, waiting.account, waiting.next_page, Proofs(password=True, code=True))
    forget_cookie(response, pending.NAME)
    return response


@blueprint.post("/sign-out")
@signed_in()
def end_sign_in() -> AnyResponse:
    """Sign out of this browser."""
    session, actor = current_session(), current_actor()
    frames: tuple[Frame, ...] = ()
    if actor.grant is not None and actor.account is not None:
        frames = list_frames(session, current_settings().base_url, actor.account, [actor.grant])
        end_session(session, actor, actor.grant)
    response = signed_out_response(frames, "/")
    clear_cookie(response)
    return response


@blueprint.errorhandler(SignInExpired)
def restart_sign_in(error: SignInExpired) -> Response:
    """From the password again."""
    response = _sign_in_page(next_page.HOME, error=error)
    forget_cookie(response, pending.NAME)
    return response


@blueprint.errorhandler(SignInRefused)
@blueprint.errorhandler(SecondFactorRefused)
@blueprint.errorhandler(TooManyAttempts)
@blueprint.errorhandler(Unavailable)
@blueprint.errorhandler(FormExpired)
def show_form_again(error: CitizenError) -> Response:
    """The same form with a plain sentence; what was typed comes back, the password and code never."""
    draw = redrawn.get(request.endpoint or "")
    return answer_error(error) if draw is None else draw(error)


def _sign_in_again(error: CitizenError) -> Response:
    return _sign_in_page(next_page.open_next(current_keys(), request.form.get("next")), error=error)


def _sign_in_page(wanted: str, *, error: CitizenError | None = None) -> Response:
    return form_page(
        "gateway/sign_in.html",
        error,
        next=next_page.seal_next(current_keys(), wanted),
        username=request.form.get("username", "") if error else "",
        is_for_application=next_page.authorization_of(wanted) is not None,
    )


def _code_page(*, error: CitizenError | None = None) -> Response:
    return form_page("gateway/otp.html", error)


redrawn[SIGN_IN] = _sign_in_again
redrawn[CODE] = lambda error: _code_page(error=error)


def _view(name: str) -> AnyResponse:
    view: Any = current_app.view_functions[f"{blueprint.name}.{name}"]
    answer: AnyResponse = view()
    return answer


def _pending(session: Session) -> pending.PendingSignIn:
    sealed = read_browser(pending.NAME)
    return pending.open_pending(session.keys, sealed, at=session.at)
