"""What has been kept as long as it may be goes, with its keys; what is still needed stays; each run is counted."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline import actions
from hotline.rules.channels import Channel
from hotline.rules.retention import Kept, Rule, complete
from services import clock
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.people import Browser, cheap_passwords, enrol_resident
from tests.support.webhooks import Sender

OPENING = Opening(role=Role.WORKER, service="hotline")
WORKER = system("hotline.enforce_retention")
LETTER = b"From: a@example.org\r\nTo: hotline@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: x\r\n\r\nhello\r\n"


@pytest.fixture
def lain(app, client, database):
    """A finished call, a missed one to be called back, a letter and a draft."""
    with database.transaction(OPENING) as session:
        keys = {
            channel: actions.create_channel_key(session, WORKER, channel=channel, title="x").key
            for channel in (Channel.CALLS, Channel.MAIL)
        }
    phone = Sender(client, keys[Channel.CALLS])
    phone.call("call.started", "done", caller="13800138001")
    phone.call("call.ended", "done")
    phone.call("call.missed", "missed", caller="13800138002")
    Sender(client, keys[Channel.MAIL]).letter(LETTER)
    with cheap_passwords():
        person = enrol_resident(database)
        browser = Browser(app)
        browser.sign_in(person)
    browser.submit(browser.get("/my/tickets/new/1"), "/my/tickets/new/1", text="路灯", category="road")


def counts(database):
    return [
        database.read_as(Role.WORKER, f"SELECT count(*) FROM hotline.{table}")[0]
        for table in ("calls", "letters", "drafts")
    ]


def run(database, *, days, dry_run=False):
    with clock.held(datetime.now(UTC) + timedelta(days=days)), database.transaction(OPENING) as session:
        told = actions.enforce_retention(session, WORKER, dry_run=dry_run)
        return {one.rule.kept.value: one.count for one in told}


def test_dry_run_counts_and_changes_nothing(lain, database) -> None:
    before = counts(database)
    assert run(database, days=184, dry_run=True) == {"calls": 1, "letters": 1, "drafts": 1}
    assert counts(database) == before == [2, 1, 1]
    assert run(database, days=29) == {"calls": 0, "letters": 0, "drafts": 0}
    assert counts(database) == before


def test_what_is_old_goes_with_its_key_and_what_waits_stays(lain, database) -> None:
    keys = database.read_as(Role.WORKER, "SELECT count(*) FROM vault.data_keys")[0]
    assert run(database, days=31)["drafts"] == 1
    assert run(database, days=184) == {"calls": 1, "letters": 1, "drafts": 0}
    # The caller who was not answered is still to be called back.
    assert counts(database) == [1, 0, 0]
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM vault.data_keys") == [keys - 1]
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    assert len([leaf for leaf in leaves if "hotline.retention.enforced" in leaf]) == 6


def test_every_kind_has_a_rule_with_its_clause_and_reason(database) -> None:
    with database.transaction(OPENING) as session:
        for one in actions.enforce_retention(session, WORKER, dry_run=True):
            assert one.rule.days > 0
            assert one.rule.clause
            assert one.rule.why
    with pytest.raises(ValueError, match="letters"):
        complete([Rule(kept=Kept.CALLS, days=1, clause="x", why="x")])


@pytest.mark.parametrize("table", ["calls", "letters", "drafts"])
def test_nobody_but_the_worker_lets_anything_go_that_is_not_their_own(database, table) -> None:
    asked = f"SELECT has_table_privilege('citizen_staff', 'hotline.{table}', 'delete')"
    assert database.read_as(Role.WORKER, asked) == [False]
