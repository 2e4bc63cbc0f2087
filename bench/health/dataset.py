"""A city's files at a size: invented residents enrolled as everybody is, their records sealed and indexed as on create.

The rows go in by COPY, past row-level security, because an import of a million resources would take hours of a
developer's machine; what stands in each row is made by the same functions that requests use. Each step leaves a marker
in its own transaction, so that making a city goes on where it was interrupted.
"""

import json
import multiprocessing
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from bench.health.records import invent, life_of
from health_file.actions.search.index import index_entries
from health_file.actions.views import ResourceView, row_of
from health_file.fhir import text
from health_file.models import days, patients, resource_ids, resources, tokens
from health_file.sealing import create_file_keys, file_ciphers
from health_file.store.bulk import column_types
from services import ids, vault
from services.actor import system
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.gateway.people.enrolment import create_resident
from services.progress import Progress
from services.settings import Settings

UNIT = "CL-HP"
EACH = 200  # records of a resident
BATCH = 10  # residents in one COPY
MARKER = "bench-health"
FIND_MARKER: LiteralString = "SELECT value FROM gateway.markers WHERE name = %s"
ADD_MARKER: LiteralString = "INSERT INTO gateway.markers VALUES (%s, %s, now())"
URN = re.compile(r"urn:uuid:[0-9a-f-]{36}")
TABLES = (resources, resource_ids, patients, tokens, days)
WORKER = Opening(role=Role.WORKER, service="health_file")
# From this size on, indexes are made after the rows.
LARGE = 200_000


class Known(NamedTuple):
    """A resident of the dataset: whose file, its Patient, and some of its records as (type, id)."""

    subject_id: UUID
    patient: UUID
    records: list[tuple[str, UUID]]


@dataclass(frozen=True)
class Dataset:
    """What a bench may ask for."""

    size: int
    residents: Sequence[Known]


def build(settings: Settings, app_url: str, admin_url: str, size: int) -> Dataset:
    """The dataset of a size, made unless it is there; then a sample of what is in it."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        found = admin.execute(FIND_MARKER, (MARKER,)).fetchone()
        if found is None:
            _make(settings, app_url, admin_url, admin, size)
            admin.execute(ADD_MARKER, (MARKER, str(size)))
            found = (str(size),)
        assert found[0] == str(size), "this folder holds a dataset of another size"
        return Dataset(size, _sample(admin))


def _make(settings: Settings, app_url: str, admin_url: str, admin: psycopg.Connection, size: int) -> None:
    residents = -(-size // EACH)
    print(f"Making {size} resources of {residents} residents (once) ...", file=sys.stderr)
    subjects = _enrol(Database(engine_for(settings, app_url), vault.load_keys(settings)), residents)
    again = _drop_indexes(admin) if size >= LARGE else []
    done = {name for (name,) in admin.execute("SELECT name FROM gateway.markers").fetchall()}
    work = [
        (settings, app_url, admin_url, number, subjects[number : number + BATCH], size)
        for number in range(0, residents, BATCH)
        if _records_of(number) not in done
    ]
    progress = Progress("records", len(work))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for _ in pool.imap_unordered(_copy, work):
            progress.step()
    progress = Progress("indexes", len(again) + 1)
    for table, name, statement in again:
        if not _has_index(admin, table, name):
            admin.execute("SET maintenance_work_mem = '1GB'")
            admin.execute(statement)
        progress.step()
    admin.execute("VACUUM (ANALYZE)")
    progress.step()


def _enrol(database: Database, count: int) -> list[UUID]:
    """The residents by number; each hundred is one transaction that writes down whom it made."""
    found: list[UUID] = []
    progress = Progress("residents", count)
    for start in range(0, count, 100):
        with database.transaction(Opening(role=Role.GATEWAY, service="gateway")) as session:
            session.raw("SET LOCAL statement_timeout = 0")
            kept = session.raw(FIND_MARKER, (f"{MARKER} residents {start}",)).fetchone()
            made = [UUID(one) for one in kept[0].split()] if kept else _enrol_some(session, start, count)
            if not kept:
                session.raw(ADD_MARKER, (f"{MARKER} residents {start}", " ".join(map(str, made))))
        found += made
        progress.step(count=len(made))
    database.engine.dispose()
    return found


def _enrol_some(session: Session, start: int, count: int) -> list[UUID]:
    people = [invent(number) for number in range(start, min(start + 100, count))]
    return [
        create_resident(session, system("bench"), name=one.name, id_number=one.id_number) for one in people
    ]


def _records_of(first: int) -> str:
    return f"{MARKER} records {first}"


def _copy(work: tuple[Settings, str, str, int, list[UUID], int]) -> None:
    settings, app_url, admin_url, first, subjects, size = work
    database = Database(engine_for(settings, app_url), vault.load_keys(settings))
    with database.transaction(WORKER) as session:
        file_ciphers(session, subjects)
        create_file_keys(session, subjects)
    database.engine.dispose()
    rows: dict[str, list[Any]] = {table.name: [] for table in TABLES}
    # The transaction has brought the keys; nothing else is asked of the database.
    for number, subject in enumerate(subjects, first):
        wanted = min(EACH, size - number * EACH) - 1
        for view in views_of_life(session, number, subject, wanted):
            _add(session, view, rows)
    with psycopg.connect(admin_url) as admin:
        admin.execute("SET synchronous_commit = off")
        for table in TABLES:
            _copy_table(admin, table, rows[table.name])
        admin.execute(ADD_MARKER, (_records_of(first), ""))


def views_of_life(session: Session, number: int, subject: UUID, count: int) -> Iterator[ResourceView]:
    """A resident's Patient and `count` records, with ids of ours in their references."""
    entries = list(life_of(number, count))
    ours = {entry["fullUrl"]: ids.new_id() for entry in entries}
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in entries}
    raw = json.dumps([entry["resource"] for entry in entries], ensure_ascii=False)
    raw = URN.sub(lambda found: f"{kinds[found[0]]}/{ours[found[0]]}", raw)
    for entry, body in zip(entries, text.read(raw.encode()), strict=True):
        yield ResourceView(
            id=ours[entry["fullUrl"]],
            type=body["resourceType"],
            version=1,
            author=UNIT,
            recorded_at=session.at,
            body=body,
            subject_id=subject,
        )


