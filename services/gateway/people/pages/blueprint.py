"""The one blueprint of the pages about people and their accounts."""

from collections.abc import Callable

from flask import Response

from services.errors import CitizenError
from services.web.blueprints import PageBlueprint

blueprint = PageBlueprint("people_pages", "services.gateway", service="gateway")

# How a form that was refused is drawn again, by endpoint: after the transaction, which is over by then.
redrawn: dict[str, Callable[[CitizenError], Response]] = {}
