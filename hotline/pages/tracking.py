"""Following a ticket by number and code."""

from flask import render_template, request

from hotline import actions
from hotline.pages.blueprint import blueprint
from hotline.pages.words import words
from services.database.roles import Role
from services.errors import CitizenError
from services.web.current import current_actor, current_session
from services.web.declare import public
from services.web.language import gettext as _


@blueprint.route("/track", methods=["GET", "POST"])
@public("whoever holds number and code may follow a ticket", role=Role.RESIDENT)
def track() -> str | tuple[str, int]:
    """Follow a ticket by number and code; the code is sent in a form, never in the address."""
    number, code = request.form.get("number", "").strip(), request.form.get("code", "").strip()
    if request.method == "GET":
        return render_template("hotline/track.html", number="", error=None)
    try:
        found = actions.track_ticket(current_session(), current_actor(), number=number, code=code)
    except CitizenError as error:
        return render_template("hotline/track.html", number=number, error=_(error.title)), error.status
    return render_template(
        "hotline/tracked.html",
        ticket=found.ticket,
        events=found.events,
        broken_at=found.broken_at,
        **words(),
    )
