"""One linear history that goes up, down and up again, and makes what the models declare."""

import os

import psycopg
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from services.database.migrate import migrate, script_directory
from tests.support.packages import METADATA
from tests.support.servers import TestServer


def test_history_has_one_head_and_numbers_in_order() -> None:
    revisions = [script.revision for script in script_directory().walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert len(script_directory().get_heads()) == 1
    assert len(revisions) == int(revisions[0])


def test_migrations_up_down_up_leave_the_same_schema(server: TestServer, worker_id: str) -> None:
    name = f"citizen_updown_{os.getpid()}_{worker_id}"
    server.clone(name)
    try:
        before = _shape(server, name)
        migrate(server.owner_url(name), "base")
        assert _tables(server, name) == []
        migrate(server.owner_url(name))
        assert _shape(server, name) == before
    finally:
        server.drop(name)


def _shape(server: TestServer, name: str) -> list[tuple[str, ...]]:
    with server.admin(name) as admin:
        columns = admin.execute(
            "SELECT table_schema, table_name, column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3"
        ).fetchall()
        policies = admin.execute(
            "SELECT polname, polrelid::regclass::text, pg_get_expr(polqual, polrelid), '', ''"
            " FROM pg_policy ORDER BY 1, 2"
        ).fetchall()
    return [*columns, *policies]


def _tables(server: TestServer, name: str) -> list[str]:
    with server.admin(name) as admin:
        rows = admin.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE relkind IN ('r', 'p', 'S', 'v') AND nspname NOT IN ('pg_catalog', 'information_schema', "
            "'pg_toast') AND relname <> 'citizen_migrations'"
        ).fetchall()
    return [row[0] for row in rows]


def test_models_equal_the_migrated_schema(admin: psycopg.Connection) -> None:
    differences = [
        difference
        for metadata in METADATA
        for table in metadata.tables.values()
        for difference in _differences(admin, table)
    ]
    assert differences == []


def _differences(admin: psycopg.Connection, table: Table) -> list[str]:
    name = f"{table.schema}.{table.name}"
    dialect = postgresql.dialect()
    declared = {
        (column.name, column.type.compile(dialect=dialect).lower(), not column.nullable)
        for column in table.columns
    }
    there = set(
        admin.execute(
            "SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (name,),
        ).fetchall()
    )
    keys = admin.execute(
        "SELECT array(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid "
        "AND attnum = ANY (indkey::int2[])) FROM pg_index WHERE indrelid = %s::regclass AND indisprimary",
        (name,),
    ).fetchone()
    found = [f"{name}: {what}" for what in sorted(declared ^ there)]
    if keys is None or set(keys[0]) != {column.name for column in table.primary_key}:
        found.append(f"{name}: primary key {keys}")
    return found
