"""`citizen docs`: the half of each service's page that is read from its manifest, its routes and its state table."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from babel.messages.pofile import read_po
from flask import Flask

from services.cli.openapi import documented_app
from services.manifest import Manifest
from services.web.declare import Declared, declared
from services.web.language import catalogue_files

MARK = "<!-- From here on this page is written by `make openapi`. -->\n"


def docs_command(manifests: Sequence[Manifest], make_app: Callable[..., Flask]) -> click.Command:
    """The command over these services."""

    @click.command("docs")
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
    @click.option("--compare", is_flag=True, help="Fail when a page is not what the code says.")
    def docs(folder: Path, *, compare: bool) -> None:
        """Write what the code says into FOLDER/<service>.md, below its mark."""
        with documented_app(make_app) as app:
            for manifest in manifests:
                page = folder / f"{manifest.name}.md"
                told, _, _ = (
                    page.read_text().partition(MARK) if page.exists() else (f"# {manifest.name}\n\n", "", "")
                )
                text = told + MARK + "\n".join(_generated(app, manifest))
                if not compare:
                    page.write_text(text)
                elif page.read_text() != text:
                    sys.exit(f"{page} is not what the code says; run `make openapi` and read the difference")

    return docs


def _generated(app: Flask, manifest: Manifest) -> Iterator[str]:
    english = _english()
    if manifest.transitions:
        yield from _table("States", ("From", "What happens", "To", "By"), _arrows(manifest.transitions))
    scopes = [
        (f"`{one.name}`", english[one.title], ", ".join(sorted(one.holders))) for one in manifest.scopes
    ]
    yield from _table("Access", ("Scope", "Lets an app", "Held by"), scopes)
    yield from _table("Routes", ("Route", "Who"), _routes(app, manifest.name))
    events = [
        (f"`{one.name}`", english[one.title], ", ".join(sorted(one.details)) or "–")
        for one in manifest.audit_events
    ]
    yield from _table("Audit rows", ("Event", "Says", "Details"), events)


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _arrows(transitions: Mapping[tuple[str, str], Any]) -> Iterator[Sequence[str]]:
    for (state, event), arrow in transitions.items():
        actors = ", ".join(sorted(getattr(arrow, "actors", ()))) or "–"
        yield f"`{state}`", f"`{event}`", f"`{getattr(arrow, 'to', arrow)}`", actors


def _routes(app: Flask, service: str) -> list[Sequence[str]]:
    rows = []
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        access = declared(app.view_functions[rule.endpoint])
        if getattr(blueprint, "service", None) == service and access is not None:
            methods = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            rows.append((rule.rule, methods, _who(access)))
    return [(f"`{methods} {path}`", who) for path, methods, who in sorted(rows)]


def _who(access: Declared) -> str:
    if access.scopes:
        return ", ".join(f"`{scope}`" for scope in sorted(access.scopes))
    return f"everybody: {access.reason}" if access.is_public else "whoever is signed in"


def _english() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in catalogue_files():
        with path.open("rb") as file:
            found |= {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}
    return found
