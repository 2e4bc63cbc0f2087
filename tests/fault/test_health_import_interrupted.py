"""An import that is killed or interrupted in the middle leaves whole entries only, and goes on exactly where it was."""

import os
import signal
import subprocess
import sys
import time

import pytest

from bench.health.records import invent
from services.settings import CHECKOUT
from tests.support.imports import bundle_of, city_of, run_import, write_json

pytestmark = [pytest.mark.database, pytest.mark.fault]

RESIDENTS = int(os.environ.get("CITIZEN_IMPORT_RESIDENTS", "10"))
RECORDS = 120
# An entry is there with its index, its owner and the import's own word of it, or not at all.
HALVES = """
    SELECT count(*) FROM health_file.resources r
    FULL JOIN health_file.import_entries e ON e.resource_id = r.id
    FULL JOIN health_file.resource_ids i ON i.id = coalesce(r.id, e.resource_id)
    WHERE (r.id IS NULL) <> (e.loaded_digest IS NULL) OR (r.id IS NULL) <> (i.id IS NULL)
       OR r.id IS NOT NULL AND NOT EXISTS (SELECT FROM health_file.tokens t WHERE t.resource_id = r.id)
"""
AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'citizen-import' AND datname = current_database()
"""
KEPT = "SELECT count(*), count(DISTINCT id), max(version) FROM health_file.resources"


@pytest.fixture
def city(server, tmp_path):
    with city_of(server, f"citizen_interrupted_{os.getpid()}", tmp_path) as city:
        yield city


def started(city, folder, file):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")},
        "CITIZEN_DATABASE_URL": city.settings.database_url,
        "CITIZEN_DATA_DIR": str(city.settings.data_dir),
        "PYTHONPATH": str(CHECKOUT),
    }
    command = [
        sys.executable,
        "-c",
        "from wsgi import cli; cli()",
        "health",
        "import",
        str(file),
        "--unit=CL-HP",
    ]
    command += ["--workers=2", f"--report={folder / 'report.ndjson'}"]
    return subprocess.Popen(
        command, env=environment, cwd=CHECKOUT, stderr=subprocess.DEVNULL, start_new_session=True
    )


def stop_when(city, process, more_than, how):
    """Send a signal as soon as so many resources are there; how many there are when it has ended."""
    while process.poll() is None and city.rows(KEPT)[0][0] <= more_than:
        time.sleep(0.005)
    process.send_signal(how)
    status = process.wait(60)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and city.rows(AT_WORK) != [(0,)]:
        time.sleep(0.05)
    return status, city.rows(KEPT)[0][0]


def test_import_killed_and_interrupted_leaves_no_half_and_goes_on(city, tmp_path) -> None:
    city.enrol(*map(invent, range(RESIDENTS)))
    total = RESIDENTS * (RECORDS + 1)
    file = write_json(tmp_path / "in.ndjson", *(bundle_of(number, RECORDS) for number in range(RESIDENTS)))
    status, killed_at = stop_when(city, started(city, tmp_path, file), RESIDENTS, signal.SIGKILL)
    assert (status, 0 < killed_at < total) == (-signal.SIGKILL, True)
    assert city.rows(HALVES) == [(0,)]
    status, interrupted_at = stop_when(city, started(city, tmp_path, file), killed_at, signal.SIGINT)
    assert (status, killed_at < interrupted_at <= total) == (130, True)
    assert city.rows(HALVES) == [(0,)]
    done = run_import(city, tmp_path, file)
    assert (done.status, done.counts["created"], done.counts["unchanged"]) == (
        0, total - interrupted_at, interrupted_at
    )  # fmt: skip
    assert city.rows(KEPT) == [(total, total, 1)]
    assert city.rows(HALVES) == [(0,)]
    assert city.rows("SELECT count(*) FROM health_file.import_names WHERE run IS NOT NULL") == [(0,)]
