"""The `citizen` command, built from the manifests it is given."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import click
from flask import Flask

from services.cli.audit import COMMANDS as AUDIT_COMMANDS
from services.cli.docs import docs_command
from services.cli.events import events_command
from services.cli.keys import COMMANDS as KEY_COMMANDS
from services.cli.openapi import openapi_command
from services.cli.serve import serve_command, serve_suite
from services.cli.worker import worker_command
from services.database.doctor import doctor_command
from services.database.embedded import EmbeddedServerError
from services.database.migrate import migrate_command
from services.demo.commands import demo_commands
from services.errors import CitizenError
from services.gateway.client_commands import client_commands
from services.gateway.commands import COMMANDS as GATEWAY_COMMANDS
from services.manifest import Manifest
from services.settings import SettingsError, load


class Suite(click.Group):
    """Turns what a person can mend into one sentence and exit status 1, never a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; see click.Group.main."""
        try:
            return super().main(*args, **kwargs)
        except (SettingsError, EmbeddedServerError) as error:
            sys.exit(f"citizen: {error}")
        except CitizenError as error:
            sys.exit(f"citizen: {error.code}")


def create_cli(manifests: Iterable[Manifest], make_app: Callable[..., Flask]) -> click.Group:
    """The command group; `make_app` is the composition root's own."""
    services = tuple(manifests)

    @click.group(cls=Suite, context_settings={"help_option_names": ["-h", "--help"]})
    @click.pass_context
    def citizen(context: click.Context) -> None:
        """Citizen services: five services behind one OAuth gateway."""
        context.obj = load()

    for command in (
        serve_command,
        events_command,
        migrate_command,
        doctor_command,
        worker_command(services),
        openapi_command(make_app),
        docs_command(services, make_app),
        *demo_commands(services, serve_suite),
        *KEY_COMMANDS,
        *AUDIT_COMMANDS,
        client_commands(services),
        *GATEWAY_COMMANDS,
    ):
        citizen.add_command(command)
    for manifest in services:
        for command in manifest.commands:
            citizen.add_command(command)
    return citizen
