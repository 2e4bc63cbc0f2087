"""One's own tickets: the list, one of them, a new one, a copy of all."""

from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions, schemas
from hotline.pages.blueprint import blueprint
from hotline.pages.words import QUEUE_LENGTH, action_of, whole_number, words
from hotline.rules import CATEGORIES, Action
from services.web import exports
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _

MOST_TEXT = 20_000


@blueprint.route("/my/tickets")
@scopes(access.READ)
def list_tickets() -> str:
    """The reader's own tickets."""
    found = actions.list_tickets(current_session(), current_actor(), limit=QUEUE_LENGTH)
    return render_template("hotline/tickets.html", tickets=found, **words())


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
    return render_template("hotline/new_ticket.html", form={}, errors={}, **words())


@blueprint.route("/my/tickets/new", methods=["POST"])
@scopes(access.CREATE)
def create_ticket() -> Response | tuple[str, int]:
    """File the ticket, or show the form again with what to mend."""
    form = {name: request.form.get(name, "").strip() for name in ("category", "text", "district", "place")}
    errors = _mend(form)
    if errors:
        page = render_template("hotline/new_ticket.html", form=form, errors=errors, **words())
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
        "hotline/ticket.html", ticket=ticket, events=events, code=request.args.get("code"), **words()
    )


@blueprint.route("/my/tickets/<uuid:ticket_id>", methods=["POST"])
@scopes(access.CREATE)
def answer_ticket(ticket_id: UUID) -> Response:
    """The reporter confirms, sends back, or replies."""
    action = action_of(request.form.get("action", ""))
    # Whoever sends a ticket back may have chosen a mark before: it counts for nothing then.
    takes_mark = action in {Action.CLOSE, Action.RATE}
    actions.change_ticket(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        action=action,
        note=request.form.get("note") or None,
        score=whole_number(request.form.get("score"), "/score") if takes_mark else None,
    )
    return redirect(f"/my/tickets/{ticket_id}", 303)
