"""Attachments outside the row: sealed in chunks, each for its own place, and opened again only as a whole.

The seal of a chunk names resource, version, attachment, number, and whether it is the last (besides table, column and
owner, which the vault adds): a chunk that was flipped, swapped, left out, added or cut off does not open.
"""

import hashlib
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

CHUNK_BYTES = 256 * 1024


def take_out(session: Session, view: "ResourceView") -> tuple["ResourceView", list[Mapping[str, Any]]]:
    """A version without its attachments, and the rows of their chunks."""
    body, parts = attachments.take_out(view.body)
    if not parts:
        return view, []
    cipher = file_cipher(session, view.subject_id)
    rows: list[Mapping[str, Any]] = []
    for place, part in enumerate(parts):
        starts = range(0, max(len(part.content), 1), CHUNK_BYTES)
        for number, start in enumerate(starts):
            seal = _seal_place(view.id, view.version, place, number, is_last=number == len(starts) - 1)
            content = part.content[start : start + CHUNK_BYTES]
            rows.append(
                {
                    "subject_id": view.subject_id,
                    "resource_id": view.id,
                    "version": view.version,
                    "place": place,
                    "number": number,
                    "content_sealed": cipher.seal(chunks.c.content_sealed, seal, content),
                }
            )
    return replace(view, body=body), rows


def put_back(session: Session, views: Sequence["ResourceView"]) -> None:
    """Put the attachments of versions back into their bodies, by one statement. Raises: SealBroken."""
    if not views:
        return
    found: dict[tuple[UUID, int], dict[int, list[tuple[int, bytes]]]] = defaultdict(lambda: defaultdict(list))
    for resource_id, version, place, number, sealed in store.list_chunks(
        session, [(view.subject_id, view.id, view.version) for view in views]
    ):
        found[resource_id, version][place].append((number, bytes(sealed)))
    for view in views:
        cipher = file_cipher(session, view.subject_id)
        parts = {
            place: _opened(cipher, view.id, view.version, place, numbered)
            for place, numbered in found[view.id, view.version].items()
        }
        attachments.put_back(view.body, parts, vault.SealBroken())


def _opened(
    cipher: vault.PartCipher,
    resource_id: UUID,
    version: int,
    place: int,
    numbered: Sequence[tuple[int, bytes]],
) -> list[bytes]:
    last = len(numbered) - 1
    return [
        cipher.unseal(
            chunks.c.content_sealed,
            _seal_place(resource_id, version, place, expected, is_last=expected == last),
            sealed,
        )
        for expected, (_, sealed) in enumerate(numbered)
    ]


def _seal_place(resource_id: UUID, version: int, place: int, number: int, *, is_last: bool) -> UUID:
    """One id for a chunk's place, as the vault binds one to every seal."""
    numbers = b"".join(one.to_bytes(4) for one in (version, place, number, int(is_last)))
    return UUID(bytes=hashlib.sha256(resource_id.bytes + numbers).digest()[:16])
