"""Pictures of tickets: made anew, sealed in chunks, shown to who may read the ticket."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.filing import Filed
from hotline.actions.steps import Step, standing_of, take_step
from hotline.errors import PicturesFull
from hotline.models import attachment_chunks
from hotline.rules import Action
from hotline.rules.pictures import MEDIA_TYPE, Picture, picture_of
from services import audit, ids, vault
from services.actor import Actor, ActorKind
from services.database.session import Session

MOST_PICTURES = 5
PARTS = ("picture", "thumbnail")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A picture without its pixels."""

    id: UUID
    media_type: str
    bytes: int
    width: int
    height: int
    created_at: datetime


def add_picture(session: Session, actor: Actor, *, ticket_id: UUID, raw: bytes) -> AttachmentView:
    """Put a picture to a ticket that is open.

    Shapes: JPEG, PNG or WebP of at most 10 MiB; what is kept is a fresh JPEG of at most 2560 pixels a side, without
        anything that the file said about itself.
    Access: the reporter, the desk, or the unit in charge.
    Effects: the picture in sealed chunks, event `attach` with its SHA-256, audit hotline.ticket.changed.
    Raises: NotFound 404, PicturesFull 409, ActionNotAllowed 409, PictureTooLarge 413, NoPicture 415, PictureBroken 422.
    """
    return keep_picture(session, actor, store.get_ticket(session, actor, ticket_id), picture_of(raw))


def keep_picture(session: Session, actor: Actor, ticket: Any, picture: Picture) -> AttachmentView:
    """Keep a picture that was made anew, with the event that says so. Raises: PicturesFull, ActionNotAllowed 409."""
    if len(store.list_attachments(session, ticket)) >= MOST_PICTURES:
        raise PicturesFull(most=MOST_PICTURES)
    attachment_id = ids.new_id()
    digest = hashlib.sha256(picture.content).hexdigest()
    step = Step(action=Action.ATTACH, details={"attachment": str(attachment_id), "sha256": digest})
    take_step(session, actor, standing_of(session, ticket), step)
    values = {
        "id": attachment_id,
        "ticket_id": ticket.id,
        "subject_id": ticket.subject_id,
        "media_type": MEDIA_TYPE,
        "bytes": len(picture.content),
        "width": picture.width,
        "height": picture.height,
        "created_at": session.at,
    }
    contents = dict(zip(PARTS, (picture.content, picture.thumbnail), strict=True))
    cipher = vault.cipher_for(session, ticket.subject_id)
    chunks = [
        {
            "attachment_id": attachment_id,
            "part": part,
            "number": number,
            "subject_id": ticket.subject_id,
            "content_sealed": sealed,
        }
        for place, (part, content) in enumerate(contents.items())
        for number, sealed in enumerate(
            vault.seal_chunks(cipher, attachment_chunks.c.content_sealed, attachment_id, (place,), content)
        )
    ]
    store.add_attachment(session, values, chunks)
    return AttachmentView(**{name: values[name] for name in AttachmentView.__dataclass_fields__})


def attach_at_once(session: Session, actor: Actor, *, filed: Filed, picture: Picture) -> AttachmentView:
    """Put a picture to a ticket in the transaction that filed it; to an anonymous one as nobody in particular."""
    ticket = store.get_ticket_by_id(session, filed.id)
    reporter = actor if ticket.subject_id == actor.subject else _reporter_of(ticket)
    return keep_picture(session, reporter, ticket, picture)


def list_pictures(session: Session, actor: Actor, *, ticket_id: UUID) -> Sequence[AttachmentView]:
    """The pictures of a ticket, without their pixels. Access: as read_ticket. Raises: NotFound 404."""
    ticket = store.get_ticket(session, actor, ticket_id)
    return [
        AttachmentView(**{name: getattr(row, name) for name in AttachmentView.__dataclass_fields__})
        for row in store.list_attachments(session, ticket)
    ]


def read_picture(
    session: Session, actor: Actor, *, ticket_id: UUID, attachment_id: UUID, part: str = "picture"
) -> bytes:
    """The bytes of a picture, or of its thumbnail.

    Access: as read_ticket. Effects: audit hotline.attachment.read. Raises: NotFound 404.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    row = store.get_attachment(session, ticket, attachment_id)
    cipher = vault.cipher_for(session, ticket.subject_id)
    sealed = [chunk.content_sealed for chunk in store.list_chunks(session, row, part)]
    content = vault.unseal_chunks(
        cipher, attachment_chunks.c.content_sealed, row.id, (PARTS.index(part),), sealed
    )
    details = {"ticket_id": str(ticket.id), "attachment_id": str(row.id), "part": part}
    audit.append(session, actor, "hotline.attachment.read", subject_id=ticket.subject_id, details=details)
    return content


def _reporter_of(ticket: Any) -> Actor:
    """Whoever reported a ticket, without saying who that is."""
    return Actor(kind=ActorKind.RESIDENT, subject=ticket.subject_id)
