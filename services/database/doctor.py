"""`citizen doctor`: whether settings, database and keys are fit for people's data."""

import json
import stat
import sys
from dataclasses import asdict, dataclass

import click
import psycopg

from services import pdf
from services.database.embedded import EmbeddedServerError, Urls, running
from services.database.migrate import VERSION_TABLE, script_directory
from services.database.roles import Role
from services.settings import Settings

OLDEST = 150000
# Settings without which an acknowledged write could be lost.
DURABLE = {"fsync": "on", "full_page_writes": "on"}
COMMITTED = {"on", "local", "remote_write", "remote_apply"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    sentence: str
    # What is only advice may be as it is: the city runs, and says so where it bites.
    is_needed: bool = True


def check_database(connection: psycopg.Connection) -> list[Finding]:
    """Look at a server through the app's own connection."""
    return [*_check_server(connection), *_check_roles(connection), _check_migrations(connection)]


def _check_server(connection: psycopg.Connection) -> list[Finding]:
    version = connection.info.server_version
    findings = [
        Finding("version", version >= OLDEST, f"PostgreSQL {version // 10000}; 15 or newer is needed"),
    ]
    for name, wanted in DURABLE.items():
        found = _show(connection, name)
        findings.append(Finding(name, found == wanted, f"{name} is {found}; it must be {wanted}"))
    commit = _show(connection, "synchronous_commit")
    findings.append(
        Finding(
            "synchronous_commit", commit in COMMITTED, f"synchronous_commit is {commit}; it must not be off"
        )
    )
    encoding = _show(connection, "server_encoding")
    findings.append(Finding("encoding", encoding == "UTF8", f"the database's encoding is {encoding}"))
    return findings


def _check_roles(connection: psycopg.Connection) -> list[Finding]:
    rows = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls, rolinherit FROM pg_roles WHERE rolname = ANY (%s)",
        ([role.value for role in Role],),
    ).fetchall()
    missing = {role.value for role in Role} - {row[0] for row in rows}
    strong = [row[0] for row in rows if row[1] or row[2]]
    owned = connection.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        " AND relkind IN ('r', 'p')"
    ).fetchone()
    me = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return [
        Finding("roles", not missing, f"roles missing: {', '.join(sorted(missing)) or 'none'}"),
        Finding("role_powers", not strong, f"roles that bypass or inherit: {', '.join(strong) or 'none'}"),
        Finding(
            "app_role",
            bool(owned and not owned[0] and me and not me[0]),
            "the serving login owns no table and bypasses nothing",
        ),
    ]


def _check_migrations(connection: psycopg.Connection) -> Finding:
    head = script_directory().get_current_head()
    found = None
    if connection.execute("SELECT to_regclass(%s)", (VERSION_TABLE,)).fetchone() != (None,):
        try:
            row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
            found = row[0] if row else None
        except psycopg.errors.InsufficientPrivilege:
            found = None
    return Finding(
        "migrations", found == head, f"the database is at {found or 'nothing'}, the code at {head}"
    )


def _show(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""


def check_keys(settings: Settings) -> list[Finding]:
    """Whether the keys are there and readable by us alone."""
    folder = settings.keys_dir
    if not folder.is_dir():
        return [Finding("keys", False, f"CITIZEN_KEYS_DIR: {folder} is not there")]
    names = [path for path in folder.iterdir() if not path.name.startswith(".")]
    open_ones = [path.name for path in names if stat.S_IMODE(path.stat().st_mode) & 0o077]
    has_all = {"index", "reference"} <= {path.name for path in names} and any(
        path.name.startswith("kek-") for path in names
    )
    return [
        Finding("keys", has_all, "a key-encryption key, an index key and a reference key are there"),
        Finding("key_modes", not open_ones, f"keys that others can read: {', '.join(open_ones) or 'none'}"),
    ]


def check_fonts() -> Finding:
    """Whether PDFs can be printed in Chinese."""
    family = pdf.font_family()
    sentence = (
        f"PDFs are set in {family}"
        if family
        else f"no font with Chinese characters: PDFs are refused; install {pdf.PACKAGE} (Debian's name)"
    )
    return Finding("fonts", family is not None, sentence, is_needed=False)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor_command(settings: Settings, *, as_json: bool) -> None:
    """Check settings, database durability and keys; exit 1 when something is not fit."""
    findings = [Finding("settings", True, f"mode {settings.mode.value}, serving {settings.base_url}")]
    findings += [*check_keys(settings), check_fonts()]
    urls: Urls | None = None
    try:
        with running(settings) as urls, psycopg.connect(plain(urls.app_url), connect_timeout=3) as connection:
            findings += check_database(connection)
    except (EmbeddedServerError, psycopg.OperationalError) as error:
        reason = str(error).strip().splitlines()[0]
        findings.append(Finding("database", False, f"the database does not answer: {reason}"))
    _print(settings, findings, urls, as_json=as_json)
    sys.exit(0 if all(finding.ok or not finding.is_needed for finding in findings) else 1)


def _print(settings: Settings, findings: list[Finding], urls: Urls | None, *, as_json: bool) -> None:
    if not as_json:
        for finding in findings:
            click.echo(f"{_mark(finding)}  {finding.name}: {finding.sentence}")
        return
    shown = {
        "findings": [asdict(finding) for finding in findings],
        "database_url": urls.app_url if urls else settings.database_url,
        "database_owner_url": urls.owner_url if urls else settings.database_owner_url,
        "database_admin_url": urls.admin_url if urls else None,
        "data_dir": str(settings.data_dir),
        "keys_dir": str(settings.keys_dir),
        "log_dir": str(settings.log_dir),
    }
    click.echo(json.dumps(shown, indent=1))


def _mark(finding: Finding) -> str:
    if finding.ok:
        return "ok "
    return "BAD" if finding.is_needed else "   "


def plain(url: str) -> str:
    """An address as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")
