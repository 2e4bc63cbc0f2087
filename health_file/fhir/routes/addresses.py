"""Addresses under the base: what they name, and how they are written."""

from urllib.parse import urlencode

from flask import request

from health_file import actions
from services.web.current import current_settings


def base_url() -> str:
    """The service base URL (http.html#root)."""
    return f"{current_settings().base_url}/health-file/fhir"


def address_of(view: actions.ResourceView | actions.WrittenView) -> str:
    """Where the current version of a resource stands."""
    return f"{base_url()}/{view.type}/{view.id}"


def asked_address() -> str:
    """The address of this request, under the base as clients know it (bundle.html: the link `self`)."""
    query = request.query_string.decode("ascii", "replace")
    address = f"{base_url()}{request.path.removeprefix('/health-file/fhir')}"
    return f"{address}?{query}" if query else address


def following(cursor: str) -> str:
    """The address of the next page: this one's parameters, and where it goes on."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "_cursor"]
    return f"{base_url()}{request.path.removeprefix('/health-file/fhir')}?{urlencode([*kept, ('_cursor', cursor)])}"
