"""The receipt of an erasure: a JWS that anybody can verify with the published keys, for as long as they like.

Standard: RFC 7515, RFC 7519; `typ` keeps it apart from every token. The key signs receipts alone and stays published.
"""

from typing import Any, cast
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey

from health_file.actions.erasing.read import FileExtent
from services.audit import store as log
from services.database.session import Session
from services.vault.signing import active_signing_key, ensure_signing_keys

TYPE = "erasure-receipt+jwt"
USE = "receipt"
ALGORITHM = "ES256"


def sign_receipt(session: Session, row: Any, extent: FileExtent, key_id: UUID | None) -> str:
    """What was erased, when, under which rules, and how far the audit log had come. Access: the worker."""
    ensure_signing_keys(session)
    key = active_signing_key(session, USE)
    checkpoint = log.find_newest_checkpoint(session)
    claims: dict[str, Any] = {
        "iss": row.issuer,
        "jti": str(row.id),
        "iat": int(session.at.timestamp()),
        "asked_at": row.asked_at.isoformat(),
        "erased_at": session.at.isoformat(),
        "erased": {
            name: {"resources": count, "versions": versions}
            for name, (count, versions) in sorted(extent.types.items())
        },
        "beside": dict(extent.beside),
        "retention_rules": row.rules,
        # What the file was sealed under; its tombstone is replayed over every backup that is restored.
        "destroyed_key": None if key_id is None else str(key_id),
        "audit": None
        if checkpoint is None
        else {"tree_size": checkpoint[0], "root": bytes(checkpoint[1]).hex()},
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, claims, cast("ECKey", key.private_key), algorithms=[ALGORITHM])
