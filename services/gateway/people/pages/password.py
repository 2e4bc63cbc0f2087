"""`/my/account/password`: another password, with the present one."""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.errors import CitizenError
from services.gateway.people.own_password import change_password
from services.gateway.people.pages.own_blueprint import blueprint, leave_no_record, page, redraw
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import signed_in

leave_no_record("set_own_password")


@blueprint.get("/my/account/password")
@signed_in()
def show_own_password() -> Response:
    """The form; after a change it says so."""
    return page("gateway/own_password.html", is_done="done" in request.args)


@blueprint.post("/my/account/password")
@signed_in(role=Role.GATEWAY)
def set_own_password() -> AnyResponse:
    """Change it."""
    change_password(
        current_session(),
        current_actor(),
        current=request.form.get("current", ""),
        new=request.form.get("password", ""),
        policy=current_settings().throttle_policy,
    )
    return redirect("/my/account/password?done=1", 303)


@redraw("set_own_password")
def show_own_password_again(error: CitizenError) -> Response:
    """Both fields empty."""
    return page("gateway/own_password.html", error, field="current", is_done=False)
