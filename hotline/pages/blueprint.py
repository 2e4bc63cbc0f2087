"""The hotline's pages: one blueprint, filled by the modules beside it."""

from hotline.rules.pictures import MOST_BYTES
from services.web.blueprints import PageBlueprint

blueprint = PageBlueprint("hotline_pages", "hotline", service="hotline")
# Where photos are sent: room for one, and the form round it.
filing = PageBlueprint("hotline_filing", "hotline", service="hotline")
filing.most_body_bytes = MOST_BYTES + 256 * 1024
