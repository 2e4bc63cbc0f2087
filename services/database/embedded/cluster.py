"""Creates the embedded server's cluster: initdb, configuration, who may connect, roles and database."""

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path

import psycopg

from services.database.embedded.errors import EmbeddedServerError
from services.database.embedded.place import Place
from services.database.provision import provision

ADMIN = "citizen_admin"
DATABASE = "citizen"

# Durable by default; nothing a person typed may reach the server's log.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 80
shared_buffers = 128MB
fsync = on
full_page_writes = on
synchronous_commit = on
wal_level = replica
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
"""
HBA = """
local all {admin} peer map=city
local all citizen_owner,citizen_app scram-sha-256
local all all reject
"""


def ensure_cluster(place: Place) -> None:
    """Make the data directory unless it is there whole; a half-made one is begun again."""
    if (place.data / "citizen-complete").exists():
        return
    shutil.rmtree(place.data, ignore_errors=True)
    place.data.mkdir(mode=0o700)
    os.chown(place.data, place.user.uid, place.user.gid)
    made = subprocess.run(  # noqa: S603
        [
            place.tool("initdb"), "--pgdata", str(place.data), "--username", ADMIN, "--encoding", "UTF8",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--data-checksums",
            "--auth-local", "peer", "--auth-host", "reject", "--no-instructions",
        ],
        check=False, capture_output=True, text=True, cwd="/", env=environment(), **place.user.switch,
    )  # fmt: skip
    if made.returncode != 0:
        reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise EmbeddedServerError(f"the database could not be created in {place.data}: {reason}")
    with (place.data / "postgresql.auto.conf").open("a") as file:
        file.write(CONFIGURATION)
    (place.data / "pg_hba.conf").write_text(HBA.format(admin=ADMIN))
    users = dict.fromkeys((place.user.name, "root"))
    (place.data / "pg_ident.conf").write_text("".join(f"city {user} {ADMIN}\n" for user in users))
    _own(place.data / "citizen-complete", place)


def environment() -> dict[str, str]:
    """The environment of PostgreSQL's programs: nothing of ours, nothing secret."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _own(path: Path, place: Place) -> None:
    path.touch()
    os.chown(path, place.user.uid, place.user.gid)


def read_passwords(place: Place) -> dict[str, str]:
    """The logins' passwords, made once."""
    if not place.passwords.exists():
        made = {"owner": secrets.token_urlsafe(24), "app": secrets.token_urlsafe(24)}
        partial = place.passwords.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        partial.rename(place.passwords)
    found: dict[str, str] = json.loads(place.passwords.read_text())
    return found


def ensure_database(place: Place, admin: psycopg.Connection) -> None:
    """Roles, passwords and the database of the suite."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
        return
    passwords = read_passwords(place)
    provision(admin, database=DATABASE, owner_password=passwords["owner"], app_password=passwords["app"])
