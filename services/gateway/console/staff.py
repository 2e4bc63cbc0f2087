"""Staff: listed by unit, enrolled with a first password and an authenticator's secret, changed, ended."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from services import ids
from services.errors import CitizenError
from services.gateway.console.blueprint import administrator, blueprint
from services.gateway.console.forms import mistakes, typed
from services.gateway.people import totp
from services.gateway.people.enrolment import create_staff
from services.gateway.people.roles import ROLES
from services.gateway.people.staff import change_staff, end_staff, list_staff, read_staff
from services.web.current import current_actor, current_session
from services.web.language import gettext

PLACE = "/console/gateway/staff"
PASSWORD_BYTES = 12

# Password and secret are shown once: no record of the answer is kept.
blueprint.unrecorded |= {f"{blueprint.name}.enrol_staff"}


def _titles() -> dict[str, str]:
    return {name: gettext(role.title) for name, role in ROLES.items()}


@blueprint.get(PLACE)
@administrator()
def show_staff() -> str:
    """Everybody who works here, unit by unit."""
    found = list_staff(current_session(), current_actor())
    return render_template("gateway/console/staff.html", staff=found, titles=_titles())


@blueprint.get(f"{PLACE}/new")
@administrator()
def new_staff() -> str:
    """The form of a new member."""
    return _form({}, [], {})


@blueprint.post(f"{PLACE}/new")
@administrator()
def enrol_staff() -> str | tuple[str, int]:
    """Enrol them, and show this once what they sign in with."""
    form, roles = typed("name", "username", "unit"), request.form.getlist("roles")
    password, secret = ids.new_token(PASSWORD_BYTES), totp.new_secret()
    missing = {name: gettext("请填上") for name, value in form.items() if not value or len(value) > 60}
    if missing:
        return _form(form, roles, missing), 422
    try:
        create_staff(
            current_session(),
            current_actor(),
            name=form["name"],
            username=form["username"],
            unit=form["unit"],
            roles=roles,
            password=password,
            totp_secret=secret,
        )
    except CitizenError as error:
        return _form(form, roles, mistakes(error, "username")), error.status
    return render_template(
        "gateway/console/staff_made.html", username=form["username"], password=password, secret=secret
    )


@blueprint.get(f"{PLACE}/<uuid:subject>")
@administrator()
def show_member(subject: UUID) -> str:
    """One member, and the form to change roles and unit."""
    return _page(subject, {})


@blueprint.post(f"{PLACE}/<uuid:subject>")
@administrator()
def change_member(subject: UUID) -> Response | tuple[str, int]:
    """Change roles and unit; they have to sign in again."""
    try:
        change_staff(
            current_session(),
            current_actor(),
            subject,
            roles=request.form.getlist("roles"),
            unit=typed("unit")["unit"],
        )
    except CitizenError as error:
        return _page(subject, mistakes(error, "unit")), error.status
    return redirect(PLACE, 303)


@blueprint.get(f"{PLACE}/<uuid:subject>/end")
@administrator()
def confirm_ending(subject: UUID) -> str:
    """What follows when they leave."""
    member = read_staff(current_session(), current_actor(), subject)
    return render_template("gateway/console/staff_end.html", member=member)


@blueprint.post(f"{PLACE}/<uuid:subject>/end")
@administrator()
def end_member(subject: UUID) -> Response:
    """End their account."""
    end_staff(current_session(), current_actor(), subject)
    return redirect(PLACE, 303)


def _form(form: dict[str, str], roles: list[str], errors: Any) -> str:
    return render_template(
        "gateway/console/staff_new.html", form=form, chosen=roles, errors=errors, titles=_titles()
    )


def _page(subject: UUID, errors: Any) -> str:
    member = read_staff(current_session(), current_actor(), subject)
    return render_template(
        "gateway/console/staff_member.html",
        member=member,
        errors=errors,
        titles=_titles(),
        is_self=subject == current_actor().account,
    )
