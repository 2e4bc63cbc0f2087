"""Typed questions of each category: one schema for web, API, phone and Open311 service definitions. Pure.

Standard: GeoReport v2, GET Service Definition; codes, datatypes and order are the standard's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.rules.texts import one_line, tidy
from services.clock import SHANGHAI
from services.errors import Invalid
from services.words import msgid

Answer = str | list[str]
MOST_LINE = 200
MOST_ANSWER = 4000


class DataType(StrEnum):
    """What an answer may be."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLE = "singlevaluelist"
    MULTIPLE = "multivaluelist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `is_asked` is false where it only tells the reader something."""

    code: str
    datatype: DataType
    title: str
    hint: str = ""
    is_required: bool = False
    is_asked: bool = True
    options: Mapping[str, str] | None = None


QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "street_light": (
        Question(
            code="POLE_NUMBER",
            datatype=DataType.STRING,
            title=msgid("灯杆编号"),
            hint=msgid("写在灯杆的牌子上"),
        ),
        Question(
            code="FAULT",
            datatype=DataType.SINGLE,
            title=msgid("怎么了"),
            options={
                "dark": msgid("不亮"),
                "flickers": msgid("一闪一闪"),
                "by_day": msgid("白天也亮着"),
                "leaning": msgid("灯杆歪了或断了"),
            },
        ),
        Question(code="LIGHTS", datatype=DataType.NUMBER, title=msgid("坏了几盏")),
    ),
    "road": (
        Question(
            code="DANGER",
            datatype=DataType.MULTIPLE,
            title=msgid("对谁有危险"),
            options={
                "walkers": msgid("走路的人"),
                "riders": msgid("骑车的人"),
                "cars": msgid("汽车"),
            },
        ),
        Question(
            code="EMERGENCY_NOTE",
            datatype=DataType.TEXT,
            title=msgid("有人受伤请马上打 120，路面塌陷请打 110"),
            is_asked=False,
        ),
    ),
    "drainage": (
        Question(
            code="DEPTH",
            datatype=DataType.SINGLE,
            title=msgid("水有多深"),
            options={
                "wet": msgid("刚没过鞋底"),
                "ankle": msgid("到脚踝"),
                "knee": msgid("到膝盖或更深"),
            },
        ),
        Question(code="SINCE", datatype=DataType.DATETIME, title=msgid("从什么时候开始")),
    ),
    "noise": (
        Question(code="HEARD_AT", datatype=DataType.DATETIME, title=msgid("什么时候听到的")),
        Question(code="SOURCE", datatype=DataType.STRING, title=msgid("声音从哪里来")),
    ),
    "housing": (
        Question(code="BUILDING", datatype=DataType.STRING, title=msgid("哪一幢、哪个单元")),
        Question(code="SINCE", datatype=DataType.DATETIME, title=msgid("从什么时候开始")),
    ),
    "water": (
        Question(code="ACCOUNT", datatype=DataType.STRING, title=msgid("户号"), hint=msgid("在账单的右上角")),
        Question(code="SINCE", datatype=DataType.DATETIME, title=msgid("从什么时候开始")),
    ),
    "power": (
        Question(
            code="WIRE_NOTE",
            datatype=DataType.TEXT,
            title=msgid("电线掉在地上请离开八米以外，马上打 110"),
            is_asked=False,
        ),
        Question(code="ACCOUNT", datatype=DataType.STRING, title=msgid("户号"), hint=msgid("在账单的右上角")),
        Question(code="SINCE", datatype=DataType.DATETIME, title=msgid("从什么时候开始")),
    ),
    "gas": (
        Question(
            code="LEAK_NOTE",
            datatype=DataType.TEXT,
            title=msgid("闻到燃气味不要开灯、不要在屋里打电话，先离开，再打 110"),
            is_asked=False,
        ),
        Question(code="ACCOUNT", datatype=DataType.STRING, title=msgid("户号"), hint=msgid("在账单的右上角")),
    ),
    "parking": (
        Question(
            code="BLOCKED",
            datatype=DataType.SINGLE,
            title=msgid("挡住了什么"),
            is_required=True,
            options={
                "fire_lane": msgid("消防通道"),
                "pavement": msgid("人行道或盲道"),
                "entrance": msgid("出入口"),
                "other": msgid("别的地方"),
            },
        ),
        Question(code="PLATE", datatype=DataType.STRING, title=msgid("车牌号")),
        Question(code="DETAILS", datatype=DataType.TEXT, title=msgid("还有什么要说明")),
    ),
}


def questions_of(category: str) -> tuple[Question, ...]:
    """The questions of a category, in the order in which they are asked."""
    return QUESTIONS.get(category, ())


def answers_of(category: str, given: Mapping[str, str | Sequence[str]]) -> dict[str, Answer]:
    """The answers to a category's questions as they are kept; empty ones count as not given.

    Raises: Invalid 422 naming the question that is unknown, missing or wrongly answered.
    """
    known = {question.code: question for question in questions_of(category) if question.is_asked}
    found: dict[str, Answer] = {}
    for code, value in given.items():
        values = [one for one in ([value] if isinstance(value, str) else value) if one.strip()]
        if code not in known:
            raise Invalid(field=_place(code), expected=msgid("这一类没有这个问题"))
        if values:
            found[code] = _answer(known[code], values)
    for code, question in known.items():
        if question.is_required and code not in found:
            raise Invalid(field=_place(code), expected=msgid("这一项要回答"))
    return found


def _answer(question: Question, values: list[str]) -> Answer:
    if question.datatype is DataType.MULTIPLE:
        return list(dict.fromkeys(_option(question, value) for value in values))
    if len(values) > 1:
        raise Invalid(field=_place(question.code), expected=msgid("只能回答一个"))
    read = {
        DataType.STRING: _line,
        DataType.TEXT: _text,
        DataType.NUMBER: _number,
        DataType.DATETIME: _instant,
        DataType.SINGLE: _option,
    }[question.datatype]
    return read(question, values[0])


def _line(question: Question, value: str) -> str:
    text = one_line(value).text
    if len(text) > MOST_LINE or "\n" in value.strip():
        raise Invalid(field=_place(question.code), expected=msgid("写一行，最多 200 字"))
    return text


def _text(question: Question, value: str) -> str:
    text = tidy(value).text
    if len(text) > MOST_ANSWER:
        raise Invalid(field=_place(question.code), expected=msgid("最多写 4000 字"))
    return text


def _number(question: Question, value: str) -> str:
    text = one_line(value).text
    try:
        number = float(text) if len(text) <= 32 and text.isascii() else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid(field=_place(question.code), expected=msgid("写一个数字"))
    return text


def _instant(question: Question, value: str) -> str:
    try:
        at = datetime.fromisoformat(one_line(value).text)
    except ValueError:
        raise Invalid(
            field=_place(question.code), expected=msgid("写日期和时间，例如 2026-11-26T08:30+08:00")
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()


def _option(question: Question, value: str) -> str:
    if value not in (question.options or {}):
        raise Invalid(field=_place(question.code), expected=", ".join(question.options or {}))
    return value


def _place(code: str) -> str:
    """The field at fault; a code that no question has is not repeated."""
    known = any(code == question.code for questions in QUESTIONS.values() for question in questions)
    return f"/attributes/{code}" if known else "/attributes"
