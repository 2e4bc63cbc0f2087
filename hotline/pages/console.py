"""The operators' queue, the departments' desk, and a ticket with what may be done now."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.context import service_titles
from hotline.pages.templates import templates_for
from hotline.pages.words import FAULTS, QUEUE_LENGTH, action_of, fault_beside, whole_number, words
from hotline.rules import Action, State
from hotline.rules.templates import PLACE_TITLES, Filled
from services.errors import Invalid
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _
from services.web.language import in_language


@blueprint.route("/console/hotline")
@scopes(access.CLAIM)
def show_queue() -> str:
    """The operators' queue."""
    return _list_open()


@blueprint.route("/console/desk")
@scopes(access.WORK)
def show_desk() -> str:
    """A department's open tickets."""
    return _list_open()


@blueprint.route("/console/hotline/<uuid:ticket_id>")
@scopes(access.WORK)
def show_case(ticket_id: UUID) -> str:
    """One ticket, with what may be done now."""
    return _case(ticket_id, {})


@blueprint.route("/console/hotline/<uuid:ticket_id>/template", methods=["POST"])
@scopes(access.WORK)
def fill_template(ticket_id: UUID) -> str | tuple[str, int]:
    """The same page with a template filled in below what was written so far."""
    form, language = request.form, request.form.get("language", "")
    if not form.get("template"):
        return _case(ticket_id, form, errors={"template": _(FAULTS["template"])}), Invalid.status
    filled = actions.fill_template(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        code=form["template"],
        is_english=language == "en",
        say=partial(in_language, language),
    )
    written = form.get("note", "").strip()
    note = f"{written}\n\n{filled.text}" if written else filled.text
    return _case(ticket_id, {**form.to_dict(), "note": note}, filled)


@blueprint.route("/console/hotline/next", methods=["POST"])
@scopes(access.CLAIM)
def claim_next() -> Response:
    """Claim the ticket that has waited longest."""
    ticket = actions.claim_next(current_session(), current_actor())
    return redirect(f"/console/hotline/{ticket.id}", 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>/merge", methods=["POST"])
@scopes(access.WORK)
def merge_case(ticket_id: UUID) -> Response:
    """Let another ticket go on for this one, or undo that."""
    session, actor, form = current_session(), current_actor(), request.form
    if form.get("undo"):
        actions.unmerge_ticket(session, actor, ticket_id=ticket_id, note=form.get("note", "").strip())
    else:
        fence = whole_number(form.get("fence"), "/fence")
        actions.merge_ticket(
            session, actor, ticket_id=ticket_id, into=form.get("into", "").strip(), fence=fence
        )
    return redirect(f"/console/hotline/{ticket_id}", 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>/notes", methods=["POST"])
@scopes(access.WORK)
def add_note(ticket_id: UUID) -> Response:
    """Write a note for colleagues."""
    text = request.form.get("internal", "")
    actions.add_internal_note(current_session(), current_actor(), ticket_id=ticket_id, text=text)
    return redirect(f"/console/hotline/{ticket_id}", 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>/publication", methods=["POST"])
@scopes(access.WORK)
def publish_case(ticket_id: UUID) -> Response:
    """Release a description of the ticket for everybody."""
    form = request.form
    actions.publish_ticket(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        text=form.get("public_text", ""),
        place=form.get("public_place", ""),
        with_point=form.get("with_point") == "yes",
    )
    return redirect(f"/console/hotline/{ticket_id}", 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>/claim", methods=["POST"])
@scopes(access.CLAIM)
def claim_ticket(ticket_id: UUID) -> Response:
    """Claim a ticket from the queue."""
    actions.claim_ticket(current_session(), current_actor(), ticket_id=ticket_id)
    return redirect(f"/console/hotline/{ticket_id}", 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>", methods=["POST"])
@scopes(access.WORK)
def change_case(ticket_id: UUID) -> Response | tuple[str, int]:
    """Take one step of a ticket's life, or show what to mend; what was written stays."""
    form = request.form
    action = action_of(form.get("action", ""))
    try:
        ticket = actions.change_ticket(
            current_session(),
            current_actor(),
            ticket_id=ticket_id,
            action=action,
            note=form.get("note") or None,
            unit=form.get("unit") or None,
            service=form.get("service") or None,
            days=whole_number(form.get("days"), "/days"),
            article=form.get("article") or None,
            urgency=form.get("urgency") or None,
            co_units=form.getlist("co_units") or None,
            despite_open_parts=form.get("despite_open_parts") == "yes",
            fence=whole_number(form.get("fence"), "/fence"),
        )
    except Invalid as refused:
        return _case(ticket_id, form, errors=fault_beside(refused)), refused.status
    keeps = State(ticket.state) is not State.RECEIVED and action not in {Action.DISPATCH, Action.HAND_OVER}
    return redirect(f"/console/hotline/{ticket_id}" if keeps else "/console", 303)


def _list_open() -> str:
    """What is open and the reader's to see, with the clocks that need an eye."""
    session, actor = current_session(), current_actor()
    found = actions.list_tickets(session, actor, limit=QUEUE_LENGTH, only_open=True)
    escalations = actions.list_escalations(session, actor)
    return render_template(
        "hotline/queue.html", tickets=found, escalations=escalations, actor=actor, **words()
    )


def _case(
    ticket_id: UUID,
    given: Mapping[str, str],
    filled: Filled | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The page of one ticket; `given` is what was already written in its form, `errors` what is wrong with it."""
    session, actor = current_session(), current_actor()
    ticket, events = actions.read_ticket(session, actor, ticket_id=ticket_id)
    # Suggested while the ticket is held, when it can be merged.
    alike = actions.list_alike(session, actor, ticket_id=ticket_id) if "merge" in ticket.actions else []
    is_held = "release" in ticket.actions
    articles = actions.list_articles(session, category=ticket.category) if "answer" in ticket.actions else []
    return render_template(
        "hotline/case.html",
        ticket=ticket,
        given=given,
        errors=errors or {},
        filled=None if filled is None else {"missing": [_(PLACE_TITLES[place]) for place in filled.missing]},
        templates=templates_for(ticket),
        others=actions.open_ticket(session, actor, ticket_id=ticket_id),
        alike=alike,
        article_titles={one.code: one.title for one in articles},
        events=events,
        joins=events[0].said.details.get("alike", "") if events else "",
        # Of whoever holds the claim alone, so that there is something to ask for.
        context=actions.find_context(session, actor, ticket_id=ticket_id) if is_held else None,
        context_at=f"/console/hotline/{ticket_id}/context",
        context_titles=service_titles(),
        notes=actions.list_internal_notes(session, actor, ticket_id=ticket_id),
        actor=actor,
        **words(),
    )
