"""For whom a record is put into words: the language, and how our own sentences are said in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Reader:
    """`say` turns a sentence of ours, with its facts, into the reader's language; what others wrote stays as it is."""

    language: str
    say: Callable[..., str]

    @property
    def is_english(self) -> bool:
        """Whether English comes first."""
        return self.language == "en"

    def suits(self, text: str) -> bool:
        """Whether a text seems to be in the reader's language."""
        return (HAN.search(text) is None) == self.is_english


def in_chinese(sentence: str, **facts: object) -> str:
    """How sentences are said where no catalogue is at hand: as they were written."""
    return sentence % facts if facts else sentence
