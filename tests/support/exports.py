"""What leaves the file in tests: an institution's own system, and a worker that is run by hand."""

from flask import Flask

from services.database.roles import Role
from services.jobs.running import run_job
from services.manifest import Job
from tests.support.database import SavepointDatabase
from tests.support.doors import Bearer
from tests.support.oauth import Door

PREFER = {"Prefer": "respond-async"}
QUEUED = "SELECT args || jsonb_build_object('task', task_name) FROM jobs.procrastinate_jobs ORDER BY id"


def institution(app: Flask, unit: str) -> Bearer:
    """A clinic's own system, with a token by client credentials."""
    door = Door(app)
    scopes = ["health_file:read", "health_file:write"]
    client = door.add_client(
        auth_method="client_secret_basic", grants=["client_credentials"], scopes=scopes, unit=unit,
        redirect_uris=[], post_logout_redirect_uris=[],
    )  # fmt: skip
    answer = door.token(client, grant_type="client_credentials", scope=" ".join(scopes))
    assert answer.status_code == 200, answer.text
    return Bearer(app.test_client(), answer.get_json()["access_token"], None)  # type: ignore[arg-type]


def job_named(name: str) -> Job:
    """A job of the suite by name."""
    from wsgi import MANIFESTS

    return next(one for manifest in MANIFESTS for one in manifest.jobs if one.name == name)


def work(database: SavepointDatabase, name: str) -> int:
    """Run every queued job of this name, as the worker would; how many there were. Jobs are safe to repeat."""
    found = [dict(one) for one in database.read_as(Role.WORKER, QUEUED)]
    ours = [one for one in found if one.pop("task") == name]
    for arguments in ours:
        run_job(database, job_named(name), arguments)
    return len(ours)
