"""`citizen audit`: verify the log, and print its newest checkpoint."""

import json
import sys
from pathlib import Path

import click

from services import audit
from services.audit import store
from services.database.roles import Role
from services.database.session import Opening
from services.progress import Progress
from services.runtime import open_database
from services.settings import Settings

VERIFIER = Opening(role=Role.VERIFIER)


@click.group("audit")
def audit_commands() -> None:
    """The audit log."""


@audit_commands.command("verify")
@click.option("--witness", type=click.Path(path_type=Path), help="A folder with older checkpoints.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def verify(settings: Settings, witness: Path | None, *, as_json: bool) -> None:
    """Recompute the whole log; exit 1 and name the row when something was altered."""
    # A database that is not this process's own brings its own witness, if any.
    folder = witness or (settings.data_dir / "witness" if settings.is_embedded else None)
    with open_database(settings) as database, database.transaction(VERIFIER) as session:
        session.raw("SET LOCAL statement_timeout = 0")
        progress = Progress("audit rows", store.count_leaves(session))
        verdict = audit.verify_log(session, witness=folder, progress=lambda count: progress.step(count=count))
    if as_json:
        faults = [{"sequence": sequence, "fault": words} for sequence, words in verdict.faults]
        click.echo(json.dumps({"rows": verdict.leaves, "checkpoints": verdict.checkpoints, "faults": faults}))
    else:
        for sequence, words in verdict.faults:
            click.echo(f"row {sequence}: {words}")
        click.echo(
            f"{verdict.leaves} rows under {verdict.checkpoints} checkpoints, {verdict.waiting} waiting: "
            + ("whole" if verdict.is_whole else "ALTERED")
        )
    sys.exit(0 if verdict.is_whole else 1)


COMMANDS = (audit_commands,)
