"""Each table about subjects shows nothing without an actor, and is reached only through the right role."""

from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from services.database.roles import Role
from services.database.tables import Spread
from tests.support.packages import kinds

FENCED = sorted(table for table, kind in kinds().items() if kind in {Spread.SUBJECT, Spread.SERVICE_SHARD})
SERVICES = {"health_file", "ebills", "social_card", "legal_id", "hotline"}
SAMPLES = {
    "text": "x",
    "bytea": b"x",
    "timestamp with time zone": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "integer": 1,
    "bigint": 1,
    "smallint": 1,
    "boolean": True,
    "jsonb": "{}",
    "xid8": "1",
    "numeric": 1,
}


def plant(admin: psycopg.Connection, table: str) -> None:
    """Put one row into a table, whatever its columns; its CHECK constraints are dropped in this transaction."""
    for (name,) in admin.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", (table,)
    ).fetchall():
        admin.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    columns = admin.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        (table,),
    ).fetchall()
    values = [_sample(kind) for _, kind in columns]
    admin.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.SQL(table),
            sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        ),
        values,
    )


def _sample(kind: str) -> object:
    if kind == "uuid":
        return uuid4()
    if kind.endswith("[]"):
        return []
    return SAMPLES[kind]


def shown(admin: psycopg.Connection, table: str, role: str, **settings: str) -> int | None:
    """How many rows a role sees; None when it holds no grant at all."""
    with admin.transaction(force_rollback=True):
        for name, value in settings.items():
            admin.execute(sql.SQL("SET LOCAL {} = {}").format(sql.SQL(f"citizen.{name}"), sql.Literal(value)))
        admin.execute(f"SET LOCAL ROLE {role}")
        try:
            row = admin.execute(f"SELECT count(*) FROM {table}").fetchone()
        except psycopg.errors.InsufficientPrivilege:
            return None
    assert row
    return int(row[0])


@pytest.mark.parametrize("table", FENCED)
def test_table_read_without_an_actor_is_empty(table: str, admin: psycopg.Connection) -> None:
    plant(admin, table)
    assert shown(admin, table, Role.RESIDENT) in {0, None}
    assert shown(admin, table, Role.RESIDENT, subjects="", account="", owners="") in {0, None}


@pytest.mark.parametrize("table", FENCED)
def test_table_read_as_a_stranger_is_empty(table: str, admin: psycopg.Connection) -> None:
    plant(admin, table)
    other = str(uuid4())
    assert shown(admin, table, Role.RESIDENT, subjects=other, account=other, owners=other) in {0, None}


@pytest.mark.parametrize("table", [name for name in FENCED if name.split(".")[0] in SERVICES])
def test_service_table_read_by_staff_on_another_services_route_is_empty(
    table: str, admin: psycopg.Connection
) -> None:
    plant(admin, table)
    service = table.split(".", maxsplit=1)[0]
    for other in SERVICES - {service} | {"", "gateway"}:
        assert shown(admin, table, Role.STAFF, service=other) in {0, None}


@pytest.mark.parametrize("table", FENCED)
def test_table_owned_by_the_owner_role_is_empty_even_for_it(table: str, admin: psycopg.Connection) -> None:
    plant(admin, table)
    assert shown(admin, table, "citizen_owner") == 0


def test_app_role_in_the_catalogue_owns_nothing_and_bypasses_nothing(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = ANY (%s)",
        ([role.value for role in Role],),
    ).fetchall()
    assert len(rows) == len(Role)
    assert [name for name, is_super, bypasses, inherits in rows if is_super or bypasses or inherits] == []
    owned = admin.execute(
        "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = ANY (%s)",
        ([role.value for role in Role],),
    ).fetchone()
    assert owned == (0,)
