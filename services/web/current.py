"""The session and actor of the request being answered, which routes hand to exactly one action; and the app's parts."""

from collections.abc import Sequence

from flask import current_app, g

from services.actor import NOBODY, Actor
from services.database.session import Session
from services.database.transaction import Database
from services.manifest import Manifest
from services.ports import KeyRing
from services.settings import Settings


def current_session() -> Session:
    """The transaction that `services.app` opened round this view."""
    session: Session = g.citizen_session
    return session


def current_actor() -> Actor:
    """The actor that the guard admitted; `NOBODY` on public routes."""
    actor: Actor = g.get("citizen_actor", NOBODY)
    return actor


def current_settings() -> Settings:
    """The settings of the running app."""
    settings: Settings = current_app.extensions["citizen_settings"]
    return settings


def current_database() -> Database:
    """The database of the running app."""
    database: Database = current_app.extensions["citizen_database"]
    return database


def current_keys() -> KeyRing:
    """The keys of the running app."""
    return current_database().keys


def current_manifests() -> Sequence[Manifest]:
    """The services that the running app is made of."""
    manifests: Sequence[Manifest] = current_app.extensions["citizen_manifests"]
    return manifests
