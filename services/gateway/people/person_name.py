"""Names as people type them. Pure."""

import unicodedata

from services.gateway.people.errors import NameWrong

LONGEST = 64


def parse_name(text: str) -> str:
    """The name without surrounding space, in the compatibility form.

    Raises: NameWrong 422.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 0 < len(name) <= LONGEST or any(unicodedata.category(character)[0] == "C" for character in name):
        raise NameWrong(field="name")
    return name


def is_same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: spaces and the dot inside of it are typed in many ways."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())
