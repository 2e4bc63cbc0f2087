"""`citizen hotline`: keys of the programs that bring tickets, and letters in."""

import json
import sys
from dataclasses import asdict
from uuid import UUID

import click
import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hotline import actions
from hotline.rules.channels import Channel
from hotline.rules.letters import own_addresses, read_letter
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.runtime import open_database
from services.settings import Settings

OPENING = Opening(role=Role.WORKER, service="hotline")
COMMAND = system("hotline.command")


@click.group("hotline")
def hotline() -> None:
    """The hotline: keys of the programs that bring tickets, and letters in."""


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
