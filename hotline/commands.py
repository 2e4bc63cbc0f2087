"""`citizen hotline`: keys of the programs that bring tickets, letters in, years and rules of time."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TextIO
from uuid import UUID

import click
import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hotline import actions
from hotline.rules.channels import Channel
from hotline.rules.letters import own_addresses, read_letter
from hotline.rules.publications import backstops_in, document_in, policy_in, year_in
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.errors import Invalid
from services.runtime import open_database
from services.settings import Settings

OPENING = Opening(role=Role.WORKER, service="hotline")
COMMAND = system("hotline.command")


@click.group("hotline")
def hotline() -> None:
    """The hotline: keys of the programs that bring tickets, letters in, years and rules of time."""


@hotline.command("key-create")
@click.option("--channel", required=True, type=click.Choice([channel.value for channel in Channel]))
@click.option("--title", required=True, help="Whose program it is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def create_key(settings: Settings, *, channel: str, title: str, as_json: bool) -> None:
    """Make a key; it is told once."""
    with open_database(settings) as database, database.transaction(OPENING) as session:
        made = actions.create_channel_key(session, COMMAND, channel=Channel(channel), title=title)
    told = {"id": str(made.id), "channel": made.channel.value, "key": made.key}
    click.echo(json.dumps(told) if as_json else f"{told['id']} {made.key}")


@hotline.command("key-list")
@click.pass_obj
def list_keys(settings: Settings) -> None:
    """Name the keys that live."""
    with open_database(settings) as database, database.transaction(OPENING) as session:
        found = actions.list_channel_keys(session)
    for row in found:
        click.echo(f"{row.id} {row.channel:<8} {row.created_at:%Y-%m-%d} {row.title}")


@hotline.command("key-revoke")
@click.argument("key_id", type=click.UUID)
@click.pass_obj
def revoke_key(settings: Settings, *, key_id: UUID) -> None:
    """End a key at once."""
    with open_database(settings) as database, database.transaction(OPENING) as session:
        actions.revoke_channel_key(session, COMMAND, key_id=key_id)


@hotline.command("mail-in")
@click.pass_obj
def take_letter(settings: Settings) -> None:
    """Take one letter (RFC 5322) from standard input, as a mail server pipes it; print what became of it.

    Exit status 75 asks the mail server to try again later (sysexits: EX_TEMPFAIL).
    """
    letter = read_letter(sys.stdin.buffer.read(), own_addresses(settings.smtp_from))
    try:
        with open_database(settings) as database, database.transaction(OPENING) as session:
            received = actions.receive_letter(session, COMMAND, letter=letter)
    except (DBAPIError, psycopg.Error, PoolTimeout):
        sys.exit(75)
    click.echo(json.dumps(asdict(received)))


@hotline.command("publish-year")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--source", default="", help="Who announced it; a CSV does not say.")
@click.option("--dry-run", is_flag=True, help="Check and count, and publish nothing.")
@click.pass_obj
def publish_year(settings: Settings, *, file: TextIO, source: str, dry_run: bool) -> None:
    """Publish the days off and the weekend days worked of a year; again changes nothing."""
    with _told_as_lines(file.name):
        told = year_in(file.read(), source)
    held = sum(kind.value == "holiday" for kind in told.days.values())
    summary = f"{told.year}: {held} holiday, {len(told.days) - held} makeup ({told.source})"
    with open_database(settings) as database, database.transaction(OPENING) as session:
        known = actions.find_year(session, year=told.year, days=told.days)
        if known is not None:
            click.echo(f"{summary}: holds already, version {known}")
        elif dry_run:
            click.echo(f"{summary}: would be published")
        else:
            version = actions.publish_year(
                session, COMMAND, year=told.year, source=told.source, days=told.days
            )
            click.echo(f"{summary}: published, version {version}")


@hotline.command("publish-policy")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Check, and publish nothing.")
@click.pass_obj
def publish_policy(settings: Settings, *, file: TextIO, dry_run: bool) -> None:
    """Publish a version of the rules of time, for tickets filed from now on; again changes nothing."""
    with _told_as_lines(file.name):
        content = document_in(file.read())
        policy_in(0, content)
    if dry_run:
        click.echo("would be published, unless it holds already")
        return
    with open_database(settings) as database, database.transaction(OPENING) as session:
        version, is_new = actions.publish_policy(session, COMMAND, content=content)
    click.echo(f"version {version}: {'published' if is_new else 'holds already'}")


@hotline.command("retention")
@click.option("--dry-run", is_flag=True, help="Count, and let nothing go.")
@click.pass_obj
def enforce_retention(settings: Settings, *, dry_run: bool) -> None:
    """Let go of calls, letters and drafts that were kept as long as they may be; say on what clause."""
    with open_database(settings) as database, database.transaction(OPENING) as session:
        told = actions.enforce_retention(session, COMMAND, dry_run=dry_run)
    for one in told:
        did = "would go" if dry_run else "gone"
        click.echo(
            f"{one.rule.kept}: {one.count} {did}; {one.rule.days} days, {one.rule.clause}: {one.rule.why}"
        )


@hotline.command("publish-backstops")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Check, and publish nothing.")
@click.pass_obj
def publish_backstops(settings: Settings, *, file: TextIO, dry_run: bool) -> None:
    """Publish who takes what nobody would, by district; again changes nothing."""
    with _told_as_lines(file.name):
        content = backstops_in(document_in(file.read()))
    if dry_run:
        click.echo("would be published, unless it holds already")
        return
    with open_database(settings) as database, database.transaction(OPENING) as session:
        version, is_new = actions.publish_backstops(session, COMMAND, content=content)
    click.echo(f"version {version}: {'published' if is_new else 'holds already'}")


@contextmanager
def _told_as_lines(name: str) -> Iterator[None]:
    """What is wrong with a file, in one line instead of a traceback."""
    try:
        yield
    except UnicodeDecodeError:
        raise click.ClickException(f"{name}: UTF-8") from None
    except Invalid as wrong:
        raise click.ClickException(f"{name}{wrong.field}: {wrong.facts['expected']}") from None
