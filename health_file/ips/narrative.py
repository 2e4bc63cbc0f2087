"""The words of a section as XHTML: one table, every text escaped (narrative.html#xhtml)."""

from collections.abc import Sequence
from html import escape

XHTML = "http://www.w3.org/1999/xhtml"
# Control characters that XML does not know; a string of FHIR may hold none either, but a display is only a string.
UNREADABLE = {code: " " for code in range(32) if code not in {9, 10, 13}} | {0xFFFE: " ", 0xFFFF: " "}


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> str:
    """A table with a heading line."""
    head = "".join(f"<th>{_safe(one)}</th>" for one in headings)
    lines = "".join(f"<tr>{''.join(f'<td>{_safe(one)}</td>' for one in row)}</tr>" for row in rows)
    return _div(f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>", language)


def pairs(rows: Sequence[tuple[str, str]], language: str) -> str:
    """Names and what they stand for."""
    lines = "".join(f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in rows)
    return _div(f"<table><tbody>{lines}</tbody></table>", language)


def sentence(words: str, language: str) -> str:
    """One sentence."""
    return _div(f"<p>{_safe(words)}</p>", language)


def _div(inside: str, language: str) -> str:
    return f'<div xmlns="{XHTML}" lang="{language}" xml:lang="{language}">{inside}</div>'


def _safe(text: str) -> str:
    return escape(text.translate(UNREADABLE), quote=True)
