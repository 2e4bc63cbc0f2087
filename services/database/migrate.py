"""Migrations: one linear history, run by the owner's role under an advisory lock and short timeouts."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from services.database.embedded import running
from services.database.roles import APP
from services.settings import CHECKOUT, Settings, SettingsError

# Two migrations at once would race for the same DDL; the key is arbitrary and ours alone.
ADVISORY_KEY = 7_402_611_930
VERSION_TABLE = "citizen_migrations"
TIMEOUTS = ("SET lock_timeout = '4s'", "SET statement_timeout = '60s'")


def script_directory() -> ScriptDirectory:
    """The migrations as a graph."""
    return ScriptDirectory.from_config(_config())


def migrate(owner_url: str, revision: str = "head", report: Callable[[str], None] | None = None) -> None:
    """Bring the database to a revision, up or down.

    Raises: SettingsError when the history has more than one head.
    """
    heads = script_directory().get_heads()
    if len(heads) != 1:
        raise SettingsError(f"migrations have {len(heads)} heads ({', '.join(heads)}); there may be only one")
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
            for statement in TIMEOUTS:
                connection.execute(text(statement))
            connection.commit()
            try:
                _run(connection, revision, report)
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_KEY})
                connection.commit()
    finally:
        engine.dispose()


def current_revision(connection: Connection) -> str | None:
    """The revision a database stands at, or None when it was never migrated."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _run(connection: Connection, revision: str, report: Callable[[str], None] | None) -> None:
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["report"] = report
    current = current_revision(connection)
    connection.rollback()
    target = script_directory().get_current_head() if revision == "head" else revision
    if target == "base" or (current is not None and target is not None and target < current):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
        # `citizen doctor` compares the revision through the serving login.
        connection.execute(text(f"GRANT SELECT ON {VERSION_TABLE} TO {APP}"))
        connection.commit()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(CHECKOUT / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@click.command("migrate")
@click.option("--to", "revision", default="head", show_default=True, help="A revision, or `base`.")
@click.option("--new", "name", help="Write an empty migration <package>_<verb> after the head.")
@click.pass_obj
def migrate_command(settings: Settings, revision: str, name: str | None) -> None:
    """Bring the database's tables to this version."""
    if name:
        click.echo(_write_new(name))
        return
    if not settings.is_embedded and settings.database_owner_url is None:
        raise SettingsError("CITIZEN_DATABASE_OWNER_URL: migrations need the owner's login")
    with running(settings) as urls:
        migrate(urls.owner_url, revision, lambda words: click.echo(words, file=sys.stderr))
    click.echo("The database is up to date.")


def _write_new(name: str) -> Path:
    if not re.fullmatch(r"[a-z_]+", name):
        raise SettingsError("a migration is named <package>_<verb>, in small letters")
    head = script_directory().get_current_head() or "0000"
    number = f"{int(head) + 1:04d}"
    words = name.replace("_", " ")
    script = command.revision(_config(), message=words, rev_id=number)
    if script is None or isinstance(script, list):
        raise SettingsError("the migration was not written")
    path = Path(script.path)
    return path.rename(path.with_name(f"{number}_{name}.py"))
