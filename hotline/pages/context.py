"""Pages of consent: what an operator may hear, for how long, who looked; and the operator's look."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.offered import offered_contexts
from hotline.pages.blueprint import blueprint
from hotline.pages.words import words
from hotline.rules.context import KIND_TITLES, STANDING_DAYS
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _

OWN = "/my/tickets/context"
CALL = "call"
TICKET = "ticket"


@blueprint.route(OWN)
@scopes(access.SHARE)
def show_context() -> str:
    """What is on, who looked, and the form of a new consent; for one ticket where the address names it."""
    return _page({"services": [], "until": TICKET if request.args.get("ticket") else ""}, {})


@blueprint.route(OWN, methods=["POST"])
@scopes(access.SHARE)
def grant_context() -> Response | str | tuple[str, int]:
    """Consent for a call, for one ticket, or for a while; for a call the page tells the digits to read out."""
    session, actor, offered = current_session(), current_actor(), offered_contexts()
    form: dict[str, Any] = {
        "services": request.form.getlist("services"),
        "until": request.form.get("until", ""),
    }
    errors = _faults(form)
    if errors:
        return _page(form, errors), 422
    if form["until"] == CALL:
        made = actions.make_context_code(session, actor, services=form["services"], offered=offered)
        return _page({"services": [], "until": ""}, {}, made)
    actions.grant_context(
        session,
        actor,
        services=form["services"],
        offered=offered,
        ticket_id=_ticket() if form["until"] == TICKET else None,
        days=int(form["until"]) if form["until"] != TICKET else None,
    )
    return redirect(OWN, 303)


@blueprint.route(f"{OWN}/revoke", methods=["POST"])
@scopes(access.SHARE)
def revoke_context() -> Response:
    """End a consent at once."""
    try:
        grant_id = UUID(request.form.get("grant", ""))
    except ValueError:
        raise NotFound from None
    actions.revoke_context(current_session(), current_actor(), grant_id=grant_id)
    return redirect(OWN, 303)


@blueprint.route("/console/hotline/<uuid:ticket_id>/context", methods=["POST"])
@scopes(access.CLAIM)
def look_for_ticket(ticket_id: UUID) -> str:
    """What the reporter's services say, as far as the reporter consented."""
    told = actions.read_context(
        current_session(), current_actor(), offered=offered_contexts(), ticket_id=ticket_id
    )
    return _look(told, f"/console/hotline/{ticket_id}")


@blueprint.route("/console/hotline/calls/<uuid:call_id>/context", methods=["POST"])
@scopes(access.CLAIM)
def look_for_call(call_id: UUID) -> str:
    """What the caller's services say, as far as the caller consented on this call."""
    told = actions.read_context(
        current_session(), current_actor(), offered=offered_contexts(), call_id=call_id
    )
    return _look(told, f"/console/hotline/calls/{call_id}")


@blueprint.route("/console/hotline/calls/<uuid:call_id>/context-code", methods=["POST"])
@scopes(access.CLAIM)
def redeem_context_code(call_id: UUID) -> Response:
    """Type in what the caller read out."""
    code = "".join(request.form.get("code", "").split())
    actions.redeem_context_code(current_session(), current_actor(), call_id=call_id, code=code)
    return redirect(f"/console/hotline/calls/{call_id}", 303)


def service_titles() -> dict[str, str]:
    """What the services are called that may say something."""
    manifests = current_app.extensions["citizen_manifests"]
    offered = offered_contexts()
    return {manifest.name: _(manifest.title) for manifest in manifests if manifest.name in offered}


def _look(told: Mapping[str, Sequence[str]], back: str) -> str:
    return render_template(
        "hotline/context_told.html", told=_spoken(told), back=back, titles=service_titles(), **words()
    )


def _spoken(told: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Codes as sentences; what a service no longer says is not made up."""
    offered = offered_contexts()
    return {
        name: [_(offered[name].sentences[code]) for code in codes if code in offered[name].sentences]
        for name, codes in told.items()
        if name in offered
    }


def _page(form: Mapping[str, Any], errors: Mapping[str, str], made: actions.CodeView | None = None) -> str:
    session, actor = current_session(), current_actor()
    ticket = request.values.get("ticket", "")
    until = {CALL: _("这一次通话（给您 8 位数，念给话务员听）")}
    if ticket:
        until[TICKET] = _("只这一件诉求，30 天")
    until |= {str(days): _("我的每一件诉求，%(days)d 天", days=days) for days in STANDING_DAYS}
    return render_template(
        "hotline/context.html",
        form=form,
        errors=errors,
        made=made,
        ticket=ticket,
        until=until,
        offered={
            name: [_(sentence) for sentence in port.sentences.values()]
            for name, port in offered_contexts().items()
        },
        titles=service_titles(),
        kinds={kind.value: _(title) for kind, title in KIND_TITLES.items()},
        grants=actions.list_context_grants(session, actor),
        looks=[(look, _spoken(look.told)) for look in actions.list_context_looks(session, actor)],
        **words(),
    )


def _faults(form: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    if not form["services"] or not set(form["services"]) <= set(offered_contexts()):
        errors["services"] = _("至少勾一项")
    if form["until"] not in {CALL, TICKET, *map(str, STANDING_DAYS)}:
        errors["until"] = _("请选一个")
    return errors


def _ticket() -> UUID:
    try:
        return UUID(request.form.get("ticket", ""))
    except ValueError:
        raise NotFound from None
