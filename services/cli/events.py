"""`citizen events`: live streams, in a process of their own."""

import sys

import click

from services.cli.serve import check_bind, children
from services.database.embedded import running
from services.settings import Settings

# Each stream is a greenlet; more than these and a second process is due.
MOST_STREAMS = 5000


@click.command("events")
@click.option("--bind", default="127.0.0.1:8001", show_default=True, help="Address of the streams.")
@click.option("--workers", default=1, show_default=True, help="Processes; one for each processor.")
@click.pass_obj
def events_command(settings: Settings, bind: str, workers: int) -> None:
    """Serve live streams (`/console/events`) until interrupted; a balancer sends that path here."""
    check_bind(bind)
    with running(settings, supervise=False), children({"events": command(bind, workers)}, settings) as family:
        family.wait()


def command(bind: str, workers: int) -> list[str]:
    """The gunicorn command line. A thread for each stream would starve everything else (docs/decisions)."""
    return [
        sys.executable, "-m", "gunicorn", "wsgi:make_events_app()",
        "--bind", bind,
        "--worker-class", "gevent",
        "--workers", str(workers),
        "--worker-connections", str(MOST_STREAMS),
        "--no-control-socket",
        "--graceful-timeout", "3",
        "--limit-request-line", "8190",
        "--limit-request-fields", "60",
        "--log-level", "warning",
    ]  # fmt: skip
