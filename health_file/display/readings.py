"""Who read a file, in a sentence: who, what, for what, on what ground."""

from collections.abc import Iterable, Mapping

from health_file.display.kinds import KINDS, OTHER
from health_file.display.parts import PURPOSES
from health_file.display.plain import joined
from health_file.display.reader import Reader
from services.words import msgid

SELF, STAFF, SYSTEM = msgid("您自己"), msgid("没有留下名字的工作人员"), msgid("系统自动")
SOMEBODY = msgid("替您看的人")
DOCTOR_FOR = msgid("%(name)s（用 %(application)s）")
WHO = {"self": SELF, "other": SOMEBODY, "staff": STAFF, "client": msgid("一个应用"), "system": SYSTEM}
GROUNDS: Mapping[str, str] = {
    "guardian": msgid("监护人"),
    "carer": msgid("代办人"),
    "treating": msgid("正在给您看病"),
    "author": msgid("看自己单位写的"),
    "break-glass": msgid("急救，事后有人查"),
    "card": msgid("您出示了社保卡"),
    "none": msgid("没有说明凭什么"),
}
CONSENT = "consent:"
BY_CONSENT = msgid("您的授权")
READ, READ_ALL = msgid("看了%(kinds)s"), msgid("看了 %(count)d 条记录")
EVENTS: Mapping[str, str] = {
    "health_file.resources.asked": msgid("查了档案，什么也没有看到"),
    "health_file.access_log.read": msgid("查了谁看过"),
    "health_file.consents.read": msgid("看了授权"),
    "health_file.summary.read": msgid("看了摘要"),
    "health_file.file.exported": msgid("拿走了全部资料的副本"),
    "health_file.emergency.opened": msgid("以急救打开了档案"),
    "health_file.emergency.confirmed": msgid("以急救看了特别私密的记录"),
}


def who(kind: str, name: str, organisation: str, application: str, reader: Reader) -> str:
    """Who it was: a person by name, else a unit or an application, else what kind of reader."""
    if kind in {"self", "other"} and application:
        return reader.say(DOCTOR_FOR, name=reader.say(WHO[kind]), application=application)
    if kind == "staff":
        return name or reader.say(STAFF)
    if kind == "client":
        return organisation or application or reader.say(WHO["client"])
    return name or reader.say(WHO.get(kind, SOMEBODY))


def what(events: Iterable[str], resources: Iterable[str], count: int, reader: Reader) -> str:
    """What was read: the kinds of records, or how many; and other things that were done besides."""
    kinds = dict.fromkeys(KINDS.get(one.partition("/")[0], OTHER).title for one in resources)
    told = [reader.say(EVENTS[one]) for one in dict.fromkeys(events) if one in EVENTS]
    if kinds:
        told.insert(0, reader.say(READ, kinds=joined((reader.say(one) for one in kinds), reader)))
    elif count:
        told.insert(0, reader.say(READ_ALL, count=count))
    return joined(told, reader)


def purpose(code: str | None, reader: Reader) -> str:
    """For what; nothing where a person read their own."""
    return "" if code in {None, "PATRQT"} else reader.say(PURPOSES[code]) if code in PURPOSES else str(code)


def ground(basis: str, reader: Reader) -> str:
    """On what ground; nothing where it needs none."""
    if basis.startswith(CONSENT):
        return reader.say(BY_CONSENT)
    return reader.say(GROUNDS[basis]) if basis in GROUNDS else ""
