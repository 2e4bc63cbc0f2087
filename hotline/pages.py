"""The hotline's pages: one's own tickets, a new one, tracking, and the operators' queue."""

from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions, schemas
from hotline.actions.steps import EMERGENCY
from hotline.rules import CATEGORIES, STATE_TITLES, Action, State
from hotline.rules.catalogue import UNITS
from hotline.rules.clocks import CLOCK_TITLES
from services.database.roles import Role
from services.errors import CitizenError, Invalid
from services.web import exports
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.language import gettext as _

blueprint = PageBlueprint("hotline_pages", __name__, service="hotline")
QUEUE_LENGTH = 50
MOST_TEXT = 20_000


def _words() -> dict[str, object]:
    return {
        "states": {state.value: _(title) for state, title in STATE_TITLES.items()},
        "categories": {code: _(category.title) for code, category in CATEGORIES.items()},
        "clocks": {kind.value: _(title) for kind, title in CLOCK_TITLES.items()},
        "units": {unit: unit for unit in sorted(UNITS)},
        "services": {number: number for number in sorted(EMERGENCY)},
    }


@blueprint.route("/my/tickets")
@scopes(access.READ)
def list_tickets() -> str:
    """The reader's own tickets."""
    found = actions.list_tickets(current_session(), current_actor(), limit=QUEUE_LENGTH)
    return render_template("hotline/tickets.html", tickets=found, **_words())


@blueprint.route("/my/tickets/copy")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_copy() -> Response:
    """A copy of everything, to keep or to take elsewhere."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_tickets(session, actor, limit=exports.MOST + 1)
    return exports.download_of(schemas.TicketExportSchema, found, name="tickets")


@blueprint.route("/my/tickets/new", methods=["GET"])
@scopes(access.CREATE)
def new_ticket() -> str:
    """The form of a new ticket."""
    return render_template("hotline/new_ticket.html", form={}, errors={}, **_words())


@blueprint.route("/my/tickets/new", methods=["POST"])
@scopes(access.CREATE)
def create_ticket() -> Response | tuple[str, int]:
    """File the ticket, or show the form again with what to mend."""
    form = {name: request.form.get(name, "").strip() for name in ("category", "text", "district", "place")}
    errors = _mend(form)
    if errors:
        page = render_template("hotline/new_ticket.html", form=form, errors=errors, **_words())
        return page, 422
    filed = actions.create_ticket(current_session(), current_actor(), channel="web", **form)
    return redirect(f"/my/tickets/{filed.id}?code={filed.tracking_code}", 303)


def _mend(form: dict[str, str]) -> dict[str, str]:
    errors = {}
    if form["category"] not in CATEGORIES:
        errors["category"] = _("选一类，选不准就选“其他”")
    if not form["text"]:
        errors["text"] = _("写一两句发生了什么")
    elif len(form["text"]) > MOST_TEXT:
        errors["text"] = _("最多写 20000 字")
    if not form["district"] or len(form["district"]) > 40:
        errors["district"] = _("写明在哪个区")
    if len(form["place"]) > 500:
        errors["place"] = _("地点最多写 500 字")
    return errors


@blueprint.route("/my/tickets/<uuid:ticket_id>")
@scopes(access.READ)
def show_ticket(ticket_id: UUID) -> str:
    """One ticket with its history."""
    ticket, events = actions.read_ticket(current_session(), current_actor(), ticket_id=ticket_id)
    return render_template(
        "hotline/ticket.html", ticket=ticket, events=events, code=request.args.get("code"), **_words()
    )


@blueprint.route("/my/tickets/<uuid:ticket_id>", methods=["POST"])
@scopes(access.CREATE)
def answer_ticket(ticket_id: UUID) -> Response:
    """The reporter confirms, sends back, or replies."""
    actions.change_ticket(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        action=_action(request.form.get("action", "")),
        note=request.form.get("note") or None,
    )
    return redirect(f"/my/tickets/{ticket_id}", 303)


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
        **_words(),
    )


@blueprint.route("/console/hotline")
@scopes(access.CLAIM)
def show_queue() -> str:
    """The operators' queue."""
    found = actions.list_tickets(current_session(), current_actor(), limit=QUEUE_LENGTH, only_open=True)
    return render_template("hotline/queue.html", tickets=found, actor=current_actor(), **_words())


@blueprint.route("/console/desk")
@scopes(access.WORK)
def show_desk() -> str:
    """A department's open tickets."""
    found = actions.list_tickets(current_session(), current_actor(), limit=QUEUE_LENGTH, only_open=True)
    return render_template("hotline/queue.html", tickets=found, actor=current_actor(), **_words())


@blueprint.route("/console/hotline/<uuid:ticket_id>")
@scopes(access.WORK)
def show_case(ticket_id: UUID) -> str:
    """One ticket, with what may be done now."""
    ticket, events = actions.read_ticket(current_session(), current_actor(), ticket_id=ticket_id)
    return render_template(
        "hotline/case.html", ticket=ticket, events=events, actor=current_actor(), **_words()
    )


@blueprint.route("/console/hotline/<uuid:ticket_id>/claim", methods=["POST"])
@scopes(access.CLAIM)
def claim_ticket(ticket_id: UUID) -> Response:
    """Claim a ticket from the queue."""
    actions.claim_ticket(current_session(), current_actor(), ticket_id=ticket_id)
    return redirect(f"/console/hotline/{ticket_id}", 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>", methods=["POST"])
@scopes(access.WORK)
def change_case(ticket_id: UUID) -> Response:
    """Take one step of a ticket's life."""
    form = request.form
    action = _action(form.get("action", ""))
    ticket = actions.change_ticket(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        action=action,
        note=form.get("note") or None,
        unit=form.get("unit") or None,
        service=form.get("service") or None,
        days=_whole(form.get("days"), "/days"),
        fence=_whole(form.get("fence"), "/fence"),
    )
    keeps = State(ticket.state) is not State.RECEIVED and action not in {Action.DISPATCH, Action.HAND_OVER}
    return redirect(f"/console/hotline/{ticket_id}" if keeps else "/console", 303)


def _action(given: str) -> Action:
    try:
        return Action(given)
    except ValueError:
        raise Invalid(field="/action", expected=", ".join(Action)) from None


def _whole(given: str | None, field: str) -> int | None:
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Invalid(field=field, expected=_("写一个整数"))
    return int(given)
