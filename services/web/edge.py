"""Wires the edge: order matters, so it stands in one place."""

from flask import Flask
from flask_smorest import Api

from services.settings import Settings
from services.web import (
    cross_origin,
    forms,
    headers,
    limits,
    logging,
    metrics,
    openapi,
    problems,
    request_id,
)
from services.web.shedding import Shedding


def register(app: Flask, settings: Settings) -> Api:
    """Give an app the edge's behaviour; returns the registry for JSON routes.

    After-request steps run in reverse order of registration: security headers come last and see everything.
    """
    logging.configure_logging(settings)
    headers.register(app, settings)
    cross_origin.register(app)
    request_id.register(app)
    logging.register(app)
    metrics.register(app)
    limits.register(app, settings)
    forms.register(app, settings)
    api = openapi.create_api(app, settings)
    app.extensions["citizen_api"] = api
    problems.register(app)
    app.wsgi_app = Shedding(app.wsgi_app, settings)  # type: ignore[method-assign]
    return api
