"""The only composition root: settings and five manifests become the Flask app and the command line.

A sixth service is one import and one name in `MANIFESTS`.
"""

from flask import Flask

from ebills.manifest import manifest as ebills
from health_file.manifest import manifest as health_file
from hotline.manifest import manifest as hotline
from legal_id.manifest import manifest as legal_id
from services.app import create_app
from services.cli import create_cli
from services.database.transaction import Database
from services.settings import Settings, load
from social_card.manifest import manifest as social_card

MANIFESTS = (health_file, ebills, social_card, legal_id, hotline)


def make_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The WSGI app: `gunicorn 'wsgi:make_app()'`. Tests pass settings and a database of their own."""
    return create_app(settings or load(), MANIFESTS, database)


def make_events_app() -> Flask:
    """The same app with its live streams, for `citizen events`: `gunicorn -k gevent 'wsgi:make_events_app()'`."""
    return create_app(load(), MANIFESTS, with_streams=True)


cli = create_cli(MANIFESTS, make_app)
