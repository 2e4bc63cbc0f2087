"""An import run as the operator runs it, over a database that commits."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from click.testing import CliRunner

from bench.health.records import Invented, life_of
from health_file.commands import health
from health_file.fhir import text
from services.actor import system
from services.database.engine import engine_for
from services.database.transaction import Database
from services.gateway.people.enrolment import create_resident
from services.settings import Settings, load
from services.vault import load_keys
from tests.support.people import GATEWAY
from tests.support.servers import TestServer

HEALTH = (
    "resources",
    "resource_ids",
    "patients",
    "tokens",
    "days",
    "chunks",
    "shelves",
    "import_names",
    "import_entries",
)
DIRTY = (
    *(f"health_file.{name}" for name in HEALTH), "audit.events",
    "gateway.residents", "gateway.usernames", "gateway.subjects", "vault.data_keys",
)  # fmt: skip


@dataclass(frozen=True)
class City:
    """Settings and database of one import test; `rows` reads past every fence."""

    settings: Settings
    database: Database
    admin: psycopg.Connection

    def enrol(self, *people: Invented) -> None:
        with self.database.transaction(GATEWAY) as session:
            for person in people:
                create_resident(session, system("test"), name=person.name, id_number=person.id_number)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.admin.execute(query).fetchall()

    def forget_everything(self) -> None:
        """As if nobody had ever been enrolled."""
        for table in DIRTY:
            self.admin.execute(f"DELETE FROM {table}")

    def state(self) -> list[tuple[Any, ...]]:
        """Everything that was kept, sealed bodies aside: what must not change by a second run."""
        return self.rows(
            "SELECT r.id, r.version, r.type, r.author, r.subject_id, r.is_current, r.is_deleted, "
            "(SELECT count(*) FROM health_file.tokens t WHERE t.resource_id = r.id), "
            "(SELECT count(*) FROM health_file.days d WHERE d.resource_id = r.id), "
            "(SELECT i.subject_id FROM health_file.resource_ids i WHERE i.id = r.id) "
            "FROM health_file.resources r ORDER BY 1, 2"
        )


@dataclass(frozen=True)
class Done:
    """How an import ended, what it counted, and its report."""

    status: int
    counts: dict[str, int]
    report: list[dict[str, Any]]


def run_import(
    city: City, folder: Path, *given: object, stdin: bytes | None = None, **options: object
) -> Done:
    """`citizen health import`, with options like `workers=2`."""
    report = folder / "report.ndjson"
    more = [f"--{name}={value}" for name, value in {"workers": 1, "unit": "CL-HP", **options}.items()]
    arguments = ["import", *map(str, given), "--json", f"--report={report}", *more]
    answer = CliRunner().invoke(health, arguments, obj=city.settings, input=stdin)
    if answer.exception and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    lines = answer.stdout.strip().splitlines()
    counts = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    written = report.read_text().splitlines() if report.exists() else []
    return Done(answer.exit_code, counts, [json.loads(line) for line in written])


@contextmanager
def city_of(server: TestServer, name: str, folder: Path) -> Iterator[City]:
    """A database of the test's own, that commits."""
    server.clone(name)
    url = server.app_url(name).set(drivername="postgresql").render_as_string(hide_password=False)
    settings = load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(folder), "CITIZEN_DATABASE_URL": url})
    engine = engine_for(settings, url)
    with server.admin(name) as admin:
        yield City(settings, Database(engine, load_keys(settings)), admin)
    engine.dispose()
    server.drop(name)


def bundle_of(number: int, count: int, kind: str = "transaction") -> dict[str, Any]:
    """A resident's whole record as one Bundle."""
    entries = list(life_of(number, count))
    if kind == "transaction":
        for entry in entries:
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def write_json(path: Path, *contents: Any) -> Path:
    """One JSON text a line."""
    path.write_bytes(b"\n".join(text.write(one) for one in contents))
    return path
