"""Consents: who may see what until when; giving one in steps, withdrawing one after a question.

Each step carries what was answered before in its own form: nothing is kept, and nothing stands in an address, until the
last step is sent.
"""

from datetime import date, timedelta
from uuid import UUID

from flask import Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from health_file import access, actions
from health_file.display.parts import PARTS, PURPOSES
from health_file.errors import ResidentUnknown
from health_file.fhir.consent.permitting import permit_of
from health_file.pages.agreements import agreements_of
from health_file.pages.blueprint import address, blueprint, open_file, page
from health_file.pages.parties import name_of_unit, units_named
from services import clock
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _
from services.words import msgid

LIFE = {"30": msgid("一个月"), "180": msgid("半年"), "365": msgid("一年")}
GIVEN_FOR = ("TREAT", "HRESCH")
STEPS = ("whom", "what", "until", "check")
EVERYTHING, SOME = "all", "some"


@blueprint.get("/my/health/consents")
@scopes(access.CONSENT)
def list_consents() -> str:
    """What stands, who is kept out, what is over."""
    file = open_file()
    found = agreements_of(actions.list_consents(current_session(), current_actor()), file.reader)
    return page(
        "consents",
        file,
        standing=[one for one in found if one.is_standing and not one.is_denial],
        denials=[one for one in found if one.is_standing and one.is_denial],
        over=[one for one in found if not one.is_standing],
    )


@blueprint.get("/my/health/consents/new")
@scopes(access.CONSENT)
def new_consent() -> Response:
    """The first step: whom."""
    return _step("whom")


@blueprint.post("/my/health/consents/new")
@scopes(access.CONSENT)
def take_step() -> AnyResponse:
    """Check one step's answer and ask the next; after the last one the consent is given."""
    step = request.form.get("step", "")
    if step not in STEPS:
        raise NotFound
    if request.form.get("back"):
        return _step(STEPS[max(STEPS.index(step) - 1, 0)])
    errors = _errors(step)
    if errors:
        return _step(step, errors)
    if step == "whom" and not request.form.get("unit"):
        return _step("whom", found=units_named(request.form.get("name", "").strip()))
    if step != "check":
        return _step(STEPS[STEPS.index(step) + 1])
    errors = {name: words for one in STEPS for name, words in _errors(one).items()}
    if errors:
        return _step("whom", errors)
    _give()
    return redirect(address("/consents"), 303)


@blueprint.get("/my/health/consents/<uuid:consent_id>")
@scopes(access.CONSENT)
def show_consent(consent_id: UUID) -> str:
    """What a consent says, and the question whether to withdraw it."""
    file = open_file()
    found = actions.list_consents(current_session(), current_actor())
    one = next((one for one in found if one.id == consent_id), None)
    if one is None:
        raise NotFound
    return page("consent", file, one=agreements_of([one], file.reader)[0])


@blueprint.post("/my/health/consents/<uuid:consent_id>")
@scopes(access.CONSENT)
def withdraw_consent(consent_id: UUID) -> AnyResponse:
    """Withdraw it."""
    actions.withdraw_consent(current_session(), current_actor(), consent_id=consent_id)
    return redirect(address("/consents"), 303)


def _give() -> None:
    kinds = _parts() if request.form.get("reach") == SOME else []
    session, actor = current_session(), current_actor()
    patient = actions.patient_of_log(session, actor)
    if patient is None:
        raise ResidentUnknown
    resource = permit_of(
        str(patient),
        session.at,
        unit=request.form["unit"],
        types=sorted({one for kind in kinds for one in PARTS[kind][1]}),
        purpose=request.form["purpose"],
        last_on=_until(),
        is_restricted_included=request.form.get("sensitive") == "yes",
    )
    actions.give_consent(session, actor, resource=resource)


def _until() -> date:
    return clock.today() + timedelta(days=int(request.form["life"]))


def _errors(step: str) -> dict[str, str]:
    """What of one step's answer has to be mended."""
    form = request.form
    wrong = {
        "whom": [
            (
                "name",
                not 0 < len(form.get("name", "").strip()) <= 60 and not form.get("unit"),
                _("写单位名字的头几个字"),
            ),
        ],
        "what": [
            ("reach", form.get("reach") not in {EVERYTHING, SOME}, _("选给全部，还是只给一部分")),
            ("parts", form.get("reach") == SOME and not _parts(), _("至少选一类，或选给全部")),
        ],
        "until": [
            ("purpose", form.get("purpose") not in GIVEN_FOR, _("选给他们做什么用")),
            ("life", form.get("life") not in LIFE, _("选到什么时候为止")),
        ],
        "check": [("unit", not form.get("unit"), _("选一家单位"))],
    }
    return {field: words for field, is_wrong, words in wrong[step] if is_wrong}


def _parts() -> list[str]:
    return [one for one in request.form.getlist("parts") if one in PARTS]


def _step(
    step: str, errors: dict[str, str] | None = None, *, found: dict[str, str] | None = None
) -> Response:
    """Draw a step with what was answered so far."""
    file = open_file()
    form = request.form
    unit = form.get("unit", "")
    if step == "whom" and unit and found is None:
        found = units_named(form.get("name", "").strip())
    answer = make_response(
        page(
            "consent_step",
            file,
            step=step,
            number=STEPS.index(step) + 1,
            steps=len(STEPS),
            errors=errors or {},
            form=form,
            chosen_parts=_parts(),
            found=found,
            unit_name=name_of_unit(unit),
            parts_titles={name: _(words) for name, (words, _types) in PARTS.items()},
            purposes={name: _(PURPOSES[name]) for name in GIVEN_FOR},
            lives={name: _(words) for name, words in LIFE.items()},
            until=_until() if form.get("life") in LIFE else None,
        )
    )
    answer.status_code = 422 if errors else 200
    return answer
