"""What a patch makes of a resource."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from health_file.actions.views import view_of
from health_file.errors import PatchFailed, PatchInvalid
from health_file.fhir import json_patch
from services.database.session import Session
from services.web import json_reader


def patched(session: Session, row: Any, operations: Any) -> dict[str, Any]:
    """The body of a row after a JSON Patch; the whole is validated afterwards like any other.

    The patch sees the resource as a reader does, with its id. Raises: PatchInvalid 400, PatchFailed 422.
    """
    view = view_of(session, row)
    before = {**view.body, "id": str(view.id)}
    after = json_patch.apply(operations, before)
    if not isinstance(after, dict) or after.get("resourceType") != row.type or after.get("id") != str(row.id):
        raise PatchFailed("result", "a resource of the same type with the same id")
    return after


def operations_of(binary: Mapping[str, Any]) -> Any:
    """The JSON Patch inside a Binary, as it stands in a Bundle (http.html#transaction). Raises: PatchInvalid 400."""
    if binary.get("resourceType") != "Binary" or binary.get("contentType") != json_patch.MEDIA_TYPE:
        raise PatchInvalid("resource", f"a Binary of {json_patch.MEDIA_TYPE}")
    try:
        raw = base64.b64decode("".join(str(binary.get("data", "")).split()), validate=True)
    except binascii.Error:
        raise PatchInvalid("resource", "base64") from None
    return json_reader.read(raw, exact=True)
