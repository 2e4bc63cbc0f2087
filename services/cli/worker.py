"""`citizen worker`: run queued and periodic jobs."""

from collections.abc import Sequence

import click

from services.ground import all_jobs
from services.jobs.worker import run_worker
from services.manifest import Manifest
from services.settings import Settings
from services.web.logging import configure_logging


def worker_command(manifests: Sequence[Manifest]) -> click.Command:
    """The command over these services."""

    @click.command("worker")
    @click.option("--concurrency", default=2, show_default=True, help="How many jobs at once.")
    @click.pass_obj
    def worker(settings: Settings, concurrency: int) -> None:
        """Run queued and periodic jobs until interrupted."""
        configure_logging(settings)
        run_worker(settings, all_jobs(settings, manifests), concurrency)

    return worker
