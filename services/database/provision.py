"""Creates the roles and the database; run by an administrator's connection, safe to repeat."""

import psycopg
from psycopg import sql

from services.database.roles import APP, ENTERED, OWNER


def provision(
    admin: psycopg.Connection,
    *,
    database: str,
    owner_password: str | None = None,
    app_password: str | None = None,
) -> None:
    """Create what is missing: two logins, the roles entered inside transactions, one database.

    The app's role inherits nothing: policies of the entered roles bind only after SET LOCAL ROLE.
    """
    _role(admin, OWNER, owner_password)
    _role(admin, APP, app_password)
    for role in ENTERED:
        _role(admin, role.value, None)
        admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role.value), sql.Identifier(APP)))
    row = admin.execute("SELECT current_user::text").fetchone()
    if row and row[0] != OWNER:
        # CREATE DATABASE … OWNER needs membership where the administrator is no superuser.
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )
    name = sql.Identifier(database)
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP)))


def _role(admin: psycopg.Connection, name: str, password: str | None) -> None:
    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        # Without INHERIT the owner of the database could not create in `public` before PostgreSQL 16.
        inherits = sql.SQL("INHERIT" if name == OWNER else "NOINHERIT")
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(name), inherits))
    if password is not None:
        admin.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password))
        )