def _add(session: Session, view: ResourceView, rows: dict[str, list[Any]]) -> None:
    rows["resources"].append(row_of(session, view))
    rows["resource_ids"].append({"id": view.id, "subject_id": view.subject_id, "type": view.type})
    if view.type == "Patient":
        rows["patients"].append({"subject_id": view.subject_id, "resource_id": view.id})
    found, spans = index_entries(session, view)
    whose = {"subject_id": view.subject_id, "resource_id": view.id}
    rows["tokens"] += [view.subject_id.bytes + view.id.bytes + one for one in found]
    rows["days"] += [
        {**whose, "parameter": name, "first_on": first, "last_on": last} for name, first, last in spans
    ]


def _copy_table(admin: psycopg.Connection, table: Any, rows: list[Any]) -> None:
    if not rows:
        return
    if table is tokens:
        _copy_tokens(admin, rows)
        return
    names = list(rows[0])
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table.schema, table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with admin.cursor().copy(command) as copy:
        copy.set_types(column_types(table, names))
        for row in rows:
            copy.write_row([row[name] for name in names])


def _copy_tokens(admin: psycopg.Connection, rows: list[bytes]) -> None:
    """Rows of three times sixteen bytes, put into PostgreSQL's binary form by hand: they are the most by far."""
    head, length = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\0\0\0\x10"
    packed = b"".join(b"\0\x03" + length + row[:16] + length + row[16:32] + length + row[32:] for row in rows)
    command = "COPY health_file.tokens (subject_id, resource_id, digest) FROM STDIN (FORMAT binary)"
    with admin.cursor().copy(command) as copy:
        copy.write(head + packed + b"\xff\xff")


def _drop_indexes(admin: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Drop what is quicker made afterwards: (table, name, the statement that makes it again)."""
    kept = admin.execute(FIND_MARKER, (f"{MARKER} indexes",)).fetchone()
    if kept is None:
        again = [one for table in TABLES for one in _indexes_of(admin, table)]
        admin.execute(ADD_MARKER, (f"{MARKER} indexes", json.dumps(again)))
    else:
        # An earlier run dropped them, and may have begun to make them again.
        return [(table, name, statement) for table, name, statement in json.loads(kept[0])]
    for table, name, statement in again:
        admin.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {name}"
            if statement.startswith("ALTER")
            else f"DROP INDEX {table.partition('.')[0]}.{name}"
        )
    return again


def _indexes_of(admin: psycopg.Connection, table: Any) -> list[tuple[str, str, str]]:
    own = table.fullname
    keys = admin.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'p'",
        (own,),
    ).fetchall()
    others = admin.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = %s::regclass AND NOT i.indisprimary",
        (own,),
    ).fetchall()
    return [
        *((own, name, f"ALTER TABLE {own} ADD CONSTRAINT {name} {definition}") for name, definition in keys),
        *((own, name, definition) for name, definition in others),
    ]


def _has_index(admin: psycopg.Connection, table: str, name: str) -> bool:
    found = admin.execute(
        "SELECT to_regclass(%s) IS NOT NULL", (f"{table.partition('.')[0]}.{name}",)
    ).fetchone()
    return bool(found and found[0])


def _sample(admin: psycopg.Connection) -> list[Known]:
    """Residents of the dataset, not of the demo city around it, with some of their records."""
    chosen = admin.execute(
        "SELECT p.subject_id, p.resource_id FROM health_file.patients p JOIN ("
        "SELECT unnest(string_to_array(value, ' '))::uuid AS subject_id FROM gateway.markers WHERE name LIKE %s"
        ") AS made USING (subject_id) ORDER BY md5(subject_id::text) LIMIT 2000",
        (f"{MARKER} residents %",),
    ).fetchall()
    found = []
    for subject, patient in chosen:
        records = admin.execute(
            "SELECT type, id FROM health_file.resources WHERE subject_id = %s AND is_current LIMIT 20",
            (subject,),
        ).fetchall()
        found.append(Known(subject, patient, records))
    return found


def folder_of(base: Path, size: int) -> Path:
    """Where the city of a size lives."""
    return base / f"city-{size}"
