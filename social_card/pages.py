"""The social card's pages: the holder's, and the card centre's."""

from uuid import UUID

import segno
from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from services.errors import Invalid
from services.web import exports
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _
from social_card import access, actions, schemas, showing
from social_card.desk import desk
from social_card.errors import CheckRefused
from social_card.rules import FINAL, STATE_TITLES, Event, State

blueprint = PageBlueprint("social_card_pages", __name__, service="social_card")
WAITING = (State.APPLIED, State.IN_PRODUCTION, State.READY)
MOST_PICKUP = 200


def _states() -> dict[str, str]:
    return {state.value: _(title) for state, title in STATE_TITLES.items()}


@blueprint.route("/my/card")
@scopes(access.READ)
def show_card() -> str:
    """The reader's card, its state first."""
    found = actions.list_cards(current_session(), current_actor(), limit=5)
    live = next((card for card in found if State(card.state) not in FINAL), None)
    return render_template(
        "social_card/card.html",
        card=live,
        former=[c for c in found if c is not live],
        states=_states(),
        checks=showing.list_checks(current_session(), current_actor()),
        can_show=live is not None and live.state == State.ACTIVE and access.may_show(current_actor()),
    )


@blueprint.route("/my/card/qr")
@scopes(access.APPLY)
def show_code() -> str:
    """A fresh code to show at a desk; asked for again, another one."""
    shown = showing.show_card(current_session(), current_actor())
    qr = None
    if shown is not None:
        code = segno.make(shown.code, error="m")
        qr = code.svg_inline(scale=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return render_template("social_card/code.html", shown=shown, qr=qr)


@blueprint.route("/my/card/copy")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_copy() -> Response:
    """A copy of everything, to keep or to take elsewhere."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_cards(session, actor, limit=exports.MOST + 1)
    return exports.download_of(schemas.CardExportSchema, found, name="social-card")


@blueprint.route("/my/card/apply", methods=["GET"])
@scopes(access.APPLY)
def new_application() -> str:
    """The form of an application."""
    return render_template("social_card/apply.html", pickup="", errors={})


@blueprint.route("/my/card/apply", methods=["POST"])
@scopes(access.APPLY)
def create_application() -> Response | tuple[str, int]:
    """Apply, or show the form again with what to mend."""
    pickup = request.form.get("pickup", "").strip()
    if not 0 < len(pickup) <= MOST_PICKUP:
        errors = {"pickup": _("写明在哪个网点领卡")}
        return render_template("social_card/apply.html", pickup=pickup, errors=errors), 422
    actions.create_application(current_session(), current_actor(), pickup=pickup)
    return redirect("/my/card", 303)


@blueprint.route("/my/card/loss", methods=["GET"])
@scopes(access.APPLY)
def confirm_loss() -> str:
    """The second tap of reporting a card lost: what happens, and the way out."""
    return render_template("social_card/loss.html", card=_live())


@blueprint.route("/my/card/<uuid:card_id>", methods=["POST"])
@scopes(access.APPLY)
def change_card(card_id: UUID) -> Response:
    """The holder activates, reports lost, or releases."""
    event = _event(request.form.get("event", ""))
    actions.change_card(current_session(), current_actor(), card_id=card_id, event=event)
    return redirect("/my/card", 303)


@blueprint.route("/console/card/checks", methods=["GET"])
@scopes(access.CHECK)
def show_desk() -> str:
    """Where a code is read in: a scanner types it."""
    return _desk()


@blueprint.route("/console/card/checks", methods=["POST"])
@scopes(access.CHECK)
def create_check() -> str | tuple[str, int]:
    """Check the card that is shown, or say why not."""
    code = request.form.get("code", "").strip()
    try:
        found = showing.check_card(current_session(), current_actor(), code=code, desk=desk())
    except CheckRefused as refused:
        # A refusal of a genuine code is on record, so the transaction goes on.
        return _desk(errors={"code": _(refused.title)}), refused.status
    return _desk(found=found)


@blueprint.route("/console/card")
@scopes(access.MANAGE)
def show_office() -> str:
    """What waits at the card centre."""
    found = actions.list_cards(current_session(), current_actor(), limit=50, states=WAITING)
    return render_template("social_card/office.html", cards=found, states=_states())


@blueprint.route("/console/card/<uuid:card_id>", methods=["POST"])
@scopes(access.MANAGE)
def decide_card(card_id: UUID) -> Response:
    """An officer decides."""
    event = _event(request.form.get("event", ""))
    actions.change_card(current_session(), current_actor(), card_id=card_id, event=event)
    return redirect("/console/card", 303)


def _desk(*, found: showing.CheckView | None = None, errors: dict[str, str] | None = None) -> str:
    return render_template("social_card/desk.html", check=found, errors=errors or {})


def _live() -> actions.CardView | None:
    found = actions.list_cards(current_session(), current_actor(), limit=5)
    return next((card for card in found if State(card.state) not in FINAL), None)


def _event(given: str) -> Event:
    try:
        return Event(given)
    except ValueError:
        raise Invalid(field="/event", expected=", ".join(Event)) from None
