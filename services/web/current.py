"""The session and actor of the request being answered; routes hand them to exactly one action."""

from flask import g

from services.actor import NOBODY, Actor
from services.database.session import Session


def current_session() -> Session:
    """The transaction that `services.app` opened round this view."""
    session: Session = g.citizen_session
    return session


def current_actor() -> Actor:
    """The actor that the guard admitted; `NOBODY` on public routes."""
    actor: Actor = g.get("citizen_actor", NOBODY)
    return actor
