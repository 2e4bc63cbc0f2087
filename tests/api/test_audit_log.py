"""The audit log convicts whoever alters it, a superuser too, and names the row."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services import audit
from services.actor import system
from services.audit import store
from services.audit.sequencer import _last, _sequence_batch
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database

VERIFIER = Opening(role=Role.VERIFIER)
WORKER = Opening(role=Role.WORKER)
PATIENCE_SECONDS = 60


def write(database: Database, count: int) -> None:
    for number in range(count):
        with database.transaction(WORKER) as session:
            audit.append(session, system("test"), "test.done", details={"number": number})


def sequence(database: Database, count: int, witness=None) -> None:
    """Number `count` rows. Other tests' open transactions on the same server hold the sequencer back a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    done = 0
    while done < count and time.monotonic() < deadline:
        done += audit.sequence_events(database, witness)
        time.sleep(0.02)
    assert done == count


def settle(database: Database, count: int) -> None:
    """Wait until so many rows can be numbered in one batch, under one checkpoint."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with database.transaction(Opening(role=Role.SEQUENCER)) as session:
            _, _, last_xid, last_id = _last(session)
            if len(store.list_unsequenced(session, last_xid, last_id, count)) == count:
                return
        time.sleep(0.02)
    pytest.fail("other transactions never ended")


def verify(database: Database, witness=None) -> audit.Verdict:
    with database.transaction(VERIFIER) as session:
        return audit.verify_log(session, witness=witness)


@pytest.fixture
def superuser(server, committed):
    name = committed.engine.url.database
    with server.admin(name) as connection:
        yield connection


@pytest.fixture
def log(committed, folder):
    """Ten rows under two checkpoints."""
    for count in (6, 4):
        write(committed, count)
        settle(committed, count)
        sequence(committed, count, folder)
    return committed


def test_verify_of_an_untouched_log_finds_it_whole(log, folder) -> None:
    verdict = verify(log, folder)
    assert verdict.is_whole
    assert (verdict.leaves, verdict.checkpoints, verdict.waiting) == (10, 2, 0)


TAMPERED = {
    "leaf edited": ("UPDATE audit.events SET leaf = leaf || ' ' WHERE id = {event_3}", 3),
    "column edited": ("UPDATE audit.events SET event = 'other' WHERE id = {event_3}", 3),
    "details edited": ("UPDATE audit.events SET details = '{{}}' WHERE id = {event_3}", 3),
    "subject edited": ("UPDATE audit.events SET subject_id = id WHERE id = {event_3}", 3),
    "several subjects edited": ("UPDATE audit.events SET subject_ids = ARRAY[id] WHERE id = {event_3}", 3),
    "event deleted": ("DELETE FROM audit.events WHERE id = {event_3}", 3),
    "leaf row deleted": ("DELETE FROM audit.leaves WHERE sequence = 3", 3),
    "rows exchanged": (
        "UPDATE audit.leaves SET event_id = gen_random_uuid() WHERE sequence = 3; "
        "UPDATE audit.leaves SET event_id = {event_3} WHERE sequence = 4; "
        "UPDATE audit.leaves SET event_id = {event_4} WHERE sequence = 3",
        3,
    ),
    "rows and hashes exchanged": (
        "UPDATE audit.leaves l SET event_id = gen_random_uuid(), leaf_digest = o.leaf_digest "
        "FROM audit.leaves o WHERE l.sequence = 3 AND o.sequence = 4; "
        "UPDATE audit.leaves SET event_id = {event_3}, leaf_digest = {digest_3} WHERE sequence = 4; "
        "UPDATE audit.leaves SET event_id = {event_4} WHERE sequence = 3",
        5,
    ),
    "tail cut off": ("DELETE FROM audit.leaves WHERE sequence >= 8", 8),
    "checkpoint forged": ("UPDATE audit.checkpoints SET root_digest = '\\x00' WHERE tree_size = 6", 5),
    "checkpoint dropped": ("DELETE FROM audit.checkpoints WHERE tree_size = 10", 6),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_verify_of_a_tampered_log_names_the_row(log, superuser, name) -> None:
    statement, sequence = TAMPERED[name]
    places = {}
    for number in (3, 4):
        row = superuser.execute(
            "SELECT event_id, leaf_digest FROM audit.leaves WHERE sequence = %s", (number,)
        ).fetchone()
        places |= {f"event_{number}": f"'{row[0]}'", f"digest_{number}": f"'\\x{row[1].hex()}'"}
    superuser.execute(statement.format(**places))
    verdict = verify(log)
    assert not verdict.is_whole
    assert min(fault[0] for fault in verdict.faults) == sequence


def test_verify_of_a_log_cut_with_its_checkpoints_is_convicted_by_the_witness(log, superuser, folder) -> None:
    superuser.execute("DELETE FROM audit.leaves WHERE sequence >= 6")
    superuser.execute("DELETE FROM audit.checkpoints WHERE tree_size = 10")
    assert verify(log).is_whole
    verdict = verify(log, folder)
    assert [fault[0] for fault in verdict.faults] == [6]


def test_sequencer_orders_transactions_by_number_and_not_by_its_text(committed, superuser) -> None:
    write(committed, 3)
    for number, xid in enumerate((9, 10, 11)):
        superuser.execute(
            "UPDATE audit.events SET xid = %s::text::xid8 WHERE (details->>'number')::int = %s", (xid, number)
        )
    assert audit.sequence_events(committed) == 3
    write(committed, 1)
    sequence(committed, 1)
    assert verify(committed).is_whole


def test_sequencer_run_twice_and_by_two_numbers_each_row_once(committed, folder) -> None:
    write(committed, 30)
    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(lambda _: audit.sequence_events(committed, folder), range(4)))
    sequence(committed, 30 - done, folder)
    assert verify(committed, folder).leaves == 30


def test_sequencer_waits_for_an_older_transaction_that_commits_later(committed, superuser) -> None:
    writing = Opening(role=Role.WORKER)
    with committed.transaction(writing) as slow:
        slow.raw("SELECT pg_current_xact_id()")
        write(committed, 3)
        assert audit.sequence_events(committed) == 0
        audit.append(slow, system("test"), "test.slow")
    sequence(committed, 4)
    with committed.transaction(VERIFIER) as session:
        rows = [row for batch in store.list_leaves(session, 100) for row in batch]
    assert rows[0][5] == "test.slow"
    assert verify(committed).is_whole


def test_sixteen_writers_leave_no_gap_and_no_repeat(committed) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: write(committed, 10), range(16)))
    sequence(committed, 160)
    verdict = verify(committed)
    assert verdict.is_whole
    assert verdict.leaves == 160


def test_sequencer_killed_in_the_middle_leaves_no_gap(committed, superuser) -> None:
    write(committed, 20)
    settle(committed, 20)
    with (
        pytest.raises(psycopg.OperationalError),
        committed.transaction(Opening(role=Role.SEQUENCER)) as session,
    ):
        assert _sequence_batch(session)[0] == 20
        superuser.execute("SELECT pg_terminate_backend(%s)", (session.driver.info.backend_pid,))
        session.raw("SELECT 1")
    sequence(committed, 20)
    assert verify(committed).is_whole
