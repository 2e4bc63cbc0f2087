"""PDF for people: tagged (PDF/UA-1), kept for long (PDF/A-3), with its data inside; written by typst.

Standard: ISO 14289-1 (PDF/UA-1), ISO 19005-3 (PDF/A-3, conformance level A). Both forbid a character without a
    glyph, so that a page never shows an empty box where a name stands: it is refused instead.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from services.errors import CitizenError
from services.words import msgid

# Families that hold the Chinese of a city's records, best first; all of them under the Open Font License.
FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
)
PACKAGE = "fonts-noto-cjk"
UNPRINTABLE = ("could not be displayed", "contains the codepoint")


class FontMissing(CitizenError):
    """This machine has no font with Chinese characters, so no page can be printed."""

    code = "pdf.font_missing"
    status = 503
    title = msgid("现在不能生成 PDF：服务器缺中文字体。数据没有问题，请先下载 JSON，或稍后再试")

    def __init__(self) -> None:
        super().__init__(retry_after=3600)


class NotPrintable(CitizenError):
    """The content holds a character that no font here has; it is not printed as an empty box."""

    code = "pdf.not_printable"
    status = 422
    title = msgid("资料里有这里的字体印不出的字，不能生成 PDF。请下载 JSON")


def font_family() -> str | None:
    """The family that pages are set in, or None where the machine has none."""
    found = set(_fonts().families())
    return next((family for family in FAMILIES if family in found), None)


def render(template: Path, data: Mapping[str, Any], *, attachment: bytes) -> bytes:
    """A PDF from a typst template; the template reads `data` as `sys.inputs.data`, and `attachment` goes inside.

    What is in `data` is set as text: nothing in it is read as markup. Raises: FontMissing 503, NotPrintable 422.
    """
    family = font_family()
    if family is None:
        raise FontMissing
    inputs = {"data": json.dumps({**data, "font": family}), "attachment": attachment.decode()}
    compiler = typst.Compiler(str(template), font_paths=_fonts())
    try:
        made = compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=["ua-1", "a-3a"])
    except typst.TypstError as error:
        if any(words in str(error) for words in UNPRINTABLE):
            raise NotPrintable from None
        raise
    if not isinstance(made, bytes):
        raise TypeError
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The machine's fonts, looked for once a process."""
    return typst.Fonts(include_system_fonts=True)
