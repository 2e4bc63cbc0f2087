"""Binary as the bytes that it holds, beside its form as a resource.

Standard: FHIR R4 binary.html#rest. The bytes come from others and are never trusted: they are offered as a file to
save, with no script, no guessing of types and no origin of ours.
"""

import base64
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from health_file import actions
from health_file.errors import ContentContradicted, NotAcceptable
from health_file.fhir import media_types, negotiation, outcomes
from health_file.fhir.bodies import body
from health_file.fhir.links import localise
from health_file.fhir.routes.addresses import base_url
from services.web import json_reader

BINARY = "Binary"
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}
SECURITY_CONTEXT = "X-Security-Context"


def read_body(resource_type: str, resource_id: str | None = None) -> Any:
    """The resource of a request: FHIR JSON or, for a Binary, any other bytes as they are, with the address's id.

    Raises: UnsupportedMediaType 415, ContentContradicted 415, MalformedJson 400.
    """
    if resource_type != BINARY:
        resource = json_reader.read(negotiation.require_json_body(), exact=True)
        localise(resource, base_url())
        return resource
    if request.mimetype in negotiation.JSON_TYPES:
        found = json_reader.read(body(), exact=True)
        if isinstance(found, dict) and found.get("resourceType") == BINARY:
            localise(found, base_url())
            return found
    return _of_bytes() | ({} if resource_id is None else {"id": resource_id})


def _of_bytes() -> dict[str, Any]:
    declared, content = request.headers.get("Content-Type", ""), body()
    if not media_types.is_media_type(declared):
        raise UnsupportedMediaType
    if media_types.contradicts(declared, content, is_strict=True):
        raise ContentContradicted
    resource: dict[str, Any] = {"resourceType": BINARY, "contentType": declared}
    if context := request.headers.get(SECURITY_CONTEXT):
        resource["securityContext"] = {"reference": context}
    if content:
        resource["data"] = base64.b64encode(content).decode()
    return resource


def require_answerable(resource_type: str) -> None:
    """Refuse a caller who takes no form that this type has. Raises: NotAcceptable 406."""
    if resource_type != BINARY or "_format" in request.args:
        negotiation.require_format()


def wants_bytes(view: actions.ResourceView) -> bool:
    """Whether the caller takes the bytes and does not ask for the resource. Raises: NotAcceptable 406."""
    if view.type != BINARY or "_format" in request.args:
        return False
    accepted = request.accept_mimetypes
    plain = media_types.plain_type(str(view.body["contentType"]))
    named = {one.partition(";")[0].strip().lower() for one, quality in accepted if quality > 0}
    if outcomes.MEDIA_TYPE in named or ("application/json" in named and plain != "application/json"):
        return False
    if accepted and not accepted.best_match([plain, str(view.body["contentType"])]):
        raise NotAcceptable
    return True


def as_bytes(view: actions.ResourceView) -> Response:
    """The bytes, to be saved."""
    content = base64.b64decode("".join(str(view.body.get("data", "")).split()))
    response = Response(content, 200)
    declared = str(view.body["contentType"])
    # What no header can carry stays in the resource.
    can_travel = declared.isascii() and declared.isprintable()
    response.headers["Content-Type"] = declared if can_travel else media_types.ANYTHING
    response.headers["Content-Disposition"] = f"attachment; filename={view.id}"
    response.headers.update(SAFE)
    context = view.body.get("securityContext", {}).get("reference")
    if isinstance(context, str) and context.isascii() and context.isprintable():
        response.headers[SECURITY_CONTEXT] = context
    return response
