"""Answer templates: texts with places that are filled from a closed table, never evaluated. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hotline.rules.states import Action
from services.errors import Invalid
from services.words import msgid


class Purpose(StrEnum):
    """For which step a template is written; each is an action of the state table."""

    ANSWER = Action.ANSWER.value
    DECLINE = Action.DECLINE.value
    INFORM = Action.INFORM.value
    ASK_RESIDENT = Action.ASK_RESIDENT.value
    RESOLVE = Action.RESOLVE.value


PURPOSE_TITLES: Mapping[Purpose, str] = {
    Purpose.ANSWER: msgid("直接答复"),
    Purpose.DECLINE: msgid("不受理，说明去处"),
    Purpose.INFORM: msgid("回复市民，状态不变"),
    Purpose.ASK_RESIDENT: msgid("请市民补充"),
    Purpose.RESOLVE: msgid("报办好"),
}


class Place(StrEnum):
    """What may be filled in; a template that names anything else is refused."""

    NUMBER = "number"
    CATEGORY = "category"
    DISTRICT = "district"
    PLACE = "place"
    UNIT = "unit"
    FILED_ON = "filed_on"
    DUE_ON = "due_on"


PLACE_TITLES: Mapping[Place, str] = {
    Place.NUMBER: msgid("诉求编号"),
    Place.CATEGORY: msgid("类别"),
    Place.DISTRICT: msgid("地区"),
    Place.PLACE: msgid("具体地点"),
    Place.UNIT: msgid("承办单位"),
    Place.FILED_ON: msgid("提交的日期"),
    Place.DUE_ON: msgid("答复的期限"),
}
# Said in place of what a ticket does not have: nothing goes out with an open place in it.
MISSING = msgid("（还没有%(what)s）")
LANGUAGES = ("zh-Hans", "en")
# A template may be meant for a Chinese keyboard's braces, which nobody would fill.
_BRACES = re.compile(r"[{}｛｝]")
_PLACE = re.compile(r"\{(" + "|".join(Place) + r")\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template filled for one ticket; `missing` names the places for which the ticket has nothing."""

    text: str
    missing: tuple[Place, ...]


def places_in(text: str, field: str) -> frozenset[Place]:
    """The places that a text leaves open. Raises: Invalid 422 for a brace that belongs to none of them."""
    if _BRACES.search(_PLACE.sub("", text)):
        raise Invalid(field=field, expected=", ".join(f"{{{place}}}" for place in Place))
    return frozenset(Place(name) for name in _PLACE.findall(text))


def check_texts(text: str, text_en: str) -> None:
    """Both languages leave the same places open. Raises: Invalid 422."""
    if places_in(text, "/text") != places_in(text_en, "/text_en"):
        raise Invalid(field="/text_en", expected=msgid("中文和英文要用同样的填空"))


def fill(
    text: str,
    values: Mapping[Place, str | date | None],
    say: Callable[[str], str],
    *,
    is_english: bool,
) -> Filled:
    """A text with its places filled, in one pass: what is filled in is never looked at again.

    Shapes: `say` puts a marked sentence into the text's language.
    """
    missing: list[Place] = []

    def filled(found: re.Match[str]) -> str:
        place = Place(found.group(1))
        value = values.get(place)
        if value:
            return _day(value, is_english=is_english) if isinstance(value, date) else value
        if place not in missing:
            missing.append(place)
        what = say(PLACE_TITLES[place])
        return say(MISSING) % {"what": what[:1].lower() + what[1:]}

    return Filled(text=_PLACE.sub(filled, text), missing=tuple(missing))


def _day(on: date, *, is_english: bool) -> str:
    return f"{on.day} {on:%B} {on.year}" if is_english else f"{on.year}年{on.month}月{on.day}日"
