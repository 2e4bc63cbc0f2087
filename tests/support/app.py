"""A whole app over a database that a test brings."""

from flask import Flask

from services.database.transaction import Database
from services.settings import load
from wsgi import make_app


def app_over(database: Database, **given: str) -> Flask:
    """The app with the demo's settings, or with `CITIZEN_…` of its own; keys and connections are the database's."""
    settings = {"CITIZEN_MODE": "demo", "CITIZEN_DATABASE_URL": "postgresql://unused"} | given
    return make_app(load(settings), database)
