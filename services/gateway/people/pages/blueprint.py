"""The one blueprint of the pages about people and their accounts."""

from services.web.blueprints import PageBlueprint

blueprint = PageBlueprint("people_pages", "services.gateway", service="gateway")
