"""No page can be born without being looked at by `make test-pages`."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.exceptions import NotFound

from tests.browser import scenes
from tests.browser.matrix import READERS, WAYS
from tests.support.pages import drawn_by


def test_every_page_is_opened_by_the_browser(app: Flask) -> None:
    seen = {*opened(app), *scenes.reached("GET")}
    assert sorted(set(drawn_by(app, "GET")) - seen) == []


def test_every_page_that_answers_a_form_is_opened_by_the_browser(app: Flask) -> None:
    assert sorted(set(drawn_by(app, "POST")) - scenes.reached("POST")) == []


def test_browser_opens_no_page_that_is_gone(app: Flask) -> None:
    known = {rule.rule for rule in app.url_map.iter_rules()}
    scenic = scenes.reached("GET") | scenes.reached("POST")
    assert sorted({*(way.rule for way in WAYS), *scenic} - known) == []
    assert [path for path in paths() if path != "/nothing" and rule_of(app, path) is None] == []


def paths() -> Iterator[str]:
    for some in READERS.values():
        yield from some


def opened(app: Flask) -> Iterator[str]:
    """The rules behind all addresses and links that readers open."""
    yield from (rule for path in paths() if (rule := rule_of(app, path)))
    yield from (way.rule for way in WAYS)


def rule_of(app: Flask, path: str) -> str | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], return_rule=True)
    except NotFound:
        return None
    return str(rule.rule)
