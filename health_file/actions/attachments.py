"""Attachments outside the row: sealed in chunks beside the version that they belong to, and put back into its body."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from health_file import store
from health_file.fhir import attachments
from health_file.models import chunks
from health_file.sealing import file_cipher
from services import vault
from services.database.session import Session

if TYPE_CHECKING:
    from health_file.actions.views import ResourceView


def take_out(session: Session, view: "ResourceView") -> tuple["ResourceView", list[Mapping[str, Any]]]:
    """A version without its attachments, and the rows of their chunks."""
    body, parts = attachments.take_out(view.body)
    if not parts:
        return view, []
    cipher = file_cipher(session, view.subject_id)
    rows: list[Mapping[str, Any]] = [
        {
            "subject_id": view.subject_id,
            "resource_id": view.id,
            "version": view.version,
            "place": place,
            "number": number,
            "content_sealed": sealed,
        }
        for place, part in enumerate(parts)
        for number, sealed in enumerate(
            vault.seal_chunks(cipher, chunks.c.content_sealed, view.id, (view.version, place), part.content)
        )
    ]
    return replace(view, body=body), rows


def put_back(session: Session, views: Sequence["ResourceView"]) -> None:
    """Put the attachments of versions back into their bodies, by one statement. Raises: SealBroken."""
    if not views:
        return
    found: dict[tuple[UUID, int], dict[int, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for resource_id, version, place, _, sealed in store.list_chunks(
        session, [(view.subject_id, view.id, view.version) for view in views]
    ):
        found[resource_id, version][place].append(bytes(sealed))
    for view in views:
        cipher = file_cipher(session, view.subject_id)
        parts = {
            place: vault.unseal_chunks(
                cipher, chunks.c.content_sealed, view.id, (view.version, place), sealed
            )
            for place, sealed in found[view.id, view.version].items()
        }
        attachments.put_back(view.body, parts, vault.SealBroken())
