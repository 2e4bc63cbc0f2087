"""The front page: what counts first, the newest trend, who read the file, and the national form's three parts."""

from collections.abc import Sequence
from typing import Any

from health_file import access
from health_file.display import Record, Result, Series, series_of
from health_file.display.front_page import front_page
from health_file.display.standing import (
    blood_group,
    family_doctor,
    is_long_term,
    is_no_allergy,
    is_standing,
)
from health_file.pages.blueprint import File, blueprint, open_file, page
from health_file.pages.readers import newest_lines
from health_file.pages.results import chart_of
from services.actor import Relation
from services.gateway.people.persons import list_people
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _

# Newest of each kind that the front page looks through; the lists have them all.
WANTED = {
    "AllergyIntolerance": 100, "Condition": 200, "MedicationStatement": 200, "MedicationRequest": 50,
    "EpisodeOfCare": 20, "Observation": 300, "FamilyMemberHistory": 30, "Procedure": 50, "Flag": 20,
    "Encounter": 50, "Immunization": 30, "DiagnosticReport": 20, "DocumentReference": 20,
}  # fmt: skip
ACTIVITIES = ("Encounter", "Immunization", "DiagnosticReport", "DocumentReference", "Procedure")
MOST_ACTIVITIES = 5
MOST_READERS = 3
SHORTEST_TREND = 3
# Where several trends are as new, what a long-term illness is steered by comes first: HbA1c, blood pressure, LDL.
FIRST = ("4548-4", "8480-6", "22748-8")


@blueprint.route("/my/health")
@scopes(access.READ)
def show_file() -> str:
    """What counts first, of oneself or of a person acted for."""
    file = open_file(**WANTED)
    session, actor = current_session(), current_actor()
    records = file.records(*WANTED)
    form = front_page(
        file.patient,
        records,
        file.results,
        activities=file.records(*ACTIVITIES)[:MOST_ACTIVITIES],
        today=file.today,
        reader=file.reader,
    )
    return page(
        "file",
        file,
        first=_first(file, records),
        form=form,
        trend=_trend(file),
        readers=newest_lines(MOST_READERS, file.reader),
        ways=_ways(),
        people=[one for one in list_people(session, actor) if one.subject != actor.subject],
    )


def _ways() -> list[tuple[str, str]]:
    """Where people decide who sees the file; a carer decides nothing."""
    decides = current_actor().relation in {Relation.SELF, Relation.GUARDIAN}
    own = [("/readers", _("谁看过")), ("/consents", _("授权"))] if decides else []
    return [*own, ("/delegates", _("谁替我看")), ("/download", _("带走"))]


def _first(file: File, records: Sequence[Record]) -> dict[str, Any]:
    """The block that an emergency doctor would ask for."""
    allergies = [
        one for one in records if one.type == "AllergyIntolerance" and is_standing(one.raw, file.today)
    ]
    medicines = ("MedicationStatement",)
    return {
        "allergies": [one for one in allergies if not is_no_allergy(one.raw)],
        "no_allergies": [one for one in allergies if is_no_allergy(one.raw)],
        "conditions": [
            one for one in records if one.type == "Condition" and is_long_term(one.raw, file.today)
        ],
        "medicines": [one for one in records if one.type in medicines and is_standing(one.raw, file.today)],
        "flags": [one for one in records if one.type == "Flag" and is_standing(one.raw, file.today)],
        "blood": blood_group(file.results, file.reader),
        "doctor": family_doctor(records, file.patient, file.today, file.reader),
    }


def _trend(file: File) -> dict[str, Any] | None:
    """The course that is told first: the newest of those that are long enough."""
    courses = [one for one in series_of(file.results) if len(one.points) >= SHORTEST_TREND]
    if not courses:
        return None
    chosen = min(courses, key=_rank)
    ours = [one for one in file.results if _is_of(one, chosen)]
    return chart_of(ours, file)[0] | {"code": ours[0].code}


def _rank(one: Series) -> tuple[int, int]:
    code = one.newest.code
    return (FIRST.index(code) if code in FIRST else len(FIRST), -one.points[-1][0].civil.toordinal())


def _is_of(result: Result, course: Series) -> bool:
    return any(value.code == course.newest.code and value.unit == course.unit for value in result.values)
