"""Puts versions into the file, any number of them by the same few statements."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import author_of, check_write
from health_file.actions.attachments import take_out
from health_file.actions.inheriting import inherit_labels, levels_of
from health_file.actions.search import index_entries, index_resources
from health_file.actions.treating import keep_relations
from health_file.actions.views import ResourceView, row_of, view_of
from health_file.errors import (
    PatientAlreadyHeld,
    ResourceInvalid,
    SubsetWritten,
    TypeNotSupported,
    TypeReadOnly,
    VersionOutdated,
)
from health_file.fhir.summaries import is_part
from health_file.rules import HELD_TYPES, READ_ONLY_TYPES
from health_file.sealing import create_file_keys
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError, Denied


def require_author(actor: Actor, resource_type: str) -> str:
    """The unit for which the actor writes this type. Raises: Denied 403, TypeReadOnly 405, TypeNotSupported 404."""
    author = author_of(actor)
    if author is None:
        raise Denied
    if resource_type in READ_ONLY_TYPES:
        raise TypeReadOnly
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    return author


def write_version(session: Session, actor: Actor, view: ResourceView) -> None:
    """Keep one new version. Effects and raises: as those of write_versions."""
    refused = write_versions(session, actor, [view])
    for error in refused.values():
        raise error


def write_versions(session: Session, actor: Actor, views: Sequence[ResourceView]) -> dict[UUID, CitizenError]:
    """Keep new versions, first ones as they are, later ones in the place of the one before; what was refused, by id.

    Access: the scopes of the actor's token let it write each of them; every path that writes comes through here.
    Effects: rows, index, treating relations; of two writers of the same next version one is refused, by a guarded
        update. After a refusal the transaction must not commit.
    """
    refused = _refused_by_scopes(session, actor, views)
    refused |= {view.id: SubsetWritten() for view in views if view.version > 1 and is_part(view.body)}
    new = [view for view in views if view.version == 1]
    later = [view for view in views if view.version > 1]
    patients = [(view.subject_id, view.id) for view in new if view.type == "Patient"]
    if patients and not refused:
        claimed = store.claim_patient_places(session, sorted(patients))
        refused |= {
            own: PatientAlreadyHeld(_shown_patient(session, actor, subject))
            for subject, own in patients
            if own not in claimed
        }
    if later and not refused:
        places = sorted(((one.subject_id, one.id, one.version - 1) for one in later), key=lambda one: one[1])
        retired = store.retire_versions(session, places)
        refused |= {view.id: VersionOutdated() for view in later if view.id not in retired}
    if refused:
        return refused
    create_file_keys(session, {view.subject_id for view in views})
    lean, chunks = [], []
    for view in views:
        without, rows = take_out(session, view)
        lean.append(without)
        chunks += rows
    rows = [row_of(session, view) for view in lean]
    store.add_versions(session, [row for row in rows if row["version"] > 1])
    later = [view for view in lean if view.version > 1]
    for are_deleted in (False, True):
        written = [(one.subject_id, one.id, one.version) for one in later if one.is_deleted is are_deleted]
        store.spread_labels(session, written, levels_of(session), are_deleted=are_deleted)
    store.add_resources(session, [row for row in rows if row["version"] == 1])
    store.add_chunks(session, chunks)
    refused = _index(session, views)
    if not refused:
        inherit_labels(session, views, rows)
        keep_relations(session, actor, views)
    return refused


def _shown_patient(session: Session, actor: Actor, subject_id: UUID) -> UUID | None:
    """The Patient that a resident has, for a writer who sees it: knowing an ID number is no right to its id."""
    held = store.find_patient_id(session, subject_id)
    is_seen = held is not None and store.find_resource(session, actor, "Patient", held, None) is not None
    return held if is_seen else None


def _index(session: Session, views: Sequence[ResourceView]) -> dict[UUID, CitizenError]:
    try:
        index_resources(session, views)
    except ResourceInvalid as error:
        return {view.id: error for view in views if _is_too_full(session, view)}
    return {}


def _is_too_full(session: Session, view: ResourceView) -> bool:
    try:
        index_entries(session, view)
    except ResourceInvalid:
        return True
    return False


def _refused_by_scopes(
    session: Session, actor: Actor, views: Sequence[ResourceView]
) -> dict[UUID, CitizenError]:
    refused: dict[UUID, CitizenError] = {}
    for view in views:
        try:
            _check_scopes(session, actor, view)
        except Denied as error:
            refused[view.id] = error
    return refused


def _check_scopes(session: Session, actor: Actor, view: ResourceView) -> None:
    """A granular SMART scope looks at the version that was and at the one that will be."""

    def before() -> Mapping[str, Any]:
        row = store.find_resource(session, actor, view.type, view.id, view.version - 1)
        return {} if row is None else view_of(session, row).body

    versions: list[Callable[[], Mapping[str, Any]]] = [before] if view.version > 1 else []
    if not view.is_deleted:
        versions.append(lambda: view.body)
    letter = "c" if view.version == 1 else "d" if view.is_deleted else "u"
    check_write(actor, letter, view.type, *versions, subject_id=view.subject_id)


def following(session: Session, row: Any, author: str, body: dict[str, Any] | None) -> ResourceView:
    """The version after a row's; without a body, its deletion."""
    return ResourceView(
        id=row.id,
        type=row.type,
        version=row.version + 1,
        author=author,
        recorded_at=session.at,
        body=body or {},
        subject_id=row.subject_id,
        is_deleted=body is None,
    )
