"""The frozen bytes of one audit event, from which its leaf in the tree is computed.

Version 1 is JSON with sorted keys and no spaces, UTF-8 (the form of RFC 8785 for the strings, integers, booleans
and lists that details may hold). Bytes are written once and never made again from the columns.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

Detail = str | int | bool | Sequence[str]
Details = Mapping[str, Detail]
VERSION = 1


def leaf_of(
    *,
    event_id: UUID,
    at: datetime,
    event: str,
    actor: str,
    account_id: UUID | None,
    client: str | None,
    subject_id: UUID | None,
    subject_ids: Sequence[UUID],
    purpose: str | None,
    request_id: str | None,
    details: Mapping[str, Detail],
) -> bytes:
    """The canonical bytes of an event. Details hold ids, codes and field names, never a person's values."""
    content = {
        "v": VERSION,
        "id": str(event_id),
        "at": at.isoformat(timespec="microseconds"),
        "event": event,
        "actor": actor,
        "account": None if account_id is None else str(account_id),
        "client": client,
        "subject": None if subject_id is None else str(subject_id),
        "subjects": [str(one) for one in subject_ids],
        "purpose": purpose,
        "request": request_id,
        "details": {name: _plain(value) for name, value in details.items()},
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: Detail) -> Detail:
    return value if isinstance(value, str | int) else list(value)
