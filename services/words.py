"""Marks sentences for the translation catalogues without translating them yet.

Chinese is the original and the catalogue key; `<package>/translations/en.po` holds the English. Domain
code may not import Flask, so it marks with `msgid` and the web edge translates.
"""


def msgid(sentence: str) -> str:
    """Mark a Chinese sentence for extraction; it is returned unchanged."""
    return sentence
