"""`citizen account`: what an operator of the suite does about accounts; and the keys every process needs."""

import json
from uuid import UUID

import click

from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.gateway.people import totp
from services.gateway.people.enrolment import create_staff
from services.gateway.people.roles import ROLES
from services.gateway.people.sessions import end_all_sessions
from services.runtime import open_database
from services.settings import Settings
from services.vault.signing import ensure_signing_keys

OPENING = Opening(role=Role.GATEWAY, service="gateway")


def ensure_keys(database: Database) -> None:
    """Make the signing keys that are missing; safe to run at every start.

    Effects: at most one active and one next key for each use.
    """
    with database.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)


@click.group("account")
def account() -> None:
    """Accounts: enrol staff, sign somebody out everywhere."""


@account.command("create-staff")
@click.option("--name", required=True, help="The person's name; it is stored sealed.")
@click.option("--username", required=True, help="Lower-case letters, digits, dots and dashes.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(sorted(ROLES)))
@click.option("--unit", required=True, help="Code of the department, clinic, biller or desk.")
@click.password_option(help="Asked for when it is not given.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def create_staff_account(
    settings: Settings,
    *,
    name: str,
    username: str,
    roles: tuple[str, ...],
    unit: str,
    password: str,
    as_json: bool,
) -> None:
    """Enrol a member of staff and print the TOTP secret, which is shown once."""
    secret = totp.new_secret()
    with open_database(settings) as database, database.transaction(OPENING) as session:
        subject = create_staff(
            session,
            system("account.create_staff"),
            name=name,
            username=username,
            password=password,
            totp_secret=secret,
            roles=roles,
            unit=unit,
        )
    shown = {"subject_id": str(subject), "username": username, "totp_secret": secret}
    if as_json:
        click.echo(json.dumps(shown))
        return
    for field, value in shown.items():
        click.echo(f"{field}: {value}")


@account.command("sign-out")
@click.argument("subject_id", type=click.UUID)
@click.pass_obj
def sign_out(settings: Settings, subject_id: UUID) -> None:
    """End every session and grant of an account, from the next request on."""
    with open_database(settings) as database, database.transaction(OPENING) as session:
        end_all_sessions(session, system("account.sign_out", caused_by=subject_id))
    click.echo("Signed out everywhere.")


COMMANDS = (account,)
