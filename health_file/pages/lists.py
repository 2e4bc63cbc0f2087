"""Lists of records: timeline, medicines, allergies, vaccinations, illnesses, plans; and one record whole."""

from itertools import groupby
from uuid import UUID

from health_file import access, actions
from health_file.display import Record, Result, Value, result_of
from health_file.display.kinds import ACTIVITIES
from health_file.display.questions import answers_of
from health_file.display.standing import is_long_term, is_no_allergy, is_standing, is_void
from health_file.pages.blueprint import File, address, blueprint, file_of, one_page, open_file, page
from health_file.pages.parties import name_of_unit
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _

MEDICINES = ("MedicationStatement", "MedicationRequest")
PLANS = ("CarePlan", "QuestionnaireResponse", "Flag", "FamilyMemberHistory", "EpisodeOfCare")


@blueprint.route("/my/health/timeline")
@scopes(access.READ)
def show_timeline() -> str:
    """What happened, newest first, by year."""
    file = open_file(*ACTIVITIES)
    listed = one_page(file.records(*ACTIVITIES), lambda number: address("/timeline", page=number))
    years = [
        (year, list(found))
        for year, found in groupby(listed["rows"], key=lambda one: one.day.text[:4] if one.day else "")
    ]
    return page("timeline", file, years=years, **listed)


@blueprint.route("/my/health/medicines")
@scopes(access.READ)
def list_medicines() -> str:
    """Being taken now; taken before; prescribed."""
    file = open_file(*MEDICINES)
    taken = [one for one in file.records("MedicationStatement") if not is_void(one.raw)]
    now = [one for one in taken if is_standing(one.raw, file.today)]
    return page(
        "medicines",
        file,
        now=now,
        before=[one for one in taken if one not in now],
        prescribed=[one for one in file.records("MedicationRequest") if not is_void(one.raw)],
    )


@blueprint.route("/my/health/allergies")
@scopes(access.READ)
def list_allergies() -> str:
    """What the person may not be given, and what was asked without an answer."""
    file = open_file("AllergyIntolerance")
    found = file.records("AllergyIntolerance")
    standing = [one for one in found if is_standing(one.raw, file.today)]
    return page(
        "allergies",
        file,
        allergies=[one for one in standing if not is_no_allergy(one.raw)],
        none_known=[one for one in standing if is_no_allergy(one.raw)],
        before=[one for one in found if one not in standing],
    )


@blueprint.route("/my/health/immunisations")
@scopes(access.READ)
def list_immunisations() -> str:
    """Every vaccination."""
    file = open_file("Immunization")
    listed = one_page(file.records("Immunization"), lambda number: address("/immunisations", page=number))
    return page("immunisations", file, **listed)


@blueprint.route("/my/health/conditions")
@scopes(access.READ)
def list_conditions() -> str:
    """Long-term illnesses first, then what is over."""
    file = open_file("Condition")
    found = [one for one in file.records("Condition") if not is_void(one.raw)]
    lasting = [one for one in found if is_long_term(one.raw, file.today)]
    return page("conditions", file, lasting=lasting, before=[one for one in found if one not in lasting])


@blueprint.route("/my/health/plans")
@scopes(access.READ)
def list_plans() -> str:
    """Care plans, warnings, questionnaires, contracts, family history."""
    file = open_file(*PLANS)
    groups = [file.records(kind) for kind in PLANS]
    return page("plans", file, groups=[(found[0].kind, found) for found in groups if found])


@blueprint.route("/my/health/records/<uuid:record_id>")
@scopes(access.READ)
def show_record(record_id: UUID) -> str:
    """One record: what it says, line by line, and who wrote it when."""
    view = actions.read_own_record(current_session(), current_actor(), resource_id=record_id)
    whose = open_file()
    file = file_of([*whose.bodies, (view.id, view.body)])
    record = _record(file, record_id)
    result = result_of(view.id, view.body, file.reader) if view.type == "Observation" else None
    return page(
        "record",
        file,
        record=record,
        result=result,
        result_lines=_values(result, file) if result else [],
        answers=answers_of(view.body, file.reader),
        view=view,
        writer=name_of_unit(view.author),
    )


def _values(result: Result, file: File) -> list[tuple[str, str]]:
    """Several numbers of one measurement, each beside its range."""
    return [
        (one.name, _("，").join(part for part in (one.words, _range(one), one.standing(file.reader)) if part))
        for one in result.values
    ]


def _range(one: Value) -> str:
    return _("参考范围 %(range)s", range=one.range) if one.range else ""


def _record(file: File, record_id: UUID) -> Record:
    found = {body["resourceType"] for one, body in file.bodies if one == record_id}
    return next(one for one in file.records(*found) if one.id == record_id)
