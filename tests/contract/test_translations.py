"""Every sentence that a person may read has English, with the same places to fill."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.settings import CHECKOUT
from services.web.language import catalogue_files

PACKAGES = ("services", "health_file", "ebills", "social_card", "legal_id", "hotline")
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "msgid": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**.py": {}, "**/templates/**.html": {"encoding": "utf-8"}}
PLACE = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sentences() -> dict[str, str]:
    """Every marked sentence, and one place where it stands."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        root = CHECKOUT / package
        for name, _, message, _, _ in extract_from_dir(root, METHODS, OPTIONS, KEYWORDS):
            for sentence in message if isinstance(message, tuple) else (message,):
                if sentence and CHINESE.search(sentence):
                    found[sentence] = f"{package}/{name}"
    return found


def translations() -> Iterator[tuple[str, str]]:
    """Every sentence with its English, catalogue by catalogue."""
    for path in catalogue_files():
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
                for sentence in ids:
                    if sentence and strings[0]:
                        yield sentence, strings[0]


def english() -> dict[str, str]:
    """All translations."""
    return dict(translations())


def test_sentences_marked_anywhere_have_english() -> None:
    known = english()
    missing = sorted(
        f"{place}: {sentence}" for sentence, place in sentences().items() if sentence not in known
    )
    assert missing == []


def test_english_of_a_sentence_is_the_same_in_every_catalogue() -> None:
    # They are merged: of two, the catalogue that is read last would speak for both pages.
    known = english()
    assert sorted({sentence for sentence, said in translations() if said != known[sentence]}) == []


def test_english_that_no_page_says_is_gone() -> None:
    said = sentences()
    assert sorted(one for one in english() if CHINESE.search(one) and one not in said) == []


def test_english_of_a_sentence_fills_the_same_places() -> None:
    wrong = [
        sentence
        for sentence, translated in english().items()
        if set(PLACE.findall(sentence)) != set(PLACE.findall(translated))
    ]
    assert wrong == []


TEMPLATES = sorted(
    path for package in PACKAGES for path in (CHECKOUT / package).glob("**/templates/**/*.html")
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_text_is_always_marked(path: Path) -> None:
    text = path.read_text()
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r'_\("(?:[^"\\]|\\.)*"|ngettext\("(?:[^"\\]|\\.)*", "(?:[^"\\]|\\.)*"', "", text)
    bare = [line.strip() for line in text.splitlines() if CHINESE.search(line)]
    # The names of the languages stand in their own language, whatever the page's.
    assert [line for line in bare if "中文" not in line] == []


def test_english_of_a_sentence_that_nobody_says_is_gone() -> None:
    spoken = sentences()
    assert [sentence for sentence in english() if CHINESE.search(sentence) and sentence not in spoken] == []
