"""The sections of the International Patient Summary, as data: code, title, what goes in, and its columns.

Standard: IPS 2.0.0 Composition-uv-ips. Required: problems, allergies, medications. Recommended ones stand in every
    document too and say when they are empty; optional ones only where there is something to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from health_file.ips import selection
from health_file.ips.selection import Chosen
from health_file.ips.words import concept_words, range_words, value_words, when
from services.words import msgid

Cell = Callable[[Mapping[str, Any], str], str]


@dataclass(frozen=True, slots=True)
class Section:
    """One section; `title`, `empty` and the headings are Chinese sentences of the catalogue."""

    code: str
    display: str
    title: str
    choose: Chosen
    columns: tuple[tuple[str, Cell], ...]
    empty: str = ""


def _concept(name: str) -> Cell:
    return lambda one, language: concept_words(one.get(name), language)


def _concepts(name: str) -> Cell:
    return lambda one, language: ", ".join(concept_words(each, language) for each in one.get(name, []))


def _when(*names: str) -> Cell:
    return lambda one, _: when(one, *names)


def _plain(name: str) -> Cell:
    return lambda one, _: str(one.get(name, ""))


def _medicine(one: Mapping[str, Any], language: str) -> str:
    reference = one.get("medicationReference", {})
    contained = {f"#{each.get('id')}": each for each in one.get("contained", [])}
    inside = contained.get(reference.get("reference", ""), {})
    return (
        concept_words(one.get("medicationCodeableConcept"), language)
        or concept_words(inside.get("code"), language)
        or str(reference.get("display", ""))
    )


def _dosage(one: Mapping[str, Any], _language: str) -> str:
    dosages = one.get("dosage") or one.get("dosageInstruction") or []
    return "; ".join(str(each["text"]) for each in dosages if "text" in each)


def _reactions(one: Mapping[str, Any], language: str) -> str:
    found = [
        concept_words(each, language)
        for reaction in one.get("reaction", [])
        for each in reaction.get("manifestation", [])
    ]
    return ", ".join(found)


def _result(one: Mapping[str, Any], language: str) -> str:
    if one["resourceType"] == "DiagnosticReport":
        return str(one.get("conclusion", "")) or ", ".join(
            concept_words(each, language) for each in one.get("conclusionCode", [])
        )
    return value_words(one, language)


def _performer(one: Mapping[str, Any], _language: str) -> str:
    listed = one.get("performer", [])
    actors = [each.get("actor", each) for each in listed if isinstance(each, dict)]
    return ", ".join(str(each["display"]) for each in actors if "display" in each)


def _plan(one: Mapping[str, Any], language: str) -> str:
    steps = [
        str(detail.get("description") or concept_words(detail.get("code"), language))
        for activity in one.get("activity", [])
        if (detail := activity.get("detail"))
    ]
    return "; ".join(step for step in (str(one.get("description", "")), *steps) if step)


def _relative(one: Mapping[str, Any], language: str) -> str:
    return ", ".join(concept_words(each.get("code"), language) for each in one.get("condition", []))


NAME, SINCE, DATE, STATUS = msgid("名称"), msgid("开始时间"), msgid("日期"), msgid("状态")
VALUE, RANGE, BY = msgid("结果"), msgid("参考范围"), msgid("执行者")
_CONDITION = (
    (NAME, _concept("code")),
    (STATUS, _concept("clinicalStatus")),
    (SINCE, _when("onsetDateTime", "onsetPeriod", "recordedDate")),
)
_MEASURED = (
    (NAME, _concept("code")),
    (VALUE, _result),
    (RANGE, lambda one, _: range_words(one)),
    (DATE, _when("effectiveDateTime", "effectivePeriod", "issued")),
    (BY, _performer),
)

PROBLEMS = Section(
    "11450-4", "Problem list - Reported", msgid("目前的疾病和问题"), selection.problems, _CONDITION,
    msgid("档案里没有关于目前疾病的资料"),
)  # fmt: skip
ALLERGIES = Section(
    "48765-2", "Allergies and adverse reactions Document", msgid("过敏和不耐受"), selection.allergies,
    (
        (NAME, _concept("code")),
        (msgid("反应"), _reactions),
        (msgid("危险程度"), _plain("criticality")),
        (SINCE, _when("onsetDateTime", "recordedDate")),
    ),
    msgid("档案里没有关于过敏的资料"),
)  # fmt: skip
MEDICATIONS = Section(
    "10160-0", "History of Medication use Narrative", msgid("正在用的药"), selection.medications,
    (
        (NAME, _medicine),
        (msgid("用法"), _dosage),
        (STATUS, _plain("status")),
        (SINCE, _when("effectivePeriod", "effectiveDateTime", "authoredOn")),
    ),
    msgid("档案里没有关于用药的资料"),
)  # fmt: skip
REQUIRED = (PROBLEMS, ALLERGIES, MEDICATIONS)

RECOMMENDED = (
    Section(
        "11369-6", "History of Immunization note", msgid("预防接种"), selection.immunizations,
        (
            (NAME, _concept("vaccineCode")),
            (DATE, _when("occurrenceDateTime")),
            (msgid("批号"), _plain("lotNumber")),
            (BY, _performer),
        ),
        msgid("档案里没有关于接种的资料"),
    ),
    Section(
        "30954-2", "Relevant diagnostic tests/laboratory data note", msgid("化验和检查结果"), selection.results,
        _MEASURED, msgid("档案里没有化验和检查的结果"),
    ),
    Section(
        "47519-4", "History of Procedures Document", msgid("手术和治疗"), selection.procedures,
        (
            (NAME, _concept("code")),
            (DATE, _when("performedDateTime", "performedPeriod")),
            (BY, _performer),
        ),
        msgid("档案里没有关于手术和治疗的资料"),
    ),
)  # fmt: skip

OPTIONAL = (
    Section(
        "104605-1", "Alert", msgid("警示"), selection.alerts,
        ((NAME, _concept("code")), (SINCE, _when("period"))),
    ),
    Section(
        "11348-0", "History of Past illness note", msgid("得过的疾病"), selection.past_problems,
        (*_CONDITION, (msgid("结束时间"), _when("abatementDateTime", "abatementPeriod"))),
    ),
    Section(
        "8716-3", "Vital signs note", msgid("生命体征"), selection.vital_signs, _MEASURED,
    ),
    Section(
        "29762-2", "Social history note", msgid("生活习惯"), selection.social_history,
        ((NAME, _concept("code")), (VALUE, value_words), (DATE, _when("effectiveDateTime", "effectivePeriod"))),
    ),
    Section(
        "47420-5", "Functional status assessment note", msgid("功能状况"), selection.disabilities, _CONDITION,
    ),
    Section(
        "10162-6", "History of pregnancies Narrative", msgid("孕产史"), selection.pregnancies,
        ((NAME, _concept("code")), (VALUE, value_words), (DATE, _when("effectiveDateTime", "effectivePeriod"))),
    ),
    Section(
        "18776-5", "Plan of care note", msgid("照护计划"), selection.care_plans,
        ((NAME, _plain("title")), (msgid("内容"), _plan), (SINCE, _when("period", "created"))),
    ),
    Section(
        "42348-3", "Advance healthcare directives", msgid("预先指示"), selection.advance_directives,
        ((NAME, _concepts("category")), (DATE, _when("dateTime"))),
    ),
    # Not one of the guide's sections, which are open to others.
    Section(
        "10157-6", "History of family member diseases note", msgid("家族史"), selection.family_history,
        ((msgid("亲属"), _concept("relationship")), (NAME, _relative), (DATE, _when("date"))),
    ),
)  # fmt: skip

# What a summary is made from, and the most that is read of each type: what lasts is read whole.
READ_OF_TYPE: Mapping[str, int] = {
    "Condition": 2000, "AllergyIntolerance": 2000, "MedicationStatement": 1000, "MedicationRequest": 300,
    "Immunization": 300, "Procedure": 300, "Observation": 400, "DiagnosticReport": 60, "Flag": 300, "CarePlan": 100,
    "Consent": 100, "FamilyMemberHistory": 100,
}  # fmt: skip
# Of these, the newest are enough in a document; nothing that lasts is cut.
MOST_SHOWN: Mapping[str, int] = {"30954-2": 60, "8716-3": 30, "47519-4": 100, "11369-6": 150, "11348-0": 100}
