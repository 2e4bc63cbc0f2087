"""The front page of a resident's health file, as a document of the same kind as the patient summary.

Standard: 国卫办基层发〔2024〕15号《居民电子健康档案首页基本内容（试行）》: health marks, basic facts,
    services received.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from health_file.ips import narrative, selection
from health_file.ips.words import codes_of, concept_words, name_words, value_words, when
from services.words import msgid

FRONT_PAGE = "cn-front-page"
BLOOD_GROUPS = ("883-9", "10331-7")
WEIGHT = "29463-7"
SERVICES_SHOWN = 20


def front_page_sections(
    patient: dict[str, Any], found: Sequence[dict[str, Any]], language: str, say: Callable[[str], str],
    chosen: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Marks, facts and services; what they are read from is noted in `chosen`."""
    problems: list[Any] = selection.problems(found)
    allergies: list[Any] = selection.allergies(found)
    blood: list[Any] = [_newest(found, code) for code in BLOOD_GROUPS]
    weight: Any = _newest(found, WEIGHT)
    care: list[Any] = selection.of_type("EpisodeOfCare")(found)
    visits: list[Any] = (selection.of_type("Encounter")(found) + selection.immunizations(found))[
        :SERVICES_SHOWN
    ]
    marked = [one for one in (*problems, *allergies, *care, *blood, weight) if one]
    chosen.update({_address(one): one for one in (*marked, *visits)})
    groups = ", ".join(value_words(one, language) for one in blood if one)
    illnesses = ", ".join(concept_words(one.get("code"), language) for one in problems)
    marks = [
        (say(msgid("慢性病")), illnesses),
        (say(msgid("重点人群")), ", ".join(_group_of(one, language) for one in care)),
        (say(msgid("血型")), groups),
        (say(msgid("体重")), value_words(weight, language) if weight else ""),
        (say(msgid("过敏")), ", ".join(concept_words(one.get("code"), language) for one in allergies)),
    ]
    unknown = say(msgid("没有记录"))
    facts = [
        (say(msgid("姓名")), name_words(patient.get("name", []))),
        (say(msgid("性别")), say(GENDERS.get(str(patient.get("gender")), "")))
        if patient.get("gender")
        else (say(msgid("性别")), ""),
        (say(msgid("出生日期")), str(patient.get("birthDate", ""))),
        (
            say(msgid("住址")),
            next((str(one["text"]) for one in patient.get("address", []) if "text" in one), ""),
        ),
        (
            say(msgid("电话")),
            next((str(one["value"]) for one in patient.get("telecom", []) if "value" in one), ""),
        ),
        (
            say(msgid("家庭医生")),
            next(
                (str(one["display"]) for one in patient.get("generalPractitioner", []) if "display" in one),
                "",
            ),
        ),
    ]
    rows = [
        [when(one, "period", "occurrenceDateTime"), _service(one, language), _place(one)] for one in visits
    ]
    headings = [say(msgid("日期")), say(msgid("服务")), say(msgid("机构"))]
    empty = narrative.sentence(say(msgid("还没有服务记录")), language)
    return [
        _section(
            say(msgid("健康标识")),
            narrative.pairs([(name, value or unknown) for name, value in marks], language),
            marked,
        ),
        _section(
            say(msgid("基本信息")),
            narrative.pairs([(name, value or unknown) for name, value in facts], language),
            [patient],
        ),
        _section(
            say(msgid("服务活动记录")), narrative.table(headings, rows, language) if rows else empty, visits
        ),
    ]


GENDERS = {"male": msgid("男"), "female": msgid("女"), "other": msgid("其他"), "unknown": msgid("没有记录")}


def _section(title: str, div: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"title": title, "text": {"status": "generated", "div": div}}
    if entries:
        made["entry"] = [{"reference": _address(one)} for one in entries]
    else:
        system = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
        made["emptyReason"] = {"coding": [{"system": system, "code": "unavailable"}]}
    return made


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


def _address(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
