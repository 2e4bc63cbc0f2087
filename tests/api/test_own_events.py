"""The reader's own audit trail: complete, private, and provable to an outsider."""

import json
import re
import time
from base64 import b64decode, urlsafe_b64decode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask

from services import audit
from services.actor import system
from services.audit.checkpoint import read_checkpoint
from services.database.transaction import Database
from tests.support.app import app_over
from tests.support.people import (
    GATEWAY,
    Browser,
    enrol_child,
    enrol_resident,
    enrol_staff,
)

pytestmark = pytest.mark.usefixtures("private_people")

PAGE = "/my/account/events"


@pytest.fixture
def application(database: Database) -> Flask:
    return app_over(database)


def test_events_say_what_happened_and_who_did_it(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    Browser(application).give_password(person.username, "wrong password")
    browser = Browser(application)
    browser.sign_in(person)
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "有人登录没有成功" in page.text
    assert "登录了" in page.text
    assert "您本人" in page.text
    # Reading is an event too.
    assert "看了账户记录" in browser.get(PAGE).text


def test_events_about_two_people_are_shown_to_both(application: Flask, database: Database) -> None:
    guardian = enrol_resident(database)
    enrol_child(database, guardian)
    browser = Browser(application)
    browser.sign_in(guardian)
    assert "登记了可以代办的人" in browser.get(PAGE).text


def test_events_of_another_are_not_shown_and_not_proven(application: Flask, database: Database) -> None:
    person, stranger = enrol_resident(database), enrol_resident(database)
    owner, other = Browser(application), Browser(application)
    owner.sign_in(person)
    other.sign_in(stranger)
    (proof, *_) = re.findall(rf"{PAGE}/[0-9a-f-]+/proof", owner.get(PAGE).text)
    assert proof not in other.get(PAGE).text
    assert other.get(proof).status_code == 404
    assert owner.get(f"{PAGE}?for={stranger.account}").status_code == 404


def test_events_of_staff_are_overseen_elsewhere(application: Flask, database: Database) -> None:
    browser = Browser(application)
    browser.sign_in(enrol_staff(database))
    assert browser.get(PAGE).status_code == 403


def test_events_are_paged_without_gap_or_repeat(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application)
    browser.sign_in(person)
    with database.transaction(GATEWAY) as session:
        for _ in range(60):
            audit.append(session, system("test"), "gateway.password.changed", subject_id=person.account)
    url, seen = PAGE, []
    while url:
        page = browser.get(url)
        seen += re.findall(rf"{PAGE}/([0-9a-f-]+)/proof", page.text)
        older = re.search(rf'href="({PAGE}\?before=[^"]+)"', page.text)
        url = older.group(1) if older else ""
    assert len(seen) == len(set(seen)) >= 62
    assert browser.get(f"{PAGE}?before=x").status_code == 404


def test_proof_before_the_log_has_numbered_the_event_says_when_to_come_back(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    browser = Browser(application)
    browser.sign_in(person)
    (proof, *_) = re.findall(rf"{PAGE}/[0-9a-f-]+/proof", browser.get(PAGE).text)
    answer = browser.get(proof)
    assert answer.status_code == 409
    assert "几秒后" in answer.text


def test_proof_convinces_an_outsider_who_knows_only_the_standard(committed: Database) -> None:
    application = app_over(committed)
    person = enrol_resident(committed)
    browser = Browser(application)
    browser.sign_in(person)
    with committed.transaction(GATEWAY) as session:
        for _ in range(600):
            audit.append(session, system("test"), "gateway.password.changed", subject_id=person.account)
    links = re.findall(rf"{PAGE}/[0-9a-f-]+/proof", browser.get(PAGE).text)
    deadline = time.monotonic() + 60
    while browser.get(links[0]).status_code != 200 and time.monotonic() < deadline:
        audit.sequence_events(committed)
        time.sleep(0.05)
    for link in (links[0], links[-1]):
        answer = browser.get(link)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert convinces(answer.get_json())
    forged = json.loads(answer.text)
    forged["leaf"] = forged["leaf"].replace("gateway", "Gateway")
    assert not convinces(forged)


def convinces(proof: dict) -> bool:
    """Written from RFC 9162 section 2.1.3.2 alone, without the suite's own tree."""
    index, last = proof["leaf_index"], proof["tree_size"] - 1
    node = sha256(b"\x00" + proof["leaf"].encode()).digest()
    for sibling in (b64decode(one) for one in proof["inclusion_path"]):
        if index % 2 == 1 or index == last:
            node = sha256(b"\x01" + sibling + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        index, last = index // 2, last // 2
    key = proof["public_key"]
    raw = urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
    told = read_checkpoint(proof["checkpoint"], Ed25519PublicKey.from_public_bytes(raw))
    return (
        last == 0
        and told is not None
        and told.tree_size == proof["tree_size"]
        and told.root == node == b64decode(proof["root_hash"])
    )
