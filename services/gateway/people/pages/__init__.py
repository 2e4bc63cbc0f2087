"""The pages: signing in and out, home, and what people do with their accounts."""

from services.gateway.people.pages import (
    account,
    contact,
    delegates,
    events,
    password,
    recover,
    security,
    sign_in,
    sign_up,
    step_up,
)
from services.gateway.people.pages.blueprint import blueprint
from services.gateway.people.pages.own_blueprint import blueprint as own_blueprint

__all__ = [
    "account",
    "blueprint",
    "contact",
    "delegates",
    "events",
    "own_blueprint",
    "password",
    "recover",
    "security",
    "sign_in",
    "sign_up",
    "step_up",
]
