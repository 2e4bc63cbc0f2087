"""The pages of legal persons: looking one up, one's own businesses, and the register's desk."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from legal_id import access, actions, schemas
from legal_id.rules import STATUS_TITLES, Event
from services.database.roles import Role
from services.errors import CitizenError, Invalid
from services.web import exports
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.language import gettext as _

blueprint = PageBlueprint("legal_id_pages", __name__, service="legal_id")
FIELDS = ("uscc", "name", "name_en", "address", "contact")
MOST = 200


def _statuses() -> dict[str, str]:
    return {status.value: _(title) for status, title in STATUS_TITLES.items()}


@blueprint.route("/legal-id/search")
@public("the register's first tier is public", role=Role.RESIDENT)
def search() -> str | tuple[str, int]:
    """Look a business up by its code."""
    uscc = request.args.get("uscc", "").strip()
    if not uscc:
        return render_template("legal_id/search.html", uscc="", found=None, error=None, statuses={})
    try:
        found = actions.read_legal_person(current_session(), current_actor(), uscc=uscc)
    except CitizenError as error:
        sentence = _sentence(error)
        page = render_template("legal_id/search.html", uscc=uscc, found=None, error=sentence, statuses={})
        return page, error.status
    return render_template("legal_id/search.html", uscc=uscc, found=found, error=None, statuses=_statuses())


@blueprint.route("/business")
@scopes(access.READ)
def list_businesses() -> str:
    """The businesses that the reader represents."""
    found = actions.list_legal_persons(current_session(), current_actor(), limit=50)
    return render_template(
        "legal_id/businesses.html", businesses=[view for _id, view in found], statuses=_statuses()
    )


@blueprint.route("/business/copy")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_copy() -> Response:
    """A copy of everything, to keep or to take elsewhere."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = [view for _id, view in actions.list_legal_persons(session, actor, limit=exports.MOST + 1)]
    return exports.download_of(schemas.LegalPersonExportSchema, found, name="legal-persons")


@blueprint.route("/business/register", methods=["GET"])
@scopes(access.REGISTER)
def new_business() -> str:
    """The form of a registration."""
    return render_template("legal_id/register.html", form={}, errors={})


@blueprint.route("/business/register", methods=["POST"])
@scopes(access.REGISTER)
def create_business() -> Response | tuple[str, int]:
    """Register, or show the form again with what to mend."""
    form = {name: request.form.get(name, "").strip() for name in FIELDS}
    errors = {name: _("这一项要填，最多 200 字") for name in FIELDS if not 0 < len(form[name]) <= MOST}
    if not errors:
        try:
            actions.create_legal_person(current_session(), current_actor(), **form)
        except Invalid as error:
            errors = {"uscc": _sentence(error)}
    if errors:
        return render_template("legal_id/register.html", form=form, errors=errors), 422
    return redirect("/business", 303)


@blueprint.route("/console/legal")
@scopes(access.DECIDE)
def show_register() -> str:
    """What waits at the register."""
    found = actions.list_pending(current_session(), current_actor(), limit=50)
    return render_template("legal_id/desk.html", businesses=found, statuses=_statuses())


@blueprint.route("/console/legal/<string:uscc>", methods=["POST"])
@scopes(access.DECIDE)
def decide(uscc: str) -> Response:
    """An officer decides."""
    try:
        event = Event(request.form.get("event", ""))
    except ValueError:
        raise Invalid(field="/event", expected=", ".join(Event)) from None
    actions.change_legal_person(current_session(), current_actor(), uscc=uscc, event=event)
    return redirect("/console/legal", 303)


def _sentence(error: CitizenError) -> str:
    facts = {name: _(value) if isinstance(value, str) else value for name, value in error.facts.items()}
    return _(error.title) % facts if facts else _(error.title)
