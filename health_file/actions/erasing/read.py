"""How an erasure stands, what it would touch, and its receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.deciders import decider_of
from health_file.actions.erasing.states import ErasureState
from health_file.models import erasures
from services import vault
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


@dataclass(frozen=True, slots=True)
class Erasure:
    """A wish that the file be erased, and what came of it."""

    id: UUID
    state: str
    rules: str
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it can still be withdrawn."""
        return self.state == ErasureState.COOLING

    @property
    def has_receipt(self) -> bool:
        """Whether the file was erased."""
        return self.state == ErasureState.ERASED


@dataclass(frozen=True, slots=True)
class FileExtent:
    """How much a file holds: (resources, versions) by type, and what was made of it."""

    types: Mapping[str, tuple[int, int]]
    beside: Mapping[str, int]


def measure_file(session: Session, actor: Actor) -> FileExtent:
    """What erasing would touch, as far as the actor sees it. Access: as for asking. Raises: Denied 403."""
    subject = decider_of(actor)
    return FileExtent(store.count_by_type(session, subject, actor), store.count_beside(session, subject))


def list_erasures(session: Session, actor: Actor) -> list[Erasure]:
    """Every wish about this file, newest first. Access: as for asking. Raises: Denied 403."""
    return [erasure_of(row) for row in store.list_erasures(session, decider_of(actor))]


def read_erasure(session: Session, actor: Actor, erasure_id: UUID) -> Erasure:
    """One wish. Access: as for asking. Raises: Denied 403, NotFound 404."""
    row = store.find_erasure(session, decider_of(actor), erasure_id)
    if row is None:
        raise NotFound
    return erasure_of(row)


def read_receipt(session: Session, actor: Actor, erasure_id: UUID) -> str:
    """The signed receipt, a JWS. Access: as for asking. Raises: Denied 403, NotFound 404 where nothing was erased."""
    row = store.find_erasure(session, decider_of(actor), erasure_id)
    if row is None or row.receipt_sealed is None:
        raise NotFound
    column = erasures.c.receipt_sealed
    return vault.unseal_text(session, column, row.subject_id, row.id, row.receipt_sealed)


def erasure_of(row: Any) -> Erasure:
    """A row as the use cases see it."""
    return Erasure(row.id, row.state, row.rules, row.asked_at, row.due_at, row.ended_at)
