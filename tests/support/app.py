"""A whole app over a database that a test brings."""

from flask import Flask

from services.database.transaction import Database
from services.settings import load
from wsgi import make_app


def app_over(database: Database) -> Flask:
    """The app with the demo's settings; keys and connections are the database's own."""
    return make_app(load({"CITIZEN_MODE": "demo", "CITIZEN_DATABASE_URL": "postgresql://unused"}), database)
