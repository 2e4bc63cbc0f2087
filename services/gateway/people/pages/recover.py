"""`/recover`: who are you, the code from your phone, waiting, the code again, a new password; and stopping it."""

from uuid import UUID

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.errors import CitizenError
from services.gateway.people import recovery
from services.gateway.people.errors import RecoveryNotReady, StepExpired
from services.gateway.people.pages.entering import known_devices
from services.gateway.people.pages.notes import (
    drop_note,
    keep_note,
    read_note,
)
from services.gateway.people.pages.own_blueprint import blueprint, leave_no_record, page, redraw, restart
from services.gateway.people.phone import mask_phone, parse_phone
from services.gateway.people.recovery import Asked, Recovery
from services.gateway.people.recovery_states import RecoveryState
from services.web.current import current_actor, current_keys, current_session, current_settings
from services.web.declare import public
from services.web.language import gettext

WHY = "who forgot the password cannot sign in"
NOTE = "citizen_recover"

leave_no_record("verify_owner", "verify_recovery_code", "set_recovered_password", "stop_recovery")


@blueprint.get("/recover")
@public(WHY)
def show_recover() -> Response:
    """Step 1: ID number and phone."""
    return page("gateway/recover.html")


@blueprint.post("/recover")
@public(WHY, role=Role.GATEWAY)
def verify_owner() -> AnyResponse:
    """Send the code, if there is somebody to send it to; the answer is one."""
    session = current_session()
    phone = request.form.get("phone", "")
    asked = recovery.ask_recovery(
        session,
        current_actor(),
        id_number=request.form.get("id_number", ""),
        phone=phone,
        sentence=gettext(recovery.CODE_SENTENCE),
        devices=known_devices(session.keys),
        policy=current_settings().throttle_policy,
        address=request.remote_addr or "",
    )
    response = redirect("/recover/code", 303)
    content = [str(asked.account), str(asked.request_id), mask_phone(parse_phone(phone)), None]
    keep_note(response, NOTE, content)
    return response


@blueprint.get("/recover/code")
@public(WHY)
def show_recovery_code() -> Response:
    """Step 2: the code."""
    return _code_page(None)


@blueprint.post("/recover/code")
@public(WHY, role=Role.GATEWAY)
def verify_recovery_code() -> AnyResponse:
    """Check and spend the code; then wait, or go on."""
    account, request_id, phone, _ = read_note(NOTE)
    session = current_session()
    found = recovery.prove_phone(
        session,
        current_actor(),
        Asked(UUID(account), UUID(request_id)),
        code=request.form.get("otp", ""),
        sentence=gettext(recovery.ASKED_SENTENCE),
        base_url=current_settings().base_url,
        devices=known_devices(session.keys),
        policy=current_settings().throttle_policy,
        address=request.remote_addr or "",
    )
    if found.id is None:
        return page("gateway/recover_wait.html", recovery=found)
    is_ready = found.state is RecoveryState.READY
    response = redirect("/recover/password" if is_ready else "/recover/wait", 303)
    keep_note(response, NOTE, [account, request_id, phone, str(found.id)])
    return response


@blueprint.get("/recover/wait")
@public(WHY, role=Role.GATEWAY)
def show_recovery() -> Response:
    """How long it still takes, and why."""
    return page("gateway/recover_wait.html", recovery=_proven()[2])


@blueprint.get("/recover/password")
@public(WHY, role=Role.GATEWAY)
def show_recovered_password() -> AnyResponse:
    """Step 3: a new password, once the waiting time is over."""
    if _proven()[2].state is not RecoveryState.READY:
        return redirect("/recover/wait", 303)
    return page("gateway/recover_password.html")


@blueprint.post("/recover/password")
@public(WHY, role=Role.GATEWAY)
def set_recovered_password() -> AnyResponse:
    """Set it."""
    account, recovery_id = _note()
    recovery.set_new_password(
        current_session(),
        current_actor(),
        account=account,
        recovery=recovery_id,
        password=request.form.get("password", ""),
        sentence=gettext(recovery.DONE_SENTENCE),
    )
    response = redirect("/recover/done", 303)
    drop_note(response, NOTE)
    return response


@blueprint.get("/recover/done")
@public("says that a new password was set and where to sign in; about nobody")
def show_recovered() -> Response:
    """Sign in with the new password."""
    return page("gateway/recover_done.html")


@blueprint.get("/recover/stop/<token>")
@public("the link of a warning; whoever holds it can only keep the account as it is", role=Role.GATEWAY)
def confirm_stop(token: str) -> Response:
    """This was not me: one press away."""
    recovery.read_stop_token(current_session().keys, token)
    return page("gateway/recover_stop.html", token=token)


@blueprint.post("/recover/stop/<token>")
@public("the link of a warning; whoever holds it can only keep the account as it is", role=Role.GATEWAY)
def stop_recovery(token: str) -> Response:
    """Stop it."""
    session = current_session()
    account, recovery_id = recovery.read_stop_token(session.keys, token)
    was_open = recovery.stop_recovery(session, account, recovery_id)
    return page("gateway/recover_stopped.html", was_open=was_open)


@redraw("verify_owner")
def show_owner_again(error: CitizenError) -> Response:
    """Step 1 with what was typed."""
    return page("gateway/recover.html", error, field="id_number")


@redraw("verify_recovery_code")
def show_recovery_code_again(error: CitizenError) -> Response:
    """Step 2, empty."""
    return _code_page(error)


@redraw("set_recovered_password")
def show_recovered_password_again(error: CitizenError) -> Response:
    """Step 3, empty; what cannot be mended there starts anew."""
    if isinstance(error, RecoveryNotReady):
        return page("gateway/recover.html", error, field="id_number")
    return page("gateway/recover_password.html", error, field="password")


@redraw("stop_recovery")
def show_stop_again(error: CitizenError) -> Response:
    """The button once more: pressing it again does no harm."""
    token = (request.view_args or {}).get("token", "")
    recovery.read_stop_token(current_keys(), token)
    return page("gateway/recover_stop.html", error, field="stop", token=token)


@restart("/recover", StepExpired)
def restart_recovery(error: CitizenError) -> Response:
    """From the first step."""
    return page("gateway/recover.html", error, field="id_number")


def _code_page(error: CitizenError | None) -> Response:
    _, _, phone, _ = read_note(NOTE)
    return page("gateway/recover_code.html", error, field="otp", phone=phone)


def _note() -> tuple[UUID, UUID]:
    account, _, _, proven = read_note(NOTE)
    if proven is None:
        raise StepExpired
    return UUID(account), UUID(proven)


def _proven() -> tuple[UUID, UUID, Recovery]:
    account, recovery_id = _note()
    return account, recovery_id, recovery.read_recovery(current_session(), account, recovery_id)
