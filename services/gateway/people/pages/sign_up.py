"""`/sign-up`: who are you, the code from your phone, a password. One thing at a time, nothing kept until the end."""

from uuid import UUID

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.errors import CitizenError
from services.gateway.errors import AlreadyEnrolled
from services.gateway.people import one_time_codes, sign_up, texts
from services.gateway.people.errors import SignUpClosed, SignUpNotPossible, StepExpired
from services.gateway.people.pages.notes import drop_note, keep_note, read_note
from services.gateway.people.pages.own_blueprint import blueprint, leave_no_record, page, redraw, restart
from services.gateway.people.phone import mask_phone
from services.gateway.people.sign_up import Applicant
from services.gateway.people.throttle import network_of
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import public
from services.web.language import gettext

WHY = "who opens an account is nobody yet"
NOTE = "citizen_sign_up"

leave_no_record("verify_applicant", "verify_sign_up_code", "send_sign_up_code_again", "choose_password")


@blueprint.get("/sign-up")
@public(WHY)
def show_sign_up() -> Response:
    """Step 1: ID number, name and phone."""
    _check_open()
    return page("gateway/sign_up.html")


@blueprint.post("/sign-up")
@public(WHY, role=Role.GATEWAY)
def verify_applicant() -> AnyResponse:
    """Send the code, whoever it is."""
    _check_open()
    applicant = sign_up.read_applicant(
        id_number=request.form.get("id_number", ""),
        name=request.form.get("name", ""),
        phone=request.form.get("phone", ""),
    )
    return _ask(applicant)


@blueprint.get("/sign-up/code")
@public(WHY)
def show_sign_up_code() -> Response:
    """Step 2: the code."""
    return _code_page(None)


@blueprint.post("/sign-up/code")
@public(WHY, role=Role.GATEWAY)
def verify_sign_up_code() -> AnyResponse:
    """Check and spend the code."""
    applicant, request_id, _ = _note()
    one_time_codes.spend_code(
        current_session(),
        current_actor(),
        use=sign_up.USE,
        request_id=request_id,
        code=request.form.get("otp", ""),
        policy=current_settings().throttle_policy,
        whom=network_of(request.remote_addr or ""),
    )
    response = redirect("/sign-up/password", 303)
    _keep(response, applicant, request_id, is_proven=True)
    return response


@blueprint.post("/sign-up/code/again")
@public(WHY, role=Role.GATEWAY)
def send_sign_up_code_again() -> AnyResponse:
    """Another code to the same phone."""
    applicant, _, _ = _note()
    return _ask(applicant)


@blueprint.get("/sign-up/password")
@public(WHY)
def show_sign_up_password() -> Response:
    """Step 3: a password."""
    _proven()
    return page("gateway/sign_up_password.html")


@blueprint.post("/sign-up/password")
@public(WHY, role=Role.GATEWAY)
def choose_password() -> AnyResponse:
    """Open the account."""
    applicant = _proven()
    password = request.form.get("password", "")
    sign_up.open_own_account(current_session(), current_actor(), applicant, password=password)
    response = redirect("/sign-up/done", 303)
    drop_note(response, NOTE)
    return response


@blueprint.get("/sign-up/done")
@public("says that accounts are opened here and where to sign in; about nobody")
def show_sign_up_done() -> Response:
    """The account is open; sign in."""
    return page("gateway/sign_up_done.html")


@redraw("verify_applicant")
def show_applicant_again(error: CitizenError) -> Response:
    """Step 1 with what was typed."""
    return page("gateway/sign_up.html", error, field="id_number")


@redraw("verify_sign_up_code")
@redraw("send_sign_up_code_again")
def show_code_again(error: CitizenError) -> Response:
    """Step 2, empty."""
    return _code_page(error)


@redraw("choose_password")
def show_password_again(error: CitizenError) -> Response:
    """Step 3, empty; what cannot be mended there starts anew."""
    if isinstance(error, SignUpNotPossible | AlreadyEnrolled):
        response = page("gateway/sign_up.html", SignUpNotPossible(), field="id_number")
        drop_note(response, NOTE)
        return response
    return page("gateway/sign_up_password.html", error, field="password")


@restart("/sign-up", StepExpired)
def restart_sign_up(error: CitizenError) -> Response:
    """From the first step."""
    return page("gateway/sign_up.html", error, field="id_number")


@restart("/sign-up", SignUpClosed)
def show_sign_up_closed(error: CitizenError) -> Response:
    """Where accounts are opened instead."""
    response = page("gateway/sign_up_closed.html")
    response.status_code = error.status
    return response


def _ask(applicant: Applicant) -> AnyResponse:
    request_id = sign_up.ask_sign_up(
        current_session(),
        current_actor(),
        applicant,
        sentence=gettext(sign_up.CODE_SENTENCE),
        taken=gettext(sign_up.TAKEN_SENTENCE),
        policy=current_settings().throttle_policy,
        address=request.remote_addr or "",
    )
    response = redirect("/sign-up/code", 303)
    _keep(response, applicant, request_id, is_proven=False)
    return response


def _code_page(error: CitizenError | None) -> Response:
    applicant, _, _ = _note()
    return page("gateway/sign_up_code.html", error, field="otp", phone=mask_phone(applicant.phone))


def _keep(response: AnyResponse, applicant: Applicant, request_id: UUID, *, is_proven: bool) -> None:
    content = [applicant.id_number, applicant.name, applicant.phone, str(request_id), is_proven]
    keep_note(response, NOTE, content)


def _note() -> tuple[Applicant, UUID, bool]:
    id_number, name, phone, request_id, is_proven = read_note(NOTE)
    return Applicant(id_number, name, phone), UUID(request_id), is_proven


def _proven() -> Applicant:
    applicant, _, is_proven = _note()
    if not is_proven:
        raise StepExpired
    return applicant


def _check_open() -> None:
    settings = current_settings()
    if settings.sign_up != "open" or texts.SMS not in texts.carriers_of(settings):
        raise SignUpClosed
