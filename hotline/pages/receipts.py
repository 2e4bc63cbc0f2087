"""Number and tracking code, told once, at an address that only the same session can open."""

import json
from typing import Any

from hotline import actions
from services.errors import NotFound
from services.web.current import current_actor, current_keys
from services.web.forms import holder_of

RECEIPT = "hotline.receipt"


def receipt_of(filed: actions.Filed, *, is_anonymous: bool) -> str:
    """What stands in the address of the page that tells number and code; an anonymous ticket leads nowhere."""
    told = {
        "holder": holder_of(current_actor()),
        "number": filed.number,
        "code": filed.tracking_code,
        "id": None if is_anonymous else str(filed.id),
    }
    return current_keys().seal_reference(RECEIPT, json.dumps(told).encode())


def told_on(receipt: str) -> dict[str, Any]:
    """What a receipt says. Raises: NotFound 404 in any other session than that it was made for."""
    content = current_keys().open_reference(RECEIPT, receipt)
    told: dict[str, Any] = {} if content is None else json.loads(content)
    if told.get("holder") != holder_of(current_actor()):
        raise NotFound
    return told
