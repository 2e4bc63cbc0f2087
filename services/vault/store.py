"""Every SQL statement of the vault."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.database.session import Session
from services.vault.models import data_keys, signing_keys, tombstones

# Asked for by every request that opens what is sealed: on the driver itself.
FIND_DATA_KEY: LiteralString = "SELECT wrapped FROM vault.data_keys WHERE subject_id = %s"
FIND_DATA_KEYS: LiteralString = "SELECT subject_id, wrapped FROM vault.data_keys WHERE subject_id = ANY (%s)"
PUBLIC = (
    signing_keys.c.kid,
    signing_keys.c.use,
    signing_keys.c.algorithm,
    signing_keys.c.state,
    signing_keys.c.public_jwk,
)
LIST_PUBLIC = (
    select(*PUBLIC).where(signing_keys.c.use == bindparam("use")).order_by(signing_keys.c.created_at)
)
GET_ACTIVE: LiteralString = (
    "SELECT kid, algorithm, private_sealed FROM vault.signing_keys WHERE use = %s AND state = 'active'"
)


def find_data_key(session: Session, owner_id: UUID) -> bytes | None:
    """A subject's wrapped data key, or None."""
    row = session.raw(FIND_DATA_KEY, (owner_id,)).fetchone()
    return row[0] if row else None


def data_key_of(owner_id: ColumnElement[UUID]) -> ScalarSelect[bytes]:
    """A subject's wrapped data key, as a column of a statement over another table."""
    return select(data_keys.c.wrapped).where(data_keys.c.subject_id == owner_id).scalar_subquery()


def find_data_keys(session: Session, owner_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The wrapped data keys of those subjects that have one."""
    return dict(session.raw(FIND_DATA_KEYS, (list(owner_ids),)).fetchall())


def add_data_key(session: Session, owner_id: UUID, owner_kind: str, wrapped: bytes) -> None:
    """Keep a new subject's wrapped data key."""
    session.execute(
        insert(data_keys),
        {"subject_id": owner_id, "owner_kind": owner_kind, "wrapped": wrapped, "created_at": session.at},
    )


def delete_data_key(session: Session, owner_id: UUID) -> bool:
    """Destroy a data key; whether there was one."""
    return session.execute(delete(data_keys).where(data_keys.c.subject_id == owner_id)).rowcount == 1


def add_tombstone(session: Session, owner_id: UUID, at: datetime) -> None:
    """Remember that a subject was shredded."""
    statement = upsert(tombstones).on_conflict_do_nothing()
    session.execute(statement, {"subject_id": owner_id, "shredded_at": at})


def list_tombstones(session: Session) -> Sequence[UUID]:
    """All shredded subjects."""
    return session.execute(select(tombstones.c.subject_id)).scalars().all()


def list_data_keys_after(session: Session, last: UUID, limit: int) -> Sequence[Row[tuple[UUID, bytes]]]:
    """Wrapped keys in id order, for rewrapping in batches."""
    return session.execute(
        select(data_keys.c.subject_id, data_keys.c.wrapped)
        .where(data_keys.c.subject_id > last)
        .order_by(data_keys.c.subject_id)
        .limit(limit)
    ).all()


def change_wrapping(session: Session, owner_id: UUID, old: bytes, new: bytes) -> None:
    """Replace a wrapping unless somebody else did, or the key was destroyed meanwhile."""
    session.execute(
        update(data_keys)
        .where(data_keys.c.subject_id == owner_id, data_keys.c.wrapped == old)
        .values(wrapped=new)
    )


def count_data_keys(session: Session) -> int:
    """How many subjects hold a key."""
    return int(session.execute(select(func.count()).select_from(data_keys)).scalar_one())


def list_signing_keys(session: Session, use: str) -> Sequence[Row[tuple[str, str, str, str, dict[str, str]]]]:
    """The public part of every published key of a use, oldest first."""
    return session.execute(LIST_PUBLIC, {"use": use}).all()


def find_active_signing_key(session: Session, use: str) -> tuple[str, str, bytes] | None:
    """Name, algorithm and sealed private part of the key that signs now: asked for with every token."""
    return session.raw(GET_ACTIVE, (use,)).fetchone()


def add_signing_key(session: Session, values: dict[str, object]) -> bool:
    """Add a key; False when its use already has one in that state."""
    statement = upsert(signing_keys).on_conflict_do_nothing().returning(signing_keys.c.kid)
    return session.execute(statement, values).scalar() is not None


def change_signing_key_state(session: Session, use: str, old: str, new: str, at: datetime | None) -> None:
    """Move all keys of one use from one state to the next of the ring."""
    session.execute(
        update(signing_keys)
        .where(signing_keys.c.use == use, signing_keys.c.state == old)
        .values(state=new, retired_at=at)
    )


def list_ring(session: Session) -> list[dict[str, Any]]:
    """The public facts of every signing key."""
    columns = signing_keys.c
    wanted = (
        columns.kid,
        columns.use,
        columns.algorithm,
        columns.state,
        columns.created_at,
        columns.retired_at,
    )
    return [dict(row) for row in session.execute(select(*wanted)).mappings()]


def list_signing_key_times(session: Session) -> dict[tuple[str, str], datetime]:
    """When the newest key of each use and state was made, which is when it was first published."""
    rows = session.execute(
        select(
            signing_keys.c.use, signing_keys.c.state, func.max(signing_keys.c.created_at).label("at")
        ).group_by(signing_keys.c.use, signing_keys.c.state)
    )
    return {(row.use, row.state): row.at for row in rows}


def delete_retired_signing_keys(session: Session, use: str, before: datetime) -> None:
    """Forget keys retired before an instant: nothing they signed can still be valid."""
    session.execute(
        delete(signing_keys).where(
            signing_keys.c.use == use, signing_keys.c.state == "retired", signing_keys.c.retired_at < before
        )
    )


def list_private_signing_keys(session: Session) -> Sequence[Row[tuple[str, bytes]]]:
    """Every private key as it is sealed."""
    return session.execute(select(signing_keys.c.kid, signing_keys.c.private_sealed)).all()


def change_private_sealed(session: Session, kid: str, sealed: bytes) -> None:
    """Replace one private key's wrapping."""
    session.execute(update(signing_keys).where(signing_keys.c.kid == kid).values(private_sealed=sealed))
