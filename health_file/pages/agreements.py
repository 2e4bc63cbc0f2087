"""A resident's decision in everyday words: whom it lets in or keeps out, for what, until when, whether it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from health_file.actions.consents import ConsentView, Provision
from health_file.display.days import day_of
from health_file.display.parts import PARTS, PURPOSES, SENSITIVE
from health_file.display.plain import joined
from health_file.display.reader import Reader
from health_file.pages.parties import names_of_people
from services.words import msgid

RESTRICTED = "security=R"
EVERYTHING, OTHER_TYPE = msgid("全部记录"), msgid("其他记录")
ANYBODY, UNNAMED = msgid("任何单位"), msgid("没有名字的一家或一个人")
NO_END = msgid("没有写到哪天")
LET_IN, KEPT_OUT = msgid("让%(whom)s看%(parts)s"), msgid("不让%(whom)s看%(parts)s")
ONLY_SENSITIVE = msgid("特别私密的：%(kinds)s")
WITH_SENSITIVE, WITHOUT_SENSITIVE = msgid("特别私密的几类也在内"), msgid("特别私密的几类不在内")
DATED = msgid("只限这段时间的记录：%(first)s 到 %(last)s")
OPEN_DATE = msgid("不限")


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


def agreements_of(decisions: Sequence[ConsentView], reader: Reader) -> list[Agreement]:
    """Tell decisions; who has never read a file is named as the directory does."""
    persons = {who for one in decisions for rule in one.provisions for who in rule.persons}
    unnamed = {who for who in persons if not any(str(who) in one.names for one in decisions)}
    known = names_of_people(unnamed)
    return [agreement_of(replace(one, names={**known, **one.names}), reader) for one in decisions]


def agreement_of(decision: ConsentView, reader: Reader) -> Agreement:
    """Tell a decision."""
    main = [one for one in decision.provisions if one.within is None]
    ends = [one.ends_at for one in main]
    last = max((end for end in ends if end is not None), default=None) if None not in ends else None
    changed = day_of(decision.changed_at.isoformat())
    return Agreement(
        id=decision.id,
        whom=_whom(main, decision.names, reader),
        parts=_parts(main, reader),
        purposes=joined(
            (reader.say(PURPOSES[code]) for one in main for code in one.purposes if code in PURPOSES), reader
        ),
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


def _lines(decision: ConsentView, main: Sequence[Provision], reader: Reader) -> Iterable[str]:
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


def _day(at: datetime | None, reader: Reader) -> str:
    """The last civil day before an end."""
    found = None if at is None else day_of((at - timedelta(seconds=1)).isoformat())
    return found.words(reader) if found else ""
