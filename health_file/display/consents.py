"""A resident's decision in everyday words: whom it lets in or keeps out, for what, until when, and whether it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from health_file.display.days import day_of
from health_file.display.plain import joined
from health_file.display.reader import Reader
from services.words import msgid

# What a resident may give or keep, by everyday kinds: each stands for resource types.
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "allergies": (msgid("过敏"), ("AllergyIntolerance",)),
    "medicines": (msgid("用药"), ("MedicationStatement", "MedicationRequest")),
    "conditions": (msgid("得过的病"), ("Condition",)),
    "results": (msgid("化验和测量"), ("Observation", "DiagnosticReport")),
    "immunisations": (msgid("疫苗"), ("Immunization",)),
    "visits": (msgid("就诊和手术"), ("Encounter", "EpisodeOfCare", "Procedure")),
    "documents": (msgid("文件和报告"), ("DocumentReference", "Composition", "Binary")),
    "basics": (msgid("基本信息"), ("Patient", "RelatedPerson")),
}
PURPOSES: Mapping[str, str] = {
    "TREAT": msgid("看病"),
    "HRESCH": msgid("医学研究"),
    "HOPERAT": msgid("医院管理"),
    "PATRQT": msgid("本人要看"),
    "BTG": msgid("急救"),
}
SENSITIVE: Mapping[str, str] = {
    "category=mental-health": msgid("心理"),
    "category=substance-use": msgid("酒精和药物"),
    "category=hiv": msgid("艾滋病"),
    "category=sexually-transmitted": msgid("性病"),
    "category=reproductive": msgid("怀孕和生育"),
    "category=violence": msgid("暴力伤害"),
    "category=genetic": msgid("遗传"),
}
RESTRICTED = "security=R"
EVERYTHING, OTHER_TYPE = msgid("全部记录"), msgid("其他记录")
ANYBODY, UNNAMED = msgid("任何单位"), msgid("没有名字的一家或一个人")
NO_END = msgid("没有写到哪天")
LET_IN, KEPT_OUT = msgid("让%(whom)s看%(parts)s"), msgid("不让%(whom)s看%(parts)s")
ONLY_SENSITIVE = msgid("特别私密的：%(kinds)s")
WITH_SENSITIVE, WITHOUT_SENSITIVE = msgid("特别私密的几类也在内"), msgid("特别私密的几类不在内")
DATED = msgid("只限这段时间的记录：%(first)s 到 %(last)s")
OPEN_DATE = msgid("不限")


class Provision(Protocol):
    """One rule of a Consent; an empty list is about any."""

    @property
    def within(self) -> int | None: ...
    @property
    def is_denial(self) -> bool: ...
    @property
    def units(self) -> Sequence[str]: ...
    @property
    def persons(self) -> Sequence[UUID]: ...
    @property
    def purposes(self) -> Sequence[str]: ...
    @property
    def types(self) -> Sequence[str]: ...
    @property
    def labels(self) -> Sequence[str]: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def data_from(self) -> date | None: ...
    @property
    def data_until(self) -> date | None: ...


class Decision(Protocol):
    """A Consent with its provisions read, and the names of whom they name."""

    @property
    def id(self) -> UUID: ...
    @property
    def changed_at(self) -> datetime: ...
    @property
    def is_block(self) -> bool: ...
    @property
    def is_standing(self) -> bool: ...
    @property
    def provisions(self) -> Sequence[Provision]: ...
    @property
    def names(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Agreement:
    """One decision; `lines` are what it says besides, its exceptions among them."""

    id: UUID
    whom: str
    parts: str
    purposes: str
    until: str
    changed: str
    lines: tuple[str, ...]
    is_denial: bool
    is_block: bool
    is_standing: bool


def agreement_of(decision: Decision, reader: Reader) -> Agreement:
    """Tell a decision."""
    main = [one for one in decision.provisions if one.within is None]
    ends = [one.ends_at for one in main]
    last = max((end for end in ends if end is not None), default=None) if None not in ends else None
    changed = day_of(decision.changed_at.isoformat())
    return Agreement(
        id=decision.id,
        whom=_whom(main, decision.names, reader),
        parts=_parts(main, reader),
        purposes=joined((reader.say(PURPOSES[code]) for one in main for code in one.purposes if code in PURPOSES), reader),
        until=_day(last, reader) or reader.say(NO_END),
        changed=changed.words(reader) if changed else "",
        lines=tuple(_lines(decision, main, reader)),
        is_denial=bool(main) and all(one.is_denial for one in main),
        is_block=decision.is_block,
        is_standing=decision.is_standing,
    )


def _whom(found: Sequence[Provision], names: Mapping[str, str], reader: Reader) -> str:
    if any(not one.units and not one.persons for one in found):
        return reader.say(ANYBODY)
    named = [names.get(str(who), "") for one in found for who in (*one.units, *one.persons)]
    return joined(named, reader) or reader.say(UNNAMED)


def _parts(found: Sequence[Provision], reader: Reader) -> str:
    if any(not one.types for one in found):
        return reader.say(EVERYTHING)
    types = {name for one in found for name in one.types}
    told = [words for words, members in PARTS.values() if types & set(members)]
    if types - {name for _, members in PARTS.values() for name in members}:
        told.append(OTHER_TYPE)
    return joined((reader.say(words) for words in told), reader)


def _lines(decision: Decision, main: Sequence[Provision], reader: Reader) -> Iterable[str]:
    for one in main:
        yield from _limits(one, reader)
    for one in decision.provisions:
        if one.within is not None:
            sentence = KEPT_OUT if one.is_denial else LET_IN
            yield reader.say(sentence, whom=_whom([one], decision.names, reader), parts=_parts([one], reader))
            yield from _limits(one, reader)


def _limits(one: Provision, reader: Reader) -> Iterable[str]:
    kinds = [reader.say(SENSITIVE[label]) for label in one.labels if label in SENSITIVE]
    if kinds:
        yield reader.say(ONLY_SENSITIVE, kinds=joined(kinds, reader))
    elif any(label.startswith("security=") for label in one.labels) and not one.is_denial:
        yield reader.say(WITH_SENSITIVE if RESTRICTED in one.labels else WITHOUT_SENSITIVE)
    if one.data_from or one.data_until:
        first, last = (_civil(day, reader) for day in (one.data_from, one.data_until))
        yield reader.say(DATED, first=first, last=last)


def _civil(day: date | None, reader: Reader) -> str:
    found = day_of(day.isoformat()) if day else None
    return found.words(reader) if found else reader.say(OPEN_DATE)


def _day(at: Any, reader: Reader) -> str:
    """The last civil day before an end."""
    found = day_of(at.isoformat()) if at is not None else None
    return found.words(reader) if found else ""
