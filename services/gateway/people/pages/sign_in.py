"""`/`: the sign-in form, or home to whoever is signed in; and the way from one to the other."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.actor import ActorKind
from services.database.roles import Role
from services.database.session import Session
from services.errors import CitizenError, Unavailable
from services.gateway.errors import SecondFactorRefused, SignInExpired, SignInRefused, TooManyAttempts
from services.gateway.oauth.frontchannel_logout import Frame, list_frames, signed_out_response
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.pushed_request import find_asker
from services.gateway.oauth.server import origin_of
from services.gateway.people import devices, next_page, pending
from services.gateway.people.pages.blueprint import blueprint
from services.gateway.people.sessions import clear_cookie, end_session, read_cookie, set_cookie
from services.gateway.people.sign_in import (
    Origin,
    create_session,
    verify_password,
    verify_second_factor,
)
from services.ports import KeyRing
from services.settings import Settings
from services.web.current import current_actor, current_session
from services.web.declare import public, signed_in
from services.web.forms import FormExpired
from services.web.headers import allow_form_target
from services.web.home import render_home
from services.web.language import gettext
from services.web.problems import answer_error

WHY = "who comes to sign in is nobody yet"
SIGN_IN = f"{blueprint.name}.verify_sign_in"
CODE = f"{blueprint.name}.verify_code"

# What is typed here must leave no trace, and signing in twice does no harm.
blueprint.unrecorded = frozenset({SIGN_IN, CODE})


@blueprint.get("/")
@public("shows the sign-in form, or sends whoever is signed in home")
def show_front_door() -> AnyResponse:
    """Home when the session lives, else the form: both are views, each in a transaction of its own."""
    if read_cookie(request, _keys()) is None or "again" in request.args:
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
    if actor.kind is ActorKind.STAFF:
        return render_template("web/console.html")
    return render_home(current_session(), actor, current_app.extensions["citizen_manifests"])


@blueprint.get("/sign-in")
@public(WHY, role=Role.GATEWAY)
def show_sign_in() -> Response:
    """The form with user name and password."""
    wanted = next_page.safe_next(request.args.get("next"))
    _let_answer_reach_client(current_session(), wanted)
    return _sign_in_page(wanted)


@blueprint.post("/sign-in")
@public(WHY, role=Role.GATEWAY)
def verify_sign_in() -> AnyResponse:
    """Check the password, then sign in or ask for the code."""
    session = current_session()
    wanted = next_page.open_next(session.keys, request.form.get("next"))
    _let_answer_reach_client(session, wanted)
    verified = verify_password(
        session,
        current_actor(),
        username=request.form.get("username", ""),
        password=request.form.get("password", ""),
        origin=Origin(request.remote_addr or "", _known_devices(session.keys)),
        policy=_settings().throttle_policy,
    )
    if not verified.needs_code:
        return _signed_in(session, verified.account, wanted, with_code=False)
    response = redirect("/sign-in/otp", 303)
    waiting = pending.PendingSignIn(verified.account, wanted, session.at)
    _keep(response, pending.NAME, pending.seal_pending(session.keys, waiting), seconds=pending.LIFE.seconds)
    return response


@blueprint.get("/sign-in/otp")
@public(WHY, role=Role.GATEWAY)
def show_code() -> AnyResponse:
    """The form with the one field for the code."""
    session = current_session()
    _let_answer_reach_client(session, _pending(session).next_page)
    return _code_page()


@blueprint.post("/sign-in/otp")
@public(WHY, role=Role.GATEWAY)
def verify_code() -> AnyResponse:
    """Check and spend the code, then sign in."""
    session = current_session()
    waiting = _pending(session)
    _let_answer_reach_client(session, waiting.next_page)
    verify_second_factor(
        session,
        current_actor(),
        account=waiting.account,
        code=request.form.get("otp", ""),
        policy=_settings().throttle_policy,
    )
    response = _signed_in(session, waiting.account, waiting.next_page, with_code=True)
    _forget(response, pending.NAME)
    return response


@blueprint.post("/sign-out")
@signed_in()
def end_sign_in() -> AnyResponse:
    """Sign out of this browser."""
    session, actor = current_session(), current_actor()
    frames: tuple[Frame, ...] = ()
    if actor.grant is not None and actor.account is not None:
        frames = list_frames(session, _settings().base_url, actor.account, [actor.grant])
        end_session(session, actor, actor.grant)
    response = signed_out_response(frames, "/")
    clear_cookie(response)
    return response


@blueprint.errorhandler(SignInExpired)
def restart_sign_in(error: SignInExpired) -> Response:
    """From the password again."""
    response = _sign_in_page(next_page.HOME, error=error)
    _forget(response, pending.NAME)
    return response


@blueprint.errorhandler(SignInRefused)
@blueprint.errorhandler(SecondFactorRefused)
@blueprint.errorhandler(TooManyAttempts)
@blueprint.errorhandler(Unavailable)
@blueprint.errorhandler(FormExpired)
def show_form_again(error: CitizenError) -> Response:
    """The same form with a plain sentence; what was typed comes back, the password and code never."""
    if request.endpoint == CODE:
        return _code_page(error=error)
    if request.endpoint != SIGN_IN:
        return answer_error(error)
    return _sign_in_page(next_page.open_next(_keys(), request.form.get("next")), error=error)


def _signed_in(session: Session, account: UUID, wanted: str, *, with_code: bool) -> AnyResponse:
    page = create_session(
        session,
        current_actor(),
        account=account,
        with_code=with_code,
        replaced=read_cookie(request, session.keys),
    )
    known = devices.remember_device(session, account, _known_devices(session.keys))
    response = redirect(wanted, 303)
    set_cookie(response, session.keys, page)
    seconds = int(devices.REMEMBERED.total_seconds())
    _keep(response, devices.NAME, devices.seal_devices(session.keys, known), seconds=seconds)
    return response


def _sign_in_page(wanted: str, *, error: CitizenError | None = None) -> Response:
    return _page(
        "gateway/sign_in.html",
        error,
        next=next_page.seal_next(_keys(), wanted),
        username=request.form.get("username", "") if error else "",
        is_for_application=next_page.authorization_of(wanted) is not None,
    )


def _code_page(*, error: CitizenError | None = None) -> Response:
    return _page("gateway/otp.html", error)


def _page(template: str, error: CitizenError | None, **values: Any) -> Response:
    sentence = gettext(error.title) % error.facts if error is not None else None
    response = make_response(render_template(template, sentence=sentence, **values))
    if error is not None:
        response.status_code = error.status
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
    return response


def _let_answer_reach_client(session: Session, wanted: str) -> None:
    """A remembered consent redirects from here straight to the client: to CSP that is the form's target."""
    query = next_page.authorization_of(wanted)
    asker = None if query is None else find_asker(session, current_issuer(), query)
    if asker is not None:
        allow_form_target(origin_of(asker.redirect_uri))


def _view(name: str) -> AnyResponse:
    view: Any = current_app.view_functions[f"{blueprint.name}.{name}"]
    answer: AnyResponse = view()
    return answer


def _pending(session: Session) -> pending.PendingSignIn:
    sealed = request.cookies.get(_cookie(pending.NAME))
    return pending.open_pending(session.keys, sealed, at=session.at)


def _known_devices(keys: KeyRing) -> devices.Devices:
    return devices.open_devices(keys, request.cookies.get(_cookie(devices.NAME)))


def _keep(response: AnyResponse, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(
        _cookie(name),
        value,
        max_age=seconds,
        secure=_settings().is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _forget(response: AnyResponse, name: str) -> None:
    response.delete_cookie(
        _cookie(name), secure=_settings().is_secure, httponly=True, samesite="Lax", path="/"
    )


def _cookie(name: str) -> str:
    return f"__Host-{name}" if _settings().is_secure else name


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["citizen_database"].keys
    return keys


def _settings() -> Settings:
    settings: Settings = current_app.extensions["citizen_settings"]
    return settings
