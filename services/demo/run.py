"""`make demo`: everything set up, the city seeded, web and worker running, and a word on where to look."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from services.database.embedded import running
from services.database.migrate import migrate
from services.demo.accounts import list_accounts
from services.demo.seed import seed_city
from services.gateway.commands import ensure_keys
from services.manifest import Manifest
from services.runtime import open_database
from services.settings import Settings, SettingsError, remember

Serve = Callable[[Settings, Callable[[], None]], None]


def run_demo(settings: Settings, manifests: Sequence[Manifest], serve: Serve) -> None:
    """Set up what is missing and serve until interrupted; a second run reuses what is there."""
    _make_folders(settings)
    with running(settings, supervise=True) as urls:
        remember(settings)
        migrate(urls.owner_url)
        with open_database(settings) as database:
            ensure_keys(database)
            seed_city(database, settings, manifests)
        serve(settings, lambda: click.echo(welcome(settings)))


def _make_folders(settings: Settings) -> None:
    for name, folder in (("CITIZEN_DATA_DIR", settings.data_dir), ("CITIZEN_LOG_DIR", settings.log_dir)):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            probe = Path(folder) / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise SettingsError(f"{name}: {folder} cannot be written ({error.strerror})") from None


def welcome(settings: Settings) -> str:
    """Where to look, who can sign in, and one command that works."""
    accounts = {account["role"]: account for account in reversed(list_accounts())}
    rows = "\n".join(
        f"  {role:<15}{account['username']:<20}{account['password']:<14}"
        + ("with a TOTP code" if account["totp_secret"] else "")
        for role, account in sorted(accounts.items(), key=lambda item: item[1]["totp_secret"] or "")
    )
    return (
        f"\nThe demo city is open: {settings.base_url}\n\n"
        f"Sign in as (invented people; user name, password):\n{rows}\n"
        "  everyone, with TOTP secrets: .venv/bin/citizen demo accounts --json\n\n"
        f"API documentation: {settings.base_url}/docs\n"
        f"Logs: {settings.log_dir}\n"
        f"Try:  curl -s {settings.base_url}/hotline/open311/v2/discovery\n"
        "      .venv/bin/citizen tour\n\n"
        "Stop with Ctrl-C."
    )
