"""The e-bills' pages: the resident's, and the biller's import desk."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ebills import access, actions, schemas, titles
from ebills.errors import (
    MOST_FAULTS_SHOWN,
    AccountAlreadyClaimed,
    AccountNotProven,
    FileRefused,
    NotTheBiller,
    TooManyClaims,
)
from ebills.rules.amounts import fen_of
from ebills.rules.billers_file import COLUMNS
from ebills.rules.faults import FAULT_TITLES, FaultCode
from services import clock
from services.errors import CitizenError
from services.web import exports
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import scopes
from services.web.language import gettext as _

blueprint = PageBlueprint("ebills_pages", __name__, service="ebills")
HISTORY = 12
SHOWN = 25


def _words() -> dict[str, Any]:
    """What templates need to speak of bills."""
    return {
        "billers": {row.code: row for row in actions.list_billers(current_session())},
        "states": titles.state_titles(),
        "today": clock.today(),
        "titles": titles,
    }


@blueprint.get("/my/bills")
@scopes(access.READ)
def list_bills() -> str:
    """What is due and by when; one row per account."""
    overview = actions.read_overview(current_session(), current_actor())
    return render_template("ebills/bills.html", overview=overview, **_words())


@blueprint.route("/my/bills/copy")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_copy() -> Response:
    """A copy of everything, to keep or to take elsewhere."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_bills(session, actor, limit=exports.MOST + 1, after=None, state=None)
    return exports.download_of(schemas.BillExportSchema, found, name="bills")


@blueprint.get("/my/bills/<uuid:bill_id>")
@scopes(access.READ)
def show_bill(bill_id: UUID) -> str:
    """One bill: amount, due date, why it changed, twelve months beside it."""
    view = actions.read_bill(current_session(), current_actor(), bill_id=bill_id, history=HISTORY)
    return render_template("ebills/bill.html", view=view, **_words())


@blueprint.get("/my/bills/accounts")
@scopes(access.READ)
def list_accounts() -> str:
    """The reader's service accounts."""
    found = actions.list_accounts(current_session(), current_actor())
    return render_template("ebills/accounts.html", accounts=found, **_words())


@blueprint.get("/my/bills/accounts/new")
@scopes(access.CLAIM)
def new_account() -> Response:
    """The form to claim an account."""
    g.ebills_billers = _biller_options()
    return _claim_form({})


@blueprint.post("/my/bills/accounts/new")
@scopes(access.CLAIM)
def claim_account() -> AnyResponse:
    """Claim an account, or show the form again with what to mend."""
    g.ebills_billers = _biller_options()
    amount = fen_of(request.form.get("amount", ""))
    errors = _claim_errors(amount)
    if errors or amount is None:
        return _claim_form(errors, 422)
    settings = current_settings()
    actions.claim_account(
        current_session(),
        current_actor(),
        biller=request.form.get("biller", ""),
        account_number=request.form.get("account_number", ""),
        amount_minor=amount,
        policy=settings.throttle_policy,
    )
    return redirect("/my/bills/accounts", 303)


@blueprint.errorhandler(AccountNotProven)
@blueprint.errorhandler(AccountAlreadyClaimed)
@blueprint.errorhandler(TooManyClaims)
def show_claim_again(error: CitizenError) -> Response:
    """The form with a plain sentence; its transaction is over, so that a wrong proof stays counted."""
    response = _claim_form({"account_number": _(error.title, **error.facts)}, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _claim_errors(amount: int | None) -> dict[str, str]:
    errors = {}
    if request.form.get("biller") not in g.ebills_billers:
        errors["biller"] = _("选账单上写的那家单位")
    if not 0 < len(request.form.get("account_number", "").strip()) <= 40:
        errors["account_number"] = _("照账单写户号")
    if amount is None:
        errors["amount"] = _("写成元，比如 186.44")
    return errors


def _claim_form(errors: Mapping[str, str], status: int = 200) -> Response:
    typed = {name: request.form.get(name, "") for name in ("biller", "account_number", "amount")}
    page = render_template("ebills/claim.html", form=typed, errors=errors, options=g.ebills_billers)
    return make_response(page, status)


def _biller_options() -> dict[str, str]:
    """Kept for the request: an error page is drawn when there is no transaction left to ask."""
    return {
        row.code: f"{titles.utility_title(row.utility)} · {titles.biller_name(row)}"
        for row in actions.list_billers(current_session())
    }


@blueprint.get("/console/bills")
@scopes(access.IMPORT)
def show_desk() -> str:
    """The biller's desk: import a file, see earlier imports and what the last one did."""
    found = actions.list_imports(current_session(), current_actor(), limit=SHOWN)
    done = next((one for one in found if str(one.id) == request.args.get("import")), None)
    is_repeat = "again" in request.args
    return _desk(imports=found, done=done, is_repeat=is_repeat)


@blueprint.post("/console/bills")
@scopes(access.IMPORT)
def create_import() -> AnyResponse:
    """Import the file that was sent."""
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    result = actions.create_import(current_session(), current_actor(), content=content)
    again = "&again=1" if result.is_repeat else ""
    return redirect(f"/console/bills?import={result.id}{again}", 303)


@blueprint.errorhandler(FileRefused)
@blueprint.errorhandler(NotTheBiller)
def show_faults(error: FileRefused | NotTheBiller) -> tuple[str, int]:
    """The desk with what to mend: line, column, and what was expected."""
    faults = error.faults if isinstance(error, FileRefused) else ()
    shown = [
        (fault.line, fault.field, _(FAULT_TITLES[FaultCode(fault.code)]), fault.expected)
        for fault in faults[:MOST_FAULTS_SHOWN]
    ]
    return _desk(sentence=_(error.title, **error.facts), faults=shown), error.status


def _desk(**shown: Any) -> str:
    return render_template("ebills/desk.html", unit=current_actor().unit, columns=COLUMNS, **shown)
