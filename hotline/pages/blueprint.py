"""The hotline's pages: one blueprint, filled by the modules beside it."""

from services.web.blueprints import PageBlueprint

blueprint = PageBlueprint("hotline_pages", "hotline", service="hotline")
