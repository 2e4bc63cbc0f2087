"""Every kind of audit row is documented once, in the past tense, under the name of its package."""

import ast
import re

from services.ground import all_audit_events
from services.settings import CHECKOUT
from tests.contract.test_translations import PACKAGES, english
from wsgi import MANIFESTS

NAME = re.compile(r"[a-z_]+(\.[a-z_]+)?\.[a-z_]*(ed|en|ead|wn)")


def appended() -> dict[str, str]:
    """Every event name that stands in a call of audit.append, and where."""
    found = {}
    for package in PACKAGES:
        for path in (CHECKOUT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.append":
                    event = node.args[2]
                    if isinstance(event, ast.Constant):
                        found[event.value] = str(path.relative_to(CHECKOUT))
    return found


def test_event_that_code_appends_is_documented() -> None:
    documented = all_audit_events(MANIFESTS)
    missing = {name: place for name, place in appended().items() if name not in documented}
    assert appended()
    assert missing == {}


def test_event_of_a_service_bears_its_name_and_the_past_tense() -> None:
    for manifest in MANIFESTS:
        for event in manifest.audit_events:
            assert event.name.startswith(f"{manifest.name}.")
    assert [name for name in all_audit_events(MANIFESTS) if not NAME.fullmatch(name)] == []


def test_event_has_its_sentence_in_both_languages() -> None:
    known = english()
    assert [event.name for event in all_audit_events(MANIFESTS).values() if event.title not in known] == []
