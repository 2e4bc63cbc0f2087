"""`citizen openapi`: write the OpenAPI file from the routes, or compare the committed one with them."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask
from sqlalchemy import create_engine

from services.database.transaction import Database
from services.settings import load
from services.vault import load_keys
from services.web.openapi import document


def openapi_command(make_app: Callable[..., Flask]) -> click.Command:
    """The command over the app that `make_app` builds; no database is reached."""

    @click.command("openapi")
    @click.option("--write", "target", type=click.Path(path_type=Path), help="Write the document here.")
    @click.option("--compare", "committed", type=click.Path(path_type=Path), help="Fail when it differs.")
    def openapi(target: Path | None, committed: Path | None) -> None:
        """Print, write or compare the OpenAPI document."""
        with documented_app(make_app) as app:
            text = json.dumps(document(app), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        if target:
            target.write_text(text)
        elif committed is None:
            click.echo(text, nl=False)
        elif not committed.exists() or committed.read_text() != text:
            sys.exit(f"{committed} is not what the routes give; run `make openapi` and read the difference")

    return openapi


@contextmanager
def documented_app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The demo's app, whose base URL the documentation names; no database is reached."""
    with TemporaryDirectory() as folder:
        settings = load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": folder})
        database = Database(create_engine("postgresql+psycopg://"), load_keys(settings))
        yield make_app(settings, database)
