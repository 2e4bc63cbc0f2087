"""What a patch makes of a resource."""

from typing import Any

from health_file.actions.views import view_of
from health_file.errors import PatchFailed
from health_file.fhir.patches import Patch
from services.database.session import Session


def patched(session: Session, row: Any, patch: Patch) -> dict[str, Any]:
    """The body of a row after a patch; the whole is validated afterwards like any other.

    The patch sees the resource as a reader does, with its id. Raises: PatchInvalid 400, PatchFailed 422.
    """
    view = view_of(session, row)
    before = {**view.body, "id": str(view.id)}
    after = patch.apply(before)
    if not isinstance(after, dict) or after.get("resourceType") != row.type or after.get("id") != str(row.id):
        raise PatchFailed("result", "a resource of the same type with the same id")
    return after
