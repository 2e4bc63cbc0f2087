"""The e-bills' pages: the resident's, and the biller's import desk."""

from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from ebills import access, actions
from ebills.errors import FileRefused
from ebills.rules import MOST_AMOUNT_MINOR, STATE_TITLES, UTILITY_TITLES, State, Utility
from services.errors import CitizenError
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _

blueprint = PageBlueprint("ebills_pages", __name__, service="ebills")
SHOWN = 24


def _words() -> dict[str, object]:
    found = actions.list_billers(current_session())
    return {
        "billers": {row.code: row for row in found},
        "utilities": {row.code: _(UTILITY_TITLES[Utility(row.utility)]) for row in found},
        "states": {state.value: _(title) for state, title in STATE_TITLES.items()},
    }


@blueprint.route("/my/bills")
@scopes(access.READ)
def list_bills() -> str:
    """What is due first, then the newest bills."""
    session, actor = current_session(), current_actor()
    due = actions.list_bills(session, actor, limit=SHOWN, state=State.ISSUED)
    newest = actions.list_bills(session, actor, limit=SHOWN)
    return render_template("ebills/bills.html", due=due, bills=newest, **_words())


@blueprint.route("/my/bills/<uuid:bill_id>")
@scopes(access.READ)
def show_bill(bill_id: UUID) -> str:
    """One bill: amount, due date, why it changed, twelve months beside it."""
    session, actor = current_session(), current_actor()
    view = actions.read_bill(session, actor, bill_id=bill_id)
    history = actions.list_history(session, actor, account_id=view.bill.account_id)
    before = [amount for _id, period_to, amount in history if period_to < view.bill.period_to]
    change = view.bill.amount_minor - before[-1] if before else None
    return render_template("ebills/bill.html", view=view, history=history, change=change, **_words())


@blueprint.route("/my/bills/accounts", methods=["GET"])
@scopes(access.READ)
def list_accounts() -> str:
    """The reader's service accounts, and a form to link another."""
    found = actions.list_accounts(current_session(), current_actor())
    return render_template("ebills/accounts.html", accounts=found, form={}, errors={}, **_words())


@blueprint.route("/my/bills/accounts", methods=["POST"])
@scopes(access.LINK)
def link_account() -> Response | tuple[str, int]:
    """Link an account, or show the form again with what to mend."""
    session, actor = current_session(), current_actor()
    form = {name: request.form.get(name, "").strip() for name in ("biller", "number", "amount")}
    amount = _fen(form["amount"])
    errors = {} if amount is not None else {"amount": _("写成元，比如 186.44")}
    if not form["number"]:
        errors["number"] = _("照账单写户号")
    if not errors and amount is not None:
        try:
            actions.link_account(
                session, actor, biller=form["biller"], number=form["number"], amount_minor=amount
            )
        except CitizenError as error:
            errors["number"] = _(error.title)
    if errors:
        found = actions.list_accounts(session, actor)
        page = render_template("ebills/accounts.html", accounts=found, form=form, errors=errors, **_words())
        return page, 422
    return redirect("/my/bills/accounts", 303)


def _fen(text: str) -> int | None:
    """Yuan as people type them, full-width digits too, to fen; None when it is no amount."""
    whole, dot, cents = text.translate(str.maketrans("０１２３４５６７８９．", "0123456789.")).partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(cents) > 2 or (dot and not cents.isdigit()):
        return None
    fen = int(whole) * 100 + int(cents.ljust(2, "0") or 0)
    return fen if fen <= MOST_AMOUNT_MINOR else None


@blueprint.route("/console/bills", methods=["GET"])
@scopes(access.IMPORT)
def show_desk() -> str:
    """The biller's desk: import a file, see earlier imports."""
    found = actions.list_imports(current_session(), current_actor())
    return render_template("ebills/desk.html", imports=found, result=None, faults=[], actor=current_actor())


@blueprint.route("/console/bills", methods=["POST"])
@scopes(access.IMPORT)
def import_bills() -> str | tuple[str, int]:
    """Import the file that was sent."""
    session, actor = current_session(), current_actor()
    sent = request.files.get("file")
    text = sent.read().decode("utf-8", "replace") if sent else request.form.get("text", "")
    try:
        result = actions.import_bills(session, actor, text=text)
    except FileRefused as refused:
        found = actions.list_imports(session, actor)
        page = render_template(
            "ebills/desk.html", imports=found, result=None, faults=refused.errors, actor=actor
        )
        return page, 422
    found = actions.list_imports(session, actor)
    return render_template("ebills/desk.html", imports=found, result=result, faults=[], actor=actor)
