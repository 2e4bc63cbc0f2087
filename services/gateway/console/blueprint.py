"""The one blueprint of the gateway's desk. Its views run in the gateway's role, which alone may write these tables."""

from functools import partial

from services.database.roles import Role
from services.gateway.console.access import ADMIN
from services.web.blueprints import PageBlueprint
from services.web.declare import scopes

blueprint = PageBlueprint("gateway_console", "services.gateway", service="gateway")
administrator = partial(scopes, ADMIN, role=Role.GATEWAY)
