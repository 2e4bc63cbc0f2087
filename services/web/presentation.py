"""Wires languages, filters, assets, layout and the pages that belong to no service."""

from flask import Blueprint, Flask

from services.web import (
    assets,
    display,
    documentation,
    filters,
    inbox,
    language,
    layout,
    probes,
    standing,
)


def register(app: Flask) -> None:
    """Give an app its words and looks."""
    app.template_folder = None
    language.register(app)
    filters.register(app)
    assets.register(app)
    layout.register(app)


def blueprints() -> tuple[Blueprint, ...]:
    """The pages and probes of the ground."""
    return (
        assets.blueprint,
        display.blueprint,
        documentation.blueprint,
        inbox.blueprint,
        probes.blueprint,
        standing.blueprint,
    )
