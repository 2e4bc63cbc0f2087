"""Invitations to register (initial access tokens): given out, seen, withdrawn."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template
from werkzeug.wrappers import Response

from services.errors import Invalid
from services.gateway.console.blueprint import administrator, blueprint
from services.gateway.console.forms import mistakes, typed
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.registration.invitations import (
    cancel_invitation,
    create_invitation,
    list_invitations,
)
from services.web.current import current_actor, current_session

PLACE = "/console/gateway/invitations"

# The token is shown once: no record of the answer is kept.
blueprint.unrecorded |= {f"{blueprint.name}.invite"}


@blueprint.get(PLACE)
@administrator()
def show_invitations() -> str:
    """The newest invitations, and the form of a new one."""
    return _page({"uses": "1", "days": "7"}, {})


@blueprint.post(PLACE)
@administrator()
def invite() -> str | tuple[str, int]:
    """Give one out, and show it this once."""
    session, form = current_session(), typed("purpose", "uses", "days")
    try:
        token, made = create_invitation(
            session,
            current_actor(),
            purpose=form["purpose"],
            uses=_number(form["uses"]),
            days=_number(form["days"]),
        )
    except Invalid as error:
        return _page(form, mistakes(error, "purpose")), 422
    endpoint = f"{current_issuer().base_url}/oauth/register"
    return render_template(
        "gateway/console/invitation_made.html", token=token, invitation=made, endpoint=endpoint
    )


@blueprint.post(f"{PLACE}/<uuid:invitation>/cancel")
@administrator()
def withdraw(invitation: UUID) -> Response:
    """Withdraw one."""
    cancel_invitation(current_session(), current_actor(), invitation)
    return redirect(PLACE, 303)


def _page(form: dict[str, str], errors: Any) -> str:
    session = current_session()
    found = [(one, one.is_live_at(session.at)) for one in list_invitations(session)]
    return render_template("gateway/console/invitations.html", invitations=found, form=form, errors=errors)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
