"""A city's files at a size: invented residents enrolled as everybody is, their records sealed and indexed as on create.

The rows go in by COPY, past row-level security, because an import of a million resources would take hours of a
developer's machine; what stands in each row is made by the same functions that requests use.
"""

import json
import multiprocessing
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from bench.health.records import invent, life_of
from health_file.actions.search.index import index_entries
from health_file.actions.views import ResourceView, row_of
from health_file.fhir import text
from health_file.models import days, patients, resource_ids, resources, tokens
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
        found = admin.execute("SELECT value FROM gateway.markers WHERE name = %s", (MARKER,)).fetchone()
        if found is None:
            _make(settings, app_url, admin_url, admin, size)
            admin.execute("INSERT INTO gateway.markers VALUES (%s, %s, now())", (MARKER, str(size)))
            found = (str(size),)
        assert found[0] == str(size), "this folder holds a dataset of another size"
        return Dataset(size, _sample(admin))


def _make(settings: Settings, app_url: str, admin_url: str, admin: psycopg.Connection, size: int) -> None:
    residents = -(-size // EACH)
    print(f"Making {size} resources of {residents} residents (once) ...", file=sys.stderr)
    subjects = _enrol(Database(engine_for(settings, app_url), vault.load_keys(settings)), residents)
    dropped = _drop_indexes(admin) if size >= LARGE else []
    work = [
        (settings, app_url, admin_url, number, subjects[number : number + BATCH], size)
        for number in range(0, residents, BATCH)
    ]
    progress = Progress("records", len(work))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for _ in pool.imap_unordered(_copy, work):
            progress.step()
    progress = Progress("indexes", len(dropped) + 1)
    for statement in dropped:
        admin.execute("SET maintenance_work_mem = '1GB'")
        admin.execute(statement)
        progress.step()
    admin.execute("VACUUM (ANALYZE)")
    progress.step()


def _enrol(database: Database, count: int) -> list[UUID]:
    found: list[UUID] = []
    progress = Progress("residents", count)
    for start in range(0, count, 100):
        with database.transaction(Opening(role=Role.GATEWAY, service="gateway")) as session:
            session.raw("SET LOCAL statement_timeout = 0")
            for number in range(start, min(start + 100, count)):
                person = invent(number)
                found.append(
                    create_resident(session, system("bench"), name=person.name, id_number=person.id_number)
                )
        progress.step(count=min(100, count - start))
    database.engine.dispose()
    return found


def _copy(work: tuple[Settings, str, str, int, list[UUID], int]) -> None:
    settings, app_url, admin_url, first, subjects, size = work
    database = Database(engine_for(settings, app_url), vault.load_keys(settings))
    with database.transaction(WORKER) as session:
        vault.ciphers_for(session, subjects)
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


def _drop_indexes(admin: psycopg.Connection) -> list[str]:
    """Drop what is quicker made afterwards; the statements that make it again."""
    again: list[str] = []
    for table in TABLES:
        for name, definition in admin.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'p'",
            (table.fullname,),
        ).fetchall():
            admin.execute(f"ALTER TABLE {table.fullname} DROP CONSTRAINT {name}")
            again.append(f"ALTER TABLE {table.fullname} ADD CONSTRAINT {name} {definition}")
        for name, definition in admin.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = %s::regclass",
            (table.fullname,),
        ).fetchall():
            admin.execute(f"DROP INDEX {name}")
            again.append(definition)
    return again


def _sample(admin: psycopg.Connection) -> list[Known]:
    """Residents of the dataset, spread over it, with some of their records."""
    chosen = admin.execute(
        "SELECT p.subject_id, p.resource_id FROM health_file.patients p JOIN health_file.resource_ids i "
        "ON i.id = p.resource_id JOIN health_file.resources r ON (r.subject_id, r.id) = (p.subject_id, p.resource_id) "
        "WHERE r.author = %s AND r.is_current ORDER BY md5(p.subject_id::text) LIMIT 2000",
        (UNIT,),
    ).fetchall()
    found = []
    for subject, patient in chosen:
        records = admin.execute(
            "SELECT type, id FROM health_file.resources WHERE subject_id = %s AND is_current LIMIT 20",
            (subject,),
        ).fetchall()
        found.append(Known(subject, patient, records))
    # Residents of the demo city have a few records; those of the dataset two hundred.
    return [one for one in found if len(one.records) == 20]


def folder_of(base: Path, size: int) -> Path:
    """Where the city of a size lives."""
    return base / f"city-{size}"
