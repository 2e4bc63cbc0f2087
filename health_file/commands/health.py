"""`citizen health`: records of a unit, from files into the residents' files; and the search index."""

import json
import os
import sys
from pathlib import Path

import click

from health_file.actions.reindex import count_unindexed, reindex_some
from health_file.commands.files import FileUnreadable, list_inputs
from health_file.commands.report import Report
from health_file.commands.run import Interrupted, Run
from services.database.roles import Role
from services.database.session import Opening
from services.progress import Progress
from services.runtime import open_database
from services.settings import Settings

SOME_REFUSED = 3
INTERRUPTED = 130
WORKER = Opening(role=Role.WORKER)


@click.group("health")
def health() -> None:
    """The residents' health files."""


@health.command("import")
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--unit", required=True, help="Code of the clinic whose records these are; it becomes their author."
)
@click.option(
    "--source", help="The system whose ids the records bear, where a unit has several. [default: the unit]"
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("import-report.ndjson"),
    show_default=True,
    help="Where each entry that was not taken is named, with an OperationOutcome.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=min(4, os.cpu_count() or 1), help="Processes at work."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def import_records(
    settings: Settings,
    paths: tuple[str, ...],
    unit: str,
    source: str | None,
    report_path: Path,
    workers: int,
    *,
    as_json: bool,
) -> None:
    """Load FHIR Bundles, resources and bulk data files (JSON or NDJSON, also gzipped; folders; - is standard input).

    Run again with the same files, it finds what is there, and goes on where it was interrupted.

    Exit status: 0 everything is in; 1 it cannot run; 2 wrong usage; 3 some entries were refused (see the report);
    130 interrupted, run it again.
    """
    try:
        with list_inputs(paths) as inputs, Report(report_path) as report, open_database(settings) as database:
            run = Run(settings, database, inputs, report, unit=unit, source=source or unit, workers=workers)
            counts = run.go()
    except FileUnreadable as error:
        sys.exit(f"citizen: {error}")
    except Interrupted:
        click.echo("Interrupted; what was loaded stays. Run the same command again to go on.", err=True)
        sys.exit(INTERRUPTED)
    if as_json:
        click.echo(json.dumps(counts))
    else:
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
        if report.lines:
            click.echo(f"{report.lines} lines in {report_path}")
    sys.exit(SOME_REFUSED if counts["refused"] else 0)


@health.command("reindex")
@click.pass_obj
def reindex(settings: Settings) -> None:
    """Index again what was written before the search index learned new parameters.

    Until it has ended, a search by a new parameter is refused (503), never silently incomplete. Run it when the last
    process of the old release has ended. Safe to interrupt and run again; the worker does the same, slowly.
    """
    with open_database(settings) as database:
        with database.transaction(WORKER) as session:
            total = count_unindexed(session)
        progress = Progress("resources", total)
        done = -1
        while done:
            with database.transaction(WORKER) as session:
                done = reindex_some(session)
            progress.step(count=done)
    click.echo("Every resource is found by every parameter.")
