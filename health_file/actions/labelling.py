"""Labels between rows: what is shown of older versions and of files beside a record follows what is known of it now."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import digest_of
from health_file.actions.views import ResourceView
from health_file.fhir.labels import LEVELS
from health_file.rules import named_by
from services.database.session import Session

# What stands beside records, and says itself little of how confidential they are.
BESIDE = ("Binary", "Provenance")


def spread_labels(session: Session, views: Sequence[ResourceView]) -> None:
    """Carry the labels of versions just written to the older ones, and between records and what stands beside them.

    Effects: labels of rows, by at most three statements for any number of versions.
    """
    levels = [digest_of(session.keys, f"security={level}") for level in LEVELS]
    later = [view for view in views if view.version > 1]
    for are_deleted in (False, True):
        written = [(one.subject_id, one.id, one.version) for one in later if one.is_deleted is are_deleted]
        store.spread_labels(session, written, levels, are_deleted=are_deleted)
    pairs = [pair for view in views if not view.is_deleted for pair in _beside(view)]
    store.carry_labels(session, list(dict.fromkeys(pairs)), levels, to=BESIDE)


def _beside(view: ResourceView) -> Iterator[tuple[UUID, UUID, UUID]]:
    """(subject, source, who gets its labels) as one version says it."""
    if view.type in BESIDE:
        if view.version > 1:
            yield view.subject_id, view.id, view.id
        for reference in named_by(view.body).references:
            if not reference.startswith("Patient/") and (source := _id(reference)):
                yield view.subject_id, source, view.id
    else:
        for url in _urls(view.body):
            if url.startswith("Binary/") and (binary := _id(url.partition("/_history/")[0])):
                yield view.subject_id, view.id, binary


def _urls(body: dict[str, Any]) -> Iterator[str]:
    """Where the files of a document or a report stand."""
    held = [one.get("attachment") for one in body.get("content", []) if isinstance(one, dict)]
    for attachment in (*held, *body.get("presentedForm", [])):
        if isinstance(attachment, dict) and isinstance(attachment.get("url"), str):
            yield attachment["url"]


def _id(reference: str) -> UUID | None:
    try:
        return UUID(reference.partition("/")[2])
    except ValueError:
        return None
