"""`/openapi.json` and the documents for people at `/docs`, drawn from the same source on the server."""

from typing import Any

from flask import Response, current_app, render_template

from services.errors import CitizenError, NotFound
from services.web.blueprints import PageBlueprint
from services.web.declare import public
from services.web.json_writer import json_response
from services.web.openapi import METHODS, document

blueprint = PageBlueprint("documentation", __name__, service="web")


def error_classes() -> dict[str, type[CitizenError]]:
    """Every fact that can stop a use case, by its code."""
    found: dict[str, type[CitizenError]] = {}
    waiting: list[type[CitizenError]] = [CitizenError]
    while waiting:
        one = waiting.pop()
        found.setdefault(one.code, one)
        waiting += one.__subclasses__()
    return found


@blueprint.route("/openapi.json")
@public("the interface's description is for everybody")
def openapi() -> Response:
    """The OpenAPI document."""
    response = json_response(document(current_app))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.route("/docs")
@public("documentation is for everybody")
def index() -> str:
    """All operations, by service."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document(current_app)["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                tag = (operation.get("tags") or ["-"])[0]
                entry = {"method": method.upper(), "path": path, **operation}
                groups.setdefault(tag, []).append(entry)
    return render_template("web/docs.html", groups=groups, errors=sorted(error_classes()))


@blueprint.route("/docs/errors/<code>")
@public("documentation is for everybody")
def error(code: str) -> str:
    """What one error code means."""
    found = error_classes().get(code)
    if found is None:
        raise NotFound
    return render_template("web/docs_error.html", error=found)
