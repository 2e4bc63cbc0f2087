"""The national front page of a resident's file: health markers, basic information, service activities.

Standard: 《居民电子健康档案首页基本内容(试行)》, 国卫办基层发〔2024〕15号. Markers are drawn from records that are
there and that this reader sees; of what is not there nothing is said but that there is no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from health_file.display.days import age_on, day_of
from health_file.display.kinds import CODES
from health_file.display.plain import at, every, joined, plain
from health_file.display.reader import Reader
from health_file.display.records import Record
from health_file.display.results import Result
from health_file.display.standing import blood_group, has_code_under, is_long_term, is_standing, is_void
from services.words import msgid

# What the form asks of a person and FHIR's Patient has no element for.
EXTENSION = "https://citizen.example/fhir/StructureDefinition/resident-"
BODY_MASS = "39156-5"
OLD_AGE, CHILD_AGE = 65, 7
# ICD-10 blocks of the long-term and major illnesses that the form marks, and of notifiable diseases.
MAJOR = (
    "I10", "I11", "I12", "I13", "I15", "E10", "E11", "E13", "E14", "J44", "I20", "I21", "I22", "I23", "I24", "I25",
    "I60", "I61", "I62", "I63", "I64", "C", "F20", "F22", "F25", "F31", "N18", "J45",
)  # fmt: skip
NOTIFIABLE = (
    "A00", "A01", "A03", "A06", "A15", "A16", "A17", "A18", "A19", "A20", "A36", "A37", "A39", "A50", "A51", "A52",
    "A53", "A54", "A82", "A90", "B05", "B06", "B15", "B16", "B17", "B18", "B20", "B21", "B22", "B23", "B24", "B26",
    "B50", "B51", "B52", "B53", "B54", "J09", "J10", "J11", "U07",
)  # fmt: skip
PREGNANCY = ("O", "Z33", "Z34", "Z35")

WOMEN_AND_CHILDREN, OLD, MAJOR_ILLNESS = msgid("妇幼人群"), msgid("老年人群"), msgid("慢病或重点疾病")
INFECTIOUS, WEIGHT, BLOOD_GROUP = msgid("法定传染病"), msgid("体重状况"), msgid("血型")
NONE_RECORDED = msgid("没有记录")
CHILD, PREGNANT, AGED = msgid("0–6 岁儿童"), msgid("孕产妇"), msgid("65 岁及以上")
BODY_MASS_WORDS = msgid("体质指数 %(value)s，化验单上的参考范围 %(range)s")


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The three parts of the form; each line is (what, text), an activity a record."""

    markers: tuple[tuple[str, str], ...]
    basics: tuple[tuple[str, str], ...]
    activities: tuple[Record, ...]


def front_page(
    patient: Mapping[str, Any] | None,
    records: Sequence[Record],
    results: Sequence[Result],
    *,
    activities: Sequence[Record],
    today: date,
    reader: Reader,
) -> FrontPage:
    """Fill in the form from a person's records; results and activities newest first."""
    conditions = [one for one in records if one.type == "Condition"]
    return FrontPage(
        tuple(_markers(patient or {}, conditions, results, today, reader)),
        tuple(_basics(patient or {}, records, conditions, reader)),
        tuple(activities),
    )


def birth_of(patient: Mapping[str, Any] | None) -> date | None:
    """The day of birth, or the first day that it may mean."""
    day = day_of(at(patient, "birthDate"))
    return day.civil if day else None


def _markers(
    patient: Mapping[str, Any],
    conditions: Sequence[Record],
    results: Sequence[Result],
    today: date,
    reader: Reader,
) -> list[tuple[str, str]]:
    standing = [one for one in conditions if is_standing(one.raw, today)]
    born = birth_of(patient)
    age = age_on(born, today) if born else None
    groups = []
    if age is not None and age < CHILD_AGE:
        groups.append(reader.say(CHILD))
    if any(has_code_under(one.raw, PREGNANCY) for one in standing):
        groups.append(reader.say(PREGNANT))
    old = reader.say(AGED) if age is not None and age >= OLD_AGE else ""
    major = [one.title for one in standing if is_long_term(one.raw, today) and has_code_under(one.raw, MAJOR)]
    infectious = [one.title for one in standing if has_code_under(one.raw, NOTIFIABLE)]
    filled = (
        (WOMEN_AND_CHILDREN, joined(groups, reader)),
        (OLD, old),
        (MAJOR_ILLNESS, joined(major, reader)),
        (INFECTIOUS, joined(infectious, reader)),
        (WEIGHT, _weight(results, reader)),
        (BLOOD_GROUP, blood_group(results, reader)),
    )
    return [(reader.say(words), text or reader.say(NONE_RECORDED)) for words, text in filled]


def _weight(results: Sequence[Result], reader: Reader) -> str:
    """The newest body mass index beside the range given with it; the form's own classes are for doctors to give."""
    newest = next((one for one in results if one.code == BODY_MASS and not one.is_void), None)
    if newest is None:
        return ""
    if not newest.range:
        return newest.words
    return reader.say(BODY_MASS_WORDS, value=newest.words, range=newest.range)


def _basics(
    patient: Mapping[str, Any], records: Sequence[Record], conditions: Sequence[Record], reader: Reader
) -> list[tuple[str, str]]:
    family = [
        f"{one.title} {heard}"
        for one in records
        if one.type == "FamilyMemberHistory"
        and not is_void(one.raw)
        and (heard := one.line("condition.code", reader))
    ]
    operations = [one.title for one in records if one.type == "Procedure" and not is_void(one.raw)]
    disabled = [one.title for one in conditions if "disability" in one.line("category", reader).lower()]
    sex = CODES.get(str(patient.get("gender")), "")
    filled = (
        (msgid("姓名"), plain(at(patient, "name"), reader)),
        (msgid("性别"), reader.say(sex) if sex else ""),
        (msgid("出生日期"), plain(patient.get("birthDate"), reader)),
        (msgid("证件号码"), _masked(plain(at(patient, "identifier", "value"), reader))),
        (msgid("民族"), _extended(patient, "ethnic-group", reader)),
        (msgid("文化程度"), _extended(patient, "education", reader)),
        (msgid("职业"), _extended(patient, "occupation", reader)),
        (msgid("婚姻"), plain(patient.get("maritalStatus"), reader)),
        (msgid("电话"), plain(patient.get("telecom"), reader)),
        (msgid("住址"), plain(patient.get("address"), reader)),
        (msgid("联系人"), joined((plain(one, reader) for one in every(patient, "contact", "name")), reader)),
        (msgid("医疗费用怎样支付"), _extended(patient, "payment", reader)),
        (msgid("家族史"), "；".join(family)),
        (msgid("手术和操作"), joined(operations, reader)),
        (msgid("残疾情况"), joined(disabled, reader)),
    )
    return [(reader.say(words), text) for words, text in filled if text]


def _extended(patient: Mapping[str, Any], name: str, reader: Reader) -> str:
    for one in every(patient, "extension"):
        if at(one, "url") == EXTENSION + name:
            return joined(
                (plain(value, reader) for key, value in one.items() if key.startswith("value")), reader
            )
    return ""


def _masked(number: str) -> str:
    """The first and the last four of an identifier: enough to know one's own."""
    return number if len(number) <= 8 else f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
