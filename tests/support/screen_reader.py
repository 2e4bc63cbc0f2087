"""A page as a screen reader has it: Chromium's accessibility tree, in reading order."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

OPERABLE = frozenset(
    {
        "button",
        "link",
        "textbox",
        "combobox",
        "checkbox",
        "radio",
        "searchbox",
        "spinbutton",
        "listbox",
        "Date",
    }
)
PICTURES = frozenset({"image", "img", "graphics-document", "figure-image"})
LANDMARKS = ("banner", "main", "contentinfo")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that is read: what it is, what it is called, what is said about it."""

    role: str
    name: str
    description: str
    states: dict[str, Any]


def read_page(page: Page) -> list[Spoken]:
    """Everything that is read, in order; what is hidden from readers is left out."""
    devtools = page.context.new_cdp_session(page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    devtools.detach()
    return [_spoken(node) for node in nodes if not node.get("ignored")]


def unsound(page: Page) -> list[str]:
    """What a screen reader would stumble over."""
    spoken = read_page(page)
    found = [
        f"a {one.role} has no name" for one in spoken if one.role in OPERABLE | PICTURES and not one.name
    ]
    found += _headings(spoken) + _tables(spoken)
    roles = Counter(one.role for one in spoken)
    found += [f"{roles[role]} landmarks {role}" for role in LANDMARKS if roles[role] != 1]
    names = Counter(one.name for one in spoken if one.role == "navigation")
    found += [
        f"{count} navigations called {name!r}" for name, count in names.items() if count > 1 or not name
    ]
    return found


def named(page: Page, role: str) -> list[str]:
    """The names of everything of a role, in reading order."""
    return [one.name for one in read_page(page) if one.role == role]


def focused(page: Page) -> Spoken | None:
    """What has the focus, as it is announced."""
    return next(
        (one for one in read_page(page) if one.states.get("focused") and one.role != "RootWebArea"), None
    )


def _headings(spoken: list[Spoken]) -> list[str]:
    levels = [int(one.states["level"]) for one in spoken if one.role == "heading"]
    # The summary of errors stands before the title; from the title on no level is left out.
    levels = levels[levels.index(1) :] if 1 in levels else levels
    found = [] if levels[:1] == [1] else ["no title of level 1"]
    return found + [f"heading {deep} after {above}" for above, deep in pairwise(levels) if deep > above + 1]


def _tables(spoken: list[Spoken]) -> list[str]:
    found = [
        f"a {one.role} has no caption" for one in spoken if one.role in {"table", "grid"} and not one.name
    ]
    tables = sum(one.role == "table" for one in spoken)
    if tables and not any(one.role == "columnheader" and one.name for one in spoken):
        found.append("tables without headings of columns")
    return found


def _spoken(node: dict[str, Any]) -> Spoken:
    def value(name: str) -> str:
        return str(node.get(name, {}).get("value", ""))

    states = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
    return Spoken(value("role"), value("name").strip(), value("description"), states)
