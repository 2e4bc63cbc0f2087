"""The gateway's blueprints: OAuth endpoints and pages, sign-in, account."""

from flask import Blueprint

from services.gateway.console import clients, invitations, keys, staff
from services.gateway.console.blueprint import blueprint as console_blueprint
from services.gateway.oauth import pages as oauth_pages
from services.gateway.oauth import routes as oauth_routes
from services.gateway.oauth.device_grant import pages as device_pages
from services.gateway.oauth.registration import routes as registration_routes
from services.gateway.people.pages import blueprint as people_pages
from services.gateway.people.pages import ceremonies
from services.gateway.people.pages import own_blueprint as own_account_pages

# Their views stand on the console's blueprint.
CONSOLE = (clients, invitations, keys, staff)


def blueprints() -> tuple[Blueprint, ...]:
    """Everything that the gateway serves."""
    return (
        oauth_routes.blueprint,
        registration_routes.blueprint,
        oauth_pages.blueprint,
        device_pages.blueprint,
        people_pages,
        own_account_pages,
        ceremonies.blueprint,
        console_blueprint,
    )
