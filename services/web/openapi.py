"""The OpenAPI 3.1 document: every operation with its security, its errors and its headers."""

from typing import Any

from flask import Flask
from flask_smorest import Api

from services.settings import Settings
from services.web.declare import declared

SCHEME = "gateway"
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head"})
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "expected": {"type": "string"}},
            },
        },
    },
}
ANSWERS = {
    "400": "The request cannot be read",
    "401": "No valid access token, or its person proved who they are too weakly or too long ago (RFC 9470)",
    "403": "The token lacks a scope",
    "404": "Not there, or not yours",
    "409": "The state does not allow it",
    "422": "Fields to mend",
    "429": "Too many requests",
    "503": "Busy; nothing was done",
}
UNSAFE = frozenset({"post", "put", "patch", "delete"})


def create_api(app: Flask, settings: Settings) -> Api:
    """The registry of JSON routes."""
    app.config.update(
        API_TITLE="Citizen Services",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        PROPAGATE_EXCEPTIONS=False,
    )
    flows = {
        "authorizationCode": {
            "authorizationUrl": f"{settings.base_url}/oauth/authorize",
            "tokenUrl": f"{settings.base_url}/oauth/token",
            "scopes": {},
        },
        "clientCredentials": {"tokenUrl": f"{settings.base_url}/oauth/token", "scopes": {}},
    }
    return Api(
        app,
        spec_kwargs={
            "info": {"description": "Five city services behind one OAuth gateway."},
            "servers": [{"url": settings.base_url}],
            "components": {
                "securitySchemes": {SCHEME: {"type": "oauth2", "flows": flows}},
                "schemas": {"Problem": PROBLEM},
            },
        },
    )


def document(app: Flask) -> dict[str, Any]:
    """The finished document of an app."""
    api: Api = app.extensions["citizen_api"]
    spec: dict[str, Any] = api.spec.to_dict()
    catalogue = app.extensions["citizen_catalogue"]
    scopes = {name: scope.title for name, scope in sorted(catalogue.scopes.items())}
    for flow in spec["components"]["securitySchemes"][SCHEME]["flows"].values():
        flow["scopes"] = scopes
    views = _views_by_path(app)
    for path, item in spec["paths"].items():
        # Preflights are asked by browsers, never by a client that reads this.
        item.pop("options", None)
        for method, operation in item.items():
            if method in METHODS:
                _complete(operation, views[path, method], method)
    spec["components"].get("schemas", {}).pop("PaginationMetadata", None)
    for name in ("Error", "PaginationMetadata"):
        spec["components"].get("schemas", {}).pop(name, None)
    spec["components"].pop("responses", None)
    return spec


def _views_by_path(app: Flask) -> dict[tuple[str, str], Any]:
    found = {}
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for argument in rule.arguments:
            for converter in ("string:", "uuid:", "int:", "path:", ""):
                path = path.replace(f"<{converter}{argument}>", f"{{{argument}}}")
        for method in rule.methods or ():
            found[path, method.lower()] = app.view_functions[rule.endpoint]
    return found


def _complete(operation: dict[str, Any], view: Any, method: str) -> None:
    declaration = declared(view)
    if declaration is None or declaration.is_public:
        operation["security"] = []
    else:
        operation["security"] = [{SCHEME: sorted(declaration.scopes)}]
        if declaration.step_up is not None:
            operation["x-step-up"] = {
                "acr_values": declaration.step_up.acr,
                "max_age": declaration.step_up.max_age,
            }
    answers = operation.setdefault("responses", {})
    answers.pop("default", None)
    # The framework's own 422 has its error shape; ours is a problem.
    answers.pop("422", None)
    wanted = ["400", "404", "409", "422", "429", "503"] if operation["security"] == [] else list(ANSWERS)
    for status in wanted:
        answers.setdefault(
            status,
            {
                "description": ANSWERS[status],
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
    if method in UNSAFE and operation["security"]:
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "description": "Same key and same body: the same answer, and the effect once.",
            }
        )
