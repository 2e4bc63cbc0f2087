"""Which services may tell an operator how a resident stands, as the suite is put together."""

from collections.abc import Mapping

from flask import current_app

from services.ports import CallerContext


def offered_contexts() -> Mapping[str, CallerContext]:
    """Service to what it may say; none where no service says anything."""
    contexts: Mapping[str, CallerContext] = current_app.extensions["citizen_caller_contexts"]
    return contexts
