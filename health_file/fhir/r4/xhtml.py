"""Narrative: only formatting, no script, form, frame or anything that acts (narrative.html#xhtml, txt-1, txt-2)."""

from typing import NoReturn
from xml.parsers import expat  # declarations are refused before anything can expand

XHTML = "http://www.w3.org/1999/xhtml"
SEPARATOR = " "
ELEMENTS = frozenset(
    {
        "a", "abbr", "acronym", "address", "b", "big", "blockquote", "br", "caption", "cite", "code", "col",
        "colgroup", "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
        "li", "map", "area", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody",
        "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var", "kbd", "bdo", "del", "ins",
    }
)  # fmt: skip
ATTRIBUTES = frozenset(
    {
        "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellpadding", "cellspacing", "char",
        "charoff", "charset", "cite", "class", "color", "colspan", "compact", "coords", "dir", "frame", "headers",
        "height", "href", "hreflang", "hspace", "id", "lang", "longdesc", "name", "nohref", "noshade", "nowrap",
        "rel", "rev", "rowspan", "rules", "scope", "shape", "size", "span", "src", "start", "style", "summary",
        "tabindex", "title", "type", "usemap", "valign", "value", "vlink", "vspace", "width", "xml:lang",
        "http://www.w3.org/XML/1998/namespace lang", "http://www.w3.org/XML/1998/namespace space",
    }
)  # fmt: skip
LINKS = frozenset({"href", "src", "cite", "longdesc", "usemap"})
SCHEMES = frozenset({"http", "https", "mailto", "tel", "data", "cid", "urn"})


class _Refused(Exception):
    """The narrative holds what it may not."""


def is_narrative(text: str) -> bool:
    """Whether a text is one `div` of XHTML that only formats, with something to read in it."""
    seen = _Seen()
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    parser.CharacterDataHandler = seen.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, _Refused):
        return False
    return seen.says_something


def _refuse(*_: object) -> NoReturn:
    raise _Refused


class _Seen:
    """What the parser has met so far."""

    def __init__(self) -> None:
        self.depth = 0
        self.says_something = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(SEPARATOR)
        if space != XHTML or tag not in ELEMENTS or (self.depth == 0 and tag != "div"):
            raise _Refused
        for attribute, value in attributes.items():
            if attribute not in ATTRIBUTES or (attribute in LINKS and not _is_safe(tag, value)):
                raise _Refused
            if attribute == "style" and _acts(value):
                raise _Refused
        self.depth += 1
        self.says_something = self.says_something or tag == "img"

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, content: str) -> None:
        self.says_something = self.says_something or bool(content.strip())


def _is_safe(tag: str, link: str) -> bool:
    """A relative link, a fragment, or one of a few schemes; `data:` for pictures alone."""
    plain = "".join(character for character in link if character > " ").lower()
    head, colon, rest = plain.partition(":")
    if not colon or not head.isascii() or set("/?#") & set(head):
        return True
    if head == "data":
        return tag == "img" and rest.startswith("image/") and not rest.startswith("image/svg")
    return head in SCHEMES


def _acts(style: str) -> bool:
    """Whether a style fetches or runs something."""
    plain = "".join(style.split()).lower()
    return any(word in plain for word in ("url(", "expression(", "javascript:", "@import", "behavior:", "\\"))
