"""The rules that let the schema be spread over several PostgreSQL machines, as catalogue queries.

Each rule returns the violations it finds, as sentences; docs/decisions says why each rule exists.
"""

from collections.abc import Callable

import psycopg

from services.database.tables import Spread

Kinds = dict[str, Spread]
Rule = Callable[[psycopg.Connection, Kinds], list[str]]

OURS = (
    "n.nspname IN ('vault', 'audit', 'web', 'notices', 'gateway', 'health_file', 'ebills', 'social_card', "
    "'legal_id', 'hotline')"
)
PARENTS = f"""
    SELECT n.nspname || '.' || c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {OURS}
"""


def key_of(table: str) -> str:
    """The column a subject table is spread by."""
    return "id" if table == "gateway.subjects" else "subject_id"


def _tables(connection: psycopg.Connection) -> dict[str, int]:
    return dict(connection.execute(PARENTS).fetchall())


def unclassified(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Every table is declared with its kind."""
    return [f"{table} declares no kind" for table in _tables(connection) if table not in kinds]


def keys(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """A subject table has its key, NOT NULL, of type uuid."""
    found = []
    for table, oid in _tables(connection).items():
        if kinds.get(table) is not Spread.SUBJECT:
            continue
        row = connection.execute(
            "SELECT attnotnull, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s AND attname = %s",
            (oid, key_of(table)),
        ).fetchone()
        if row is None:
            found.append(f"{table} lacks {key_of(table)}")
        elif not row[0] or row[1] != "uuid":
            found.append(f"{table}.{key_of(table)} is nullable or no uuid")
    return found


def unique_indexes(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Every unique or exclusion index of a subject table holds the key."""
    rows = connection.execute(
        """
        SELECT i.indrelid, i.indexrelid::regclass::text,
            array(SELECT attname::text FROM pg_attribute
                  WHERE attrelid = i.indrelid AND attnum = ANY (i.indkey::int2[]))
        FROM pg_index i WHERE i.indisunique OR i.indisexclusion
        """
    ).fetchall()
    names = {oid: table for table, oid in _tables(connection).items()}
    return [
        f"{index} is unique without the key of {names[oid]}"
        for oid, index, columns in rows
        if oid in names and kinds.get(names[oid]) is Spread.SUBJECT and key_of(names[oid]) not in columns
    ]


def foreign_keys(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Foreign keys carry the key at the same place, or lead to reference tables; others never lead to subjects."""
    names = {oid: table for table, oid in _tables(connection).items()}
    rows = connection.execute(
        """
        SELECT conname, conrelid, confrelid, confdeltype,
            array(SELECT a.attname::text FROM unnest(conkey) WITH ORDINALITY k(n, o)
                  JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n ORDER BY o),
            array(SELECT a.attname::text FROM unnest(confkey) WITH ORDINALITY k(n, o)
                  JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.n ORDER BY o)
        FROM pg_constraint WHERE contype = 'f'
        """
    ).fetchall()
    found = []
    for name, source, target, on_delete, here, there in rows:
        if source not in names or target not in names:
            continue
        ours, theirs = names[source], names[target]
        to, origin = kinds.get(theirs), kinds.get(ours)
        same_service = ours.split(".")[0] == theirs.split(".")[0]
        if to is Spread.REFERENCE:
            continue
        if to is Spread.SUBJECT and origin is not Spread.SUBJECT:
            found.append(f"{name}: {ours} ({origin}) leads into subject table {theirs}")
        elif not same_service:
            found.append(f"{name}: {ours} leads into another service's {theirs}")
        elif to is Spread.SUBJECT:
            place = here.index(key_of(ours)) if key_of(ours) in here else -1
            if place < 0 or there[place] != key_of(theirs):
                found.append(f"{name}: the key is not at the same place")
            if on_delete in {"n", "d"}:
                found.append(f"{name}: SET NULL or SET DEFAULT over the key")
    return found


def triggers(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Triggers stand on local tables only."""
    names = {oid: table for table, oid in _tables(connection).items()}
    rows = connection.execute("SELECT tgname, tgrelid FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    return [
        f"trigger {name} on {names[oid]}"
        for name, oid in rows
        if oid in names and kinds.get(names[oid]) is not Spread.LOCAL
    ]


def identities(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """No identity columns."""
    del kinds
    rows = connection.execute(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attidentity <> '' AND attnum > 0"
    ).fetchall()
    return [
        f"{table}.{column} is an identity column" for table, column in rows if not table.startswith("jobs.")
    ]


def policies(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Policies read settings only: no sub-select, no table."""
    del kinds
    rows = connection.execute(
        f"""
        SELECT polname, polrelid::regclass::text FROM pg_policy
        JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OURS} AND (polqual::text LIKE '%SUBLINK%' OR polwithcheck::text LIKE '%SUBLINK%')
        """
    ).fetchall()
    return [f"policy {name} on {table} holds a sub-select" for name, table in rows]


def fences(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Row-level security is on and forced on every table about subjects."""
    found = []
    for table, oid in _tables(connection).items():
        if kinds.get(table) not in {Spread.SUBJECT, Spread.SERVICE_SHARD}:
            continue
        row = connection.execute(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s", (oid,)
        ).fetchone()
        if not row or not row[0]:
            found.append(f"{table} is not fenced")
    return found


def partitions(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Nobody but the owner holds a grant on a partition."""
    del kinds
    rows = connection.execute(
        f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.relispartition AND {OURS} AND a.grantee <> c.relowner
        """
    ).fetchall()
    return [f"partition {table} is granted" for (table,) in rows]


def views(connection: psycopg.Connection, kinds: Kinds) -> list[str]:
    """Views look with the eyes of whoever asks."""
    del kinds
    rows = connection.execute(
        f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND {OURS}
          AND NOT coalesce(c.reloptions::text LIKE '%security_invoker=true%', false)
        """
    ).fetchall()
    return [f"view {view} lacks security_invoker" for (view,) in rows]


RULES: tuple[Rule, ...] = (
    unclassified,
    keys,
    unique_indexes,
    foreign_keys,
    triggers,
    identities,
    policies,
    fences,
    partitions,
    views,
)
