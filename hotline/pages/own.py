"""One's own tickets: the list, one of them, a new one, a copy of all."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions, schemas
from hotline.pages.blueprint import blueprint
from hotline.pages.words import QUEUE_LENGTH, action_of, answers_shown, fault_beside, whole_number, words
from hotline.rules import Action
from hotline.rules.questions import questions_of
from services.errors import Invalid
from services.web import exports
from services.web.current import current_actor, current_session
from services.web.declare import scopes


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


@blueprint.route("/my/tickets/<uuid:ticket_id>")
@scopes(access.READ)
def show_ticket(ticket_id: UUID) -> str:
    """One ticket with its history."""
    return _ticket(ticket_id, {}, {})


def _ticket(ticket_id: UUID, errors: Mapping[str, str], given: Mapping[str, str]) -> str:
    session, actor = current_session(), current_actor()
    ticket, events = actions.read_ticket(session, actor, ticket_id=ticket_id)
    pictures = actions.list_pictures(session, actor, ticket_id=ticket_id)
    asked = {question.code: question for question in questions_of(ticket.category)}
    return render_template(
        "hotline/ticket.html",
        ticket=ticket,
        errors=errors,
        given=given,
        events=events,
        pictures=pictures,
        answers=answers_shown(asked, ticket.attributes),
        **words(),
    )


@blueprint.route("/my/tickets/<uuid:ticket_id>", methods=["POST"])
@scopes(access.CREATE)
def answer_ticket(ticket_id: UUID) -> Response | tuple[str, int]:
    """The reporter confirms, sends back, or replies; or sees what to mend, with what was written."""
    action = action_of(request.form.get("action", ""))
    # Whoever sends a ticket back may have chosen a mark before: it counts for nothing then.
    takes_mark = action in {Action.CLOSE, Action.RATE}
    try:
        actions.change_ticket(
            current_session(),
            current_actor(),
            ticket_id=ticket_id,
            action=action,
            note=request.form.get("note") or None,
            score=whole_number(request.form.get("score"), "/score") if takes_mark else None,
        )
    except Invalid as refused:
        # A page has a form for every act, each with fields of the same names.
        errors = {f"{action}-{field}": sentence for field, sentence in fault_beside(refused).items()}
        return _ticket(ticket_id, errors, request.form), refused.status
    return redirect(f"/my/tickets/{ticket_id}", 303)
