"""Every SQL statement of the web edge."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from services.database.session import Session


def set_caller(session: Session, caller: str) -> None:
    """Tell row-level security whose records these are."""
    session.raw("SELECT set_config('citizen.caller', %s, true)", (caller,))


def add_record(session: Session, caller: str, key: bytes, request: bytes, expires_at: datetime) -> bool:
    """Claim a key; False when it was used before. A concurrent twin waits here for the first to end."""
    row = session.raw(
        "INSERT INTO web.idempotency_records (caller, key_digest, request_digest, expires_at) "
        "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (caller, key, request, expires_at),
    ).fetchone()
    return row is not None


def get_record(session: Session, caller: str, key: bytes) -> tuple[Any, ...] | None:
    """(request_digest, status, headers, body_sealed) of a key."""
    return session.raw(
        "SELECT request_digest, status, headers, body_sealed FROM web.idempotency_records "
        "WHERE caller = %s AND key_digest = %s",
        (caller, key),
    ).fetchone()


def change_record(
    session: Session, caller: str, key: bytes, *, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Keep the answer; it commits with the effect."""
    session.at_commit(
        "UPDATE web.idempotency_records SET status = %s, headers = %s, body_sealed = %s "
        "WHERE caller = %s AND key_digest = %s",
        (status, Jsonb(headers), body, caller, key),
    )


def delete_record(session: Session, caller: str, key: bytes) -> None:
    """Give a key back whose request was refused; the refusal's own effects may still commit."""
    session.at_commit(
        "DELETE FROM web.idempotency_records WHERE caller = %s AND key_digest = %s", (caller, key)
    )


def delete_expired_records(session: Session, at: datetime) -> int:
    """Forget answers past their time."""
    return session.raw("DELETE FROM web.idempotency_records WHERE expires_at < %s", (at,)).rowcount
