"""One transaction per request: opened for an actor, undone by a raise, kept by errors that keep effects."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update

from services import audit, ids, vault
from services.actor import Actor, ActorKind, system
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import GrantEnded
from services.errors import CitizenError, NotFound
from services.gateway import models
from services.vault import Shredded


class Kept(CitizenError):
    code = "test.kept"
    keeps_effects = True


def new_subject(database) -> Actor:
    subject = ids.new_id()
    with database.transaction(Opening(role=Role.WORKER)) as session:
        vault.create_data_key(session, subject, "resident")
    return Actor(kind=ActorKind.RESIDENT, account=subject, subject=subject)


def events(database) -> list[str]:
    return database.read_as(Role.VERIFIER, "SELECT event FROM audit.events")


def test_transaction_that_ends_well_keeps_its_audit_row(database, resident) -> None:
    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        audit.append(session, resident, "test.done")
    assert events(database) == ["test.done"]


def test_transaction_that_raises_keeps_nothing(database, resident) -> None:
    with pytest.raises(NotFound), database.transaction(Opening(role=Role.RESIDENT)) as session:
        audit.append(session, resident, "test.done")
        raise NotFound
    assert events(database) == []


def test_error_that_keeps_effects_commits_before_it_leaves(database, resident) -> None:
    with pytest.raises(Kept), database.transaction(Opening(role=Role.RESIDENT)) as session:
        audit.append(session, resident, "test.refused")
        raise Kept
    assert events(database) == ["test.refused"]


def test_queued_statement_that_fails_undoes_the_whole_transaction(database, resident) -> None:
    with (
        pytest.raises(Exception, match="nothing"),
        database.transaction(Opening(role=Role.RESIDENT)) as session,
    ):
        audit.append(session, resident, "test.done")
        session.at_commit("INSERT INTO nothing.here VALUES (%s)", (1,))
    assert events(database) == []


@pytest.mark.parametrize("checks", ["grant", "session", "client", "unknown"])
def test_opening_with_something_dead_never_runs_the_block(database, checks) -> None:
    ran = []
    with (
        pytest.raises(GrantEnded),
        database.transaction(Opening(role=Role.RESIDENT, account=uuid4(), checks=checks, grant=uuid4())),
    ):
        ran.append(True)
    assert ran == []


def test_opening_brings_the_data_keys_of_those_concerned_and_of_nobody_else(database) -> None:
    one, other = new_subject(database), new_subject(database)
    with database.transaction(
        Opening(role=Role.RESIDENT, account=one.account, subjects=(one.subject,))
    ) as session:
        assert set(session.data_keys) == {one.subject}
        with pytest.raises(Shredded):
            vault.cipher_for(session, other.subject)


def test_next_transaction_without_an_actor_is_empty_again(database) -> None:
    one = new_subject(database)
    with database.transaction(Opening(role=Role.GATEWAY)) as session:
        session.execute(
            insert(models.subjects), {"id": one.subject, "kind": "resident", "created_at": session.at}
        )
    seen = select(models.subjects.c.id)
    with database.transaction(Opening(role=Role.RESIDENT, subjects=(one.subject,))) as session:
        assert session.execute(seen).scalars().all() == [one.subject]
    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        assert session.execute(seen).scalars().all() == []


def test_sealed_value_moved_to_another_row_or_column_does_not_open(database) -> None:
    one = new_subject(database)
    opening = Opening(role=Role.RESIDENT, account=one.account, subjects=(one.subject,))
    row = ids.new_id()
    with database.transaction(opening) as session:
        cipher = vault.cipher_for(session, one.subject)
        sealed = cipher.seal(models.residents.c.name_sealed, row, "text")
        assert cipher.unseal_text(models.residents.c.name_sealed, row, sealed) == "text"
        for column, place in (
            (models.residents.c.phone_sealed, row),
            (models.residents.c.name_sealed, ids.new_id()),
        ):
            with pytest.raises(vault.SealBroken):
                cipher.unseal(column, place, sealed)


def test_shredded_subject_stays_unreadable_and_leaves_a_tombstone(database) -> None:
    one = new_subject(database)
    opening = Opening(role=Role.RESIDENT, account=one.account, subjects=(one.subject,))
    with database.transaction(opening) as session:
        sealed = vault.seal(session, models.residents.c.name_sealed, one.subject, one.subject, "text")
    with database.transaction(Opening(role=Role.WORKER)) as session:
        assert vault.shred(session, one.subject)
        audit.append(session, system("test"), "vault.subject.shredded", subject_id=one.subject)
    with database.transaction(opening) as session, pytest.raises(Shredded):
        vault.unseal(session, models.residents.c.name_sealed, one.subject, one.subject, sealed)
    assert database.read_as(Role.WORKER, "SELECT subject_id FROM vault.tombstones") == [one.subject]


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.STAFF, Role.GATEWAY])
def test_audit_row_is_changed_or_deleted_by_nobody(database, resident, role) -> None:
    from sqlalchemy.exc import ProgrammingError

    from services.audit.models import events as table

    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        audit.append(session, resident, "test.done")
    for statement in (update(table).values(event="other"), table.delete()):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            database.transaction(Opening(role=role)) as session,
        ):
            session.execute(statement)
