"""Answers one entry of a Bundle as the same request alone would be, inside the transaction of the whole."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, current_app, g, make_response, request
from werkzeug.exceptions import NotFound
from werkzeug.test import EnvironBuilder

from health_file.fhir import text
from health_file.fhir.routes.blueprint import blueprint
from health_file.smart.interactions import interaction_of
from services.errors import Denied
from services.gateway.guard import ScopeMissing, is_sure_enough
from services.web.current import current_actor, current_session
from services.web.declare import declared
from services.web.problems import answer_error
from services.web.request import CitizenRequest

PREFIX = "/health-file/fhir"
# What a Bundle is sent to cannot stand inside one.
NEVER = frozenset({"fhir.process_bundle"})


def answer_alone(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Response:
    """The answer to a request below the base, refusals among them; `url` is relative to the base."""
    session, actor = current_session(), current_actor()
    path, _, query = url.partition("?")
    builder = EnvironBuilder(
        path=f"{PREFIX}/{path.lstrip('/')}",
        query_string=query,
        base_url=request.host_url,
        method=method,
        headers=[("Accept", "application/fhir+json"), *headers.items()],
        data=body,
    )
    with current_app.request_context(builder.get_environ()):
        g.citizen_session, g.citizen_actor = session, actor
        try:
            return make_response(_view()(**(request.view_args or {})))
        except Exception as error:  # noqa: BLE001  # whatever it is becomes the entry's own answer
            return answer_error(error)
        finally:
            # The context of the whole may be the same one.
            g.citizen_session, g.citizen_actor = session, actor


def _view() -> Any:
    """The view behind the address, without its guard and its transaction: both stand around the whole."""
    if request.routing_exception is not None:
        raise request.routing_exception
    if isinstance(request, CitizenRequest):
        request.check()
    endpoint = request.endpoint or ""
    view = current_app.view_functions[endpoint]
    if request.blueprint != blueprint.name or endpoint in NEVER:
        raise NotFound
    actor, declaration = current_actor(), declared(view)
    if declaration is None or declaration.role is not None:
        raise NotFound
    if not declaration.scopes <= actor.scopes:
        interaction = interaction_of(request)
        catalogue = current_app.extensions["citizen_catalogue"]
        implied = catalogue.standing_for(sorted(actor.scopes), interaction) if interaction else frozenset()
        actor = g.citizen_actor = replace(actor, implied=implied)
    if not declaration.scopes <= actor.scopes | actor.implied:
        raise ScopeMissing(resource=None, scopes=declaration.scopes)
    if declaration.step_up is not None and not is_sure_enough(actor, declaration.step_up):
        raise Denied
    return inspect.getattr_static(view, "__wrapped__")


def content_of(response: Response) -> Any:
    """The resource in an answer, or None; a 304 and a minimal answer have none."""
    raw = response.get_data()
    if not raw:
        return None
    if response.mimetype != "application/fhir+json":
        return None
    return text.read(raw)
