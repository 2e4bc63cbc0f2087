"""How money, dates and instants look, in one place, in both languages. Pure but for the reader's language."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import cnlunar
from flask import Flask
from markupsafe import Markup, escape

from services.clock import SHANGHAI
from services.web.language import current_language, gettext

WEEKDAYS = "一二三四五六日"
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{4}")


def money(amount_minor: int) -> str:
    """¥1,186.44 from integer fen, with a real minus sign."""
    sign = "\u2212" if amount_minor < 0 else ""
    yuan, fen = divmod(abs(amount_minor), 100)
    return f"{sign}¥{yuan:,}.{fen:02d}"


def money_words(amount_minor: int) -> str:
    """An amount inside a sentence: 186.44 元, in English ¥186.44."""
    if current_language() == "en":
        return money(amount_minor)
    yuan, fen = divmod(abs(amount_minor), 100)
    return f"{yuan:,}.{fen:02d} 元"


def civil_date(on: date) -> str:
    """2026年11月28日（周六）, in English Saturday 28 November 2026."""
    if current_language() == "en":
        return f"{on:%A} {on.day} {on:%B} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日（周{WEEKDAYS[on.weekday()]}）"


def lunar(on: date) -> str:
    """农历十月十六: the lunar day, as a hint beside the civil date."""
    day = cnlunar.Lunar(datetime(on.year, on.month, on.day, 12))  # noqa: DTZ001  # a civil date, no instant
    # The library's name of a month ends in its length: 十月大, 腊月小.
    return f"农历{day.lunarMonthCn[:-1]}{day.lunarDayCn}"


def instant(at: datetime) -> str:
    """An instant on Shanghai's clock, to the minute."""
    local = at.astimezone(SHANGHAI)
    if current_language() == "en":
        return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def short_month(on: date) -> str:
    """A day under a plot: 24年5月, in English May 2024."""
    if current_language() == "en":
        return f"{on:%b} {on.year}"
    return f"{on:%y}年{on.month}月"


def month(text: str) -> str:
    """A month of a table (2026-11): 2026年11月, in English November 2026."""
    on = date.fromisoformat(f"{text}-01")
    return f"{on:%B} {on.year}" if current_language() == "en" else f"{on.year}年{on.month}月"


def iso_date(text: str) -> str:
    """A day of a table (2026-11-28), as a civil date."""
    return civil_date(date.fromisoformat(text))


def number(value: Decimal) -> str:
    """A number as it was measured: no exponent, no digit more or less."""
    return format(value, "f")


def spoken(text: str) -> str:
    """A text that somebody wrote, marked where it is not in the page's own language, so that it is read aloud right."""
    is_chinese = HAN.search(text) is not None
    if current_language() == "en" and is_chinese:
        return Markup('<span lang="zh-Hans">{}</span>').format(text)
    if current_language() != "en" and not is_chinese and LATIN_WORD.search(text):
        return Markup('<span lang="en">{}</span>').format(text)
    return text


def message_sentence(sentence: str, facts: Mapping[str, str]) -> str:
    """A message of the inbox: facts are kept as text, and a civil date (`*_on`) is shown as one."""
    shown = {
        name: civil_date(date.fromisoformat(fact)) if name.endswith("_on") else fact
        for name, fact in facts.items()
    }
    return gettext(sentence, **shown)


def time_tag(value: date | datetime) -> Markup:
    """A `<time>` with the machine's form beside the reader's."""
    if isinstance(value, datetime):
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), escape(instant(value)))
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), escape(civil_date(value)))


def register(app: Flask) -> None:
    """Give the filters to templates."""
    app.jinja_env.filters.update(
        money=money,
        money_words=money_words,
        civil_date=civil_date,
        instant=instant,
        time_tag=time_tag,
        short_month=short_month,
        month=month,
        iso_date=iso_date,
        number=number,
        spoken=spoken,
        message_sentence=message_sentence,
    )
