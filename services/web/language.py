"""Languages: Chinese is the original and the key, English stands in each package's `translations/en.po`."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain

from services.settings import CHECKOUT

ORIGINAL = "zh-Hans"
LANGUAGES = (ORIGINAL, "en")
COOKIE = "citizen_display"
_BABEL = {"zh-Hans": "zh_Hans_CN", "en": "en"}


class Catalogues(Domain):  # type: ignore[misc]  # the library carries no types
    """All packages' catalogues, merged in memory; flask_babel asks here for the reader's language."""

    def __init__(self) -> None:
        super().__init__()
        self._english: Translations = Translations()
        self._original = Translations()
        self._read: set[Path] = set()

    def load(self, files: Iterable[Path]) -> None:
        """Read and merge catalogue files; each once, for all apps of a process share these words."""
        for path in files:
            if path in self._read:
                continue
            self._read.add(path)
            with path.open("rb") as file:
                catalogue = read_po(file, locale="en")
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            self._english.merge(Translations(compiled))

    def get_translations(self) -> Any:
        """The catalogue of the current reader."""
        return self.in_language(current_language())

    def in_language(self, language: str) -> Any:
        """The catalogue of a language."""
        return self._english if language == "en" else self._original


_catalogues = Catalogues()


def gettext(sentence: str, **facts: Any) -> str:
    """A sentence in the reader's language, its places filled."""
    translated: str = _catalogues.get_translations().ugettext(sentence)
    return translated % facts if facts else translated


def in_language(language: str, sentence: str) -> str:
    """A sentence in a named language, whoever reads the page: for what is sent to somebody else."""
    return str(_catalogues.in_language(language).ugettext(sentence))


def ngettext(one: str, many: str, count: int, **facts: Any) -> str:
    """A sentence that depends on a number."""
    translated: str = _catalogues.get_translations().ungettext(one, many, count)
    return translated % {"num": count, **facts}


def current_language() -> str:
    """The reader's language: chosen on a page, else the browser's, else Chinese."""
    if not has_request_context():
        return ORIGINAL
    if "citizen_language" not in g:
        g.citizen_language = _choose()
    language: str = g.citizen_language
    return language


def _choose() -> str:
    chosen = dict(
        part.split("=", 1) for part in request.cookies.get(COOKIE, "").split("&") if part.count("=") == 1
    ).get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    for tag, _ in request.accept_languages:
        if tag.lower().startswith("zh"):
            return ORIGINAL
        if tag.lower().startswith("en"):
            return "en"
    return ORIGINAL


def catalogue_files() -> list[Path]:
    """Every English catalogue of the suite."""
    return sorted(
        path
        for pattern in (
            "*/translations/en.po",
            "*/*/translations/en.po",
            "services/*/*/translations/en.po",
        )
        for path in CHECKOUT.glob(pattern)
        if ".venv" not in path.parts
    )


def register(app: Flask) -> None:
    """Load the catalogues and give templates their words."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", _BABEL[ORIGINAL])
    Babel(app, locale_selector=lambda: _BABEL[current_language()])
    _catalogues.load(catalogue_files())
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
