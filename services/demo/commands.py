"""`citizen demo run|seed|accounts` and `citizen tour`."""

import json
from collections.abc import Callable, Iterable, Sequence

import click

from services.demo.accounts import list_accounts
from services.demo.messages import list_texts
from services.demo.run import run_demo
from services.demo.seed import check_marker, seed_city
from services.demo.tour import take_tour
from services.manifest import Manifest
from services.runtime import open_database
from services.settings import Settings, SettingsError


@click.command("messages")
@click.option("--to", "receiver", help="Only those to this phone number or mailbox.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, oldest first.")
@click.pass_obj
def show_messages(settings: Settings, *, receiver: str | None, as_json: bool) -> None:
    """Show the texts that the demo sent to nobody: codes and warnings to phones and mailboxes."""
    _require_demo(settings)
    found = list_texts(settings.data_dir, receiver)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for text in found:
        click.echo(f"{text['at']} {text['channel']} {text['to']}  {text['text']}")


def demo_commands(
    manifests: Sequence[Manifest], serve: Callable[[Settings, Callable[[], None]], None]
) -> Iterable[click.Command]:
    """The demo's commands over these services; `serve` runs web and worker, told what to say when ready."""

    @click.group("demo")
    def demo() -> None:
        """The demo city: run it, seed it, see who can sign in."""

    @demo.command("run")
    @click.pass_obj
    def run(settings: Settings) -> None:
        """Run the whole suite with the demo city until interrupted."""
        _require_demo(settings)
        run_demo(settings, manifests, serve)

    @demo.command("seed")
    @click.pass_obj
    def seed(settings: Settings) -> None:
        """Fill an empty, migrated database with the demo city; run again, it goes on where it stopped."""
        _require_demo(settings)
        with open_database(settings) as database:
            seed_city(database, settings, manifests)

    @demo.command("accounts")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.pass_obj
    def accounts(settings: Settings, *, as_json: bool) -> None:
        """List who can sign in, with passwords and TOTP secrets; only where the demo city lives."""
        _require_demo(settings)
        with open_database(settings) as database:
            check_marker(database)
        found = list_accounts()
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for account in found:
            click.echo(
                f"{account['role']:<15}{account['username']:<20}{account['password']:<14}{account['name']}"
            )

    demo.add_command(show_messages)

    @click.command("tour")
    @click.pass_obj
    def tour(settings: Settings) -> None:
        """Play one journey over HTTP through the gateway and all five services, step by step."""
        take_tour(settings.base_url, click.echo)

    return demo, tour


def _require_demo(settings: Settings) -> None:
    if not settings.is_demo:
        raise SettingsError("CITIZEN_MODE: the demo city lives only where this is demo")
