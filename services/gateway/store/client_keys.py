"""Keys that clients publish at an address, as last fetched."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.database.session import Session
from services.gateway.models import client_keys

FIND = select(client_keys).where(
    client_keys.c.client_id == bindparam("wanted"), client_keys.c.jwks_uri == bindparam("uri")
)
_ASKED = insert(client_keys)
# Another address has other keys: what was fetched from the old one is forgotten.
_SAME = client_keys.c.jwks_uri == _ASKED.excluded.jwks_uri
CLAIM = _ASKED.on_conflict_do_update(
    index_elements=[client_keys.c.client_id],
    set_={
        "jwks_uri": _ASKED.excluded.jwks_uri,
        "asked_at": _ASKED.excluded.asked_at,
        "jwks": case((_SAME, client_keys.c.jwks)),
        "fetched_at": case((_SAME, client_keys.c.fetched_at)),
    },
    where=or_(client_keys.c.asked_at <= bindparam("before"), ~_SAME),
).returning(client_keys.c.client_id)
KEEP = update(client_keys).where(
    client_keys.c.client_id == bindparam("wanted"), client_keys.c.jwks_uri == bindparam("uri")
)


def find_client_keys(session: Session, client_id: str, jwks_uri: str) -> Row[Any] | None:
    """What was last fetched from this address for this client, or None."""
    return session.execute(FIND, {"wanted": client_id, "uri": jwks_uri}).one_or_none()


def claim_fetch(session: Session, client_id: str, jwks_uri: str, before: datetime) -> bool:
    """Take it on oneself to fetch; false when somebody else did so after `before`."""
    row = {"client_id": client_id, "jwks_uri": jwks_uri, "asked_at": session.at, "before": before}
    return session.execute(CLAIM, row).first() is not None


def keep_answer(session: Session, client_id: str, jwks_uri: str, jwks: dict[str, Any] | None) -> None:
    """Note that the address answered; None, an answer without use, leaves the keys that were there."""
    values: dict[str, Any] = {"answered_at": session.at}
    if jwks is not None:
        values |= {"jwks": jwks, "fetched_at": session.at}
    session.execute(KEEP.values(**values), {"wanted": client_id, "uri": jwks_uri})
