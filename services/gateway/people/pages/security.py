"""`/my/account/security`: passkeys, authenticator and printed codes: seen, added and taken away."""

from uuid import UUID

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.actor import ActorKind
from services.database.roles import Role
from services.errors import CitizenError, NotFound
from services.gateway.people import authenticator, next_page, passkeys, recovery_codes
from services.gateway.people.entry_changes import SECURITY, check_sure_for_change
from services.gateway.people.pages.blueprint import blueprint, redrawn
from services.gateway.people.pages.entering import form_page
from services.gateway.people.persons import read_particulars
from services.gateway.people.signed_in import account_of
from services.web.current import current_actor, current_keys, current_session, current_settings
from services.web.declare import signed_in

ENABLE = f"{blueprint.name}.enable_code"
PRINT = f"{blueprint.name}.print_recovery_codes"

# What these answer is shown once and kept nowhere.
blueprint.unrecorded |= {ENABLE, PRINT}


@blueprint.get("/my/account/security")
@signed_in(role=Role.GATEWAY)
def show_security() -> str:
    """How the reader signs in, and since when."""
    session, actor = current_session(), current_actor()
    particulars = read_particulars(session, actor)
    return render_template(
        "gateway/security.html",
        has_code=particulars.has_code,
        codes_left=recovery_codes.count_left(session, account_of(actor)),
        passkeys=passkeys.list_passkeys(session, actor),
        auth_time=actor.auth_time,
        is_staff=actor.kind is ActorKind.STAFF,
    )


@blueprint.get("/my/account/passkeys/new")
@signed_in(role=Role.GATEWAY)
def show_new_passkey() -> str:
    """The page on which a script asks the device for a passkey."""
    session = current_session()
    check_sure_for_change(session, current_actor())
    wanted = next_page.safe_next(request.args.get("next"))
    return render_template("gateway/passkey_new.html", next=next_page.seal_next(session.keys, wanted))


@blueprint.get("/my/account/passkeys/<uuid:passkey_id>/remove")
@signed_in(role=Role.GATEWAY)
def confirm_passkey(passkey_id: UUID) -> str:
    """What follows when this passkey is removed."""
    session, actor = current_session(), current_actor()
    check_sure_for_change(session, actor)
    found = next((one for one in passkeys.list_passkeys(session, actor) if one.id == passkey_id), None)
    if found is None:
        raise NotFound
    return render_template("gateway/passkey_remove.html", passkey=found)


@blueprint.post("/my/account/passkeys/<uuid:passkey_id>/remove")
@signed_in(role=Role.GATEWAY)
def remove_passkey(passkey_id: UUID) -> AnyResponse:
    """Remove it."""
    passkeys.delete_passkey(current_session(), current_actor(), passkey_id)
    return redirect(SECURITY, 303)


@blueprint.get("/my/account/code/new")
@signed_in(role=Role.GATEWAY)
def show_new_code() -> Response:
    """A fresh secret for the reader's authenticator, as a picture and as text."""
    session, actor = current_session(), current_actor()
    authenticator.check_may_set(session, actor)
    secret, sealed = authenticator.propose_secret(session, actor)
    return _code_page(secret, sealed)


@blueprint.post("/my/account/code/new")
@signed_in(role=Role.GATEWAY)
def enable_code() -> str:
    """Start asking for codes, and show the printed ones this once."""
    session, actor = current_session(), current_actor()
    codes = authenticator.enable_code(
        session,
        actor,
        secret=authenticator.read_secret(session.keys, actor, request.form.get("secret", "")),
        code=request.form.get("otp", ""),
        policy=current_settings().throttle_policy,
    )
    return render_template("gateway/recovery_codes.html", codes=codes)


@blueprint.get("/my/account/code/remove")
@signed_in(role=Role.GATEWAY)
def confirm_code() -> str:
    """What follows when codes are asked for no more."""
    check_sure_for_change(current_session(), current_actor())
    return render_template("gateway/code_remove.html")


@blueprint.post("/my/account/code/remove")
@signed_in(role=Role.GATEWAY)
def remove_code() -> AnyResponse:
    """Ask for codes no more."""
    authenticator.remove_code(current_session(), current_actor())
    return redirect(SECURITY, 303)


@blueprint.get("/my/account/recovery-codes")
@signed_in(role=Role.GATEWAY)
def show_recovery_codes() -> str:
    """How many printed codes are left; which they are is not shown again."""
    session, actor = current_session(), current_actor()
    check_sure_for_change(session, actor)
    left = recovery_codes.count_left(session, account_of(actor))
    return render_template("gateway/recovery_codes.html", codes=(), left=left)


@blueprint.post("/my/account/recovery-codes")
@signed_in(role=Role.GATEWAY)
def print_recovery_codes() -> str:
    """A new set, shown this once; the old ones are void."""
    codes = recovery_codes.create_recovery_codes(current_session(), current_actor())
    return render_template("gateway/recovery_codes.html", codes=codes)


def _code_page(secret: str, sealed: str, *, error: CitizenError | None = None) -> Response:
    return form_page(
        "gateway/code_new.html",
        error,
        qr=authenticator.qr_svg(secret),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        sealed=sealed,
    )


def _code_again(error: CitizenError) -> Response:
    """The same secret, because the reader's authenticator has it already."""
    sealed = request.form.get("secret", "")
    return _code_page(authenticator.read_secret(current_keys(), current_actor(), sealed), sealed, error=error)


redrawn[ENABLE] = _code_again
