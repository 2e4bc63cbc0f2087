"""The front page of a resident's health file, as a document of the same kind as the patient summary.

Standard: 国卫办基层发〔2024〕15号《居民电子健康档案首页基本内容（试行）》: health marks, basic facts,
    services received.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from health_file.ips import narrative, selection
from health_file.ips.frame import Frame
from health_file.ips.references import address_of
from health_file.ips.words import codes_of, concept_words, name_words, value_words, when
from services.words import msgid

FRONT_PAGE = "cn-front-page"
BLOOD_GROUPS = ("883-9", "10331-7")
WEIGHT = "29463-7"
SERVICES_SHOWN = 20


GENDERS = {"male": msgid("男"), "female": msgid("女"), "other": msgid("其他"), "unknown": msgid("没有记录")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What of a file the front page tells, newest first."""

    problems: Sequence[Any]
    allergies: Sequence[Any]
    care: Sequence[Any]
    blood: Sequence[Any]
    weight: Any
    visits: Sequence[Any]

    @property
    def marks(self) -> list[Any]:
        """What the health marks are read from."""
        every = (*self.problems, *self.allergies, *self.care, *self.blood, self.weight)
        return [one for one in every if one]


def front_page_sections(
    frame: Frame,
    patient: dict[str, Any],
    found: Sequence[dict[str, Any]],
    chosen: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """Marks, facts and services; what they are read from is noted in `chosen`."""
    told = _told(found)
    chosen.update({address_of(one): one for one in (*told.marks, *told.visits)})
    return [
        _section(frame.say(msgid("健康标识")), _pairs(frame, _marks(frame, told)), told.marks),
        _section(frame.say(msgid("基本信息")), _pairs(frame, _facts(frame, patient)), [patient]),
        _section(frame.say(msgid("服务活动记录")), _services(frame, told.visits), told.visits),
    ]


def _told(found: Sequence[dict[str, Any]]) -> _Told:
    visits = selection.of_type("Encounter")(found) + selection.immunizations(found)
    return _Told(
        problems=selection.problems(found),
        allergies=selection.allergies(found),
        care=selection.of_type("EpisodeOfCare")(found),
        blood=[_newest(found, code) for code in BLOOD_GROUPS],
        weight=_newest(found, WEIGHT),
        visits=visits[:SERVICES_SHOWN],
    )


def _marks(frame: Frame, told: _Told) -> list[tuple[str, str]]:
    language = frame.language
    return [
        (msgid("慢性病"), _codes(told.problems, language)),
        (msgid("重点人群"), ", ".join(_group_of(one, language) for one in told.care)),
        (msgid("血型"), ", ".join(value_words(one, language) for one in told.blood if one)),
        (msgid("体重"), value_words(told.weight, language) if told.weight else ""),
        (msgid("过敏"), _codes(told.allergies, language)),
    ]


def _facts(frame: Frame, patient: Mapping[str, Any]) -> list[tuple[str, str]]:
    gender = GENDERS.get(str(patient.get("gender")), "") if patient.get("gender") else ""
    return [
        (msgid("姓名"), name_words(patient.get("name", []))),
        (msgid("性别"), frame.say(gender) if gender else ""),
        (msgid("出生日期"), str(patient.get("birthDate", ""))),
        (msgid("住址"), _first(patient, "address", "text")),
        (msgid("电话"), _first(patient, "telecom", "value")),
        (msgid("家庭医生"), _first(patient, "generalPractitioner", "display")),
    ]


def _services(frame: Frame, visits: Sequence[Any]) -> str:
    if not visits:
        return narrative.sentence(frame.say(msgid("还没有服务记录")), frame.language)
    headings = [frame.say(heading) for heading in (msgid("日期"), msgid("服务"), msgid("机构"))]
    rows = [
        [when(one, "period", "occurrenceDateTime"), _service(one, frame.language), _place(one)]
        for one in visits
    ]
    return narrative.table(headings, rows, frame.language)


def _pairs(frame: Frame, rows: Sequence[tuple[str, str]]) -> str:
    unknown = frame.say(msgid("没有记录"))
    return narrative.pairs([(frame.say(name), value or unknown) for name, value in rows], frame.language)


def _section(title: str, div: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"title": title, "text": {"status": "generated", "div": div}}
    if entries:
        made["entry"] = [{"reference": address_of(one)} for one in entries]
    else:
        system = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
        made["emptyReason"] = {"coding": [{"system": system, "code": "unavailable"}]}
    return made


def _codes(resources: Sequence[Mapping[str, Any]], language: str) -> str:
    return ", ".join(concept_words(one.get("code"), language) for one in resources)


def _first(patient: Mapping[str, Any], elements: str, name: str) -> str:
    return next((str(one[name]) for one in patient.get(elements, []) if name in one), "")


def _newest(found: Sequence[dict[str, Any]], code: str) -> Mapping[str, Any] | None:
    kept = [one for one in selection.of_type("Observation")(found) if code in codes_of(one.get("code"))]
    return next((one for one in kept if one.get("status") != "entered-in-error"), None)


def _group_of(episode: Mapping[str, Any], language: str) -> str:
    return ", ".join(concept_words(one, language) for one in episode.get("type", []))


def _service(one: Mapping[str, Any], language: str) -> str:
    if one["resourceType"] == "Immunization":
        return concept_words(one.get("vaccineCode"), language)
    reasons = [concept_words(each, language) for each in (*one.get("type", []), *one.get("reasonCode", []))]
    return ", ".join(reason for reason in reasons if reason)


def _place(one: Mapping[str, Any]) -> str:
    if one["resourceType"] == "Immunization":
        return ", ".join(str(each.get("actor", {}).get("display", "")) for each in one.get("performer", []))
    return str(one.get("serviceProvider", {}).get("display", ""))
