"""The ring of signing keys: next (published, not used), active, retired (still published), then gone.

Private keys are sealed under the key-encryption key; the public part is readable by every role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from joserfc.jwk import ECKey, OKPKey

from services.database.session import Session
from services.errors import Unavailable
from services.ports import KeyRing
from services.vault import store

# Each use's algorithm, and how long its public key must stay after it signed last.
USES = {
    "token": ("ES256", timedelta(hours=24)),
    "audit": ("Ed25519", None),
    # What people keep and show years later.
    "receipt": ("ES256", None),
}
# The ring as data: what a rotation does, in this order.
ROTATION = (("active", "retired"), ("next", "active"))
# Verifiers may keep the published set for five minutes: a key must have stood in it longer before it signs.
PUBLISHED_FIRST = timedelta(minutes=6)
_PRIVATE = UUID("a4e1a7a0-94cf-4d3a-8ff8-6a7b1f0c2d55")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs; `private_key` is a joserfc key."""

    kid: str
    algorithm: str
    private_key: ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A published key; `jwk` is its RFC 7517 form with kid, use and alg."""

    kid: str
    algorithm: str
    state: str
    jwk: dict[str, Any]
    public_key: ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key as an administrator sees it."""

    kid: str
    use: str
    algorithm: str
    state: str
    created_at: datetime
    retired_at: datetime | None


def ensure_signing_keys(session: Session) -> None:
    """Make an active and a next key for every use that lacks one; safe to race."""
    for use in USES:
        for state in ("active", "next"):
            _add_key(session, use, state)


def rotate_signing_keys(session: Session) -> None:
    """One step of the ring for every use: next signs, active retires, a new next is published."""
    for use, (_, kept) in USES.items():
        for old, new in ROTATION:
            store.change_signing_key_state(session, use, old, new, session.at if new == "retired" else None)
        _add_key(session, use, "next")
        if kept is not None:
            store.delete_retired_signing_keys(session, use, session.at - kept)


def rotation_safe_from(session: Session) -> datetime:
    """From when on the next rotation fails no verifier, however old its copy of the published keys may be.

    The first pair was published together, so there was never a set without its next key.
    """
    times = store.list_signing_key_times(session)
    safe = [session.at]
    for use in USES:
        active, following = (times.get((use, state)) for state in ("active", "next"))
        if active is not None and following is not None and following != active:
            safe.append(following + PUBLISHED_FIRST)
    return max(safe)


def rewrap_signing_keys(session: Session, kek: UUID, kek_of: Callable[[bytes], UUID]) -> None:
    """Wrap every private key under the newest key-encryption key."""
    for row in store.list_private_signing_keys(session):
        if kek_of(row.private_sealed) != kek:
            owner = _owner(row.kid)
            fresh = session.keys.wrap(owner, session.keys.unwrap(owner, row.private_sealed))
            store.change_private_sealed(session, row.kid, fresh)


def active_signing_key(session: Session, use: str) -> SigningKey:
    """The key that signs now. Access: roles gateway, worker and sequencer."""
    row = store.find_active_signing_key(session, use)
    if row is None:
        raise Unavailable
    return _opened(session.keys, *row)  # type: ignore[arg-type]  # a key ring is hashable by identity


@lru_cache(maxsize=16)
def _opened(keys: KeyRing, kid: str, algorithm: str, private_sealed: bytes) -> SigningKey:
    """A private key out of its wrapping: the same bytes give the same key, so each is unwrapped once a process."""
    return SigningKey(kid, algorithm, _import(algorithm, keys.unwrap(_owner(kid), private_sealed)))


def list_public_keys(session: Session, use: str) -> list[PublicKey]:
    """All published keys of a use, oldest first."""
    return [
        PublicKey(row.kid, row.algorithm, row.state, row.public_jwk, _import(row.algorithm, row.public_jwk))
        for row in store.list_signing_keys(session, use)
    ]


def list_ring(session: Session) -> list[RingKey]:
    """Every key of every use without its private part: next, then active, then retired, newest first."""
    order = {"next": 0, "active": 1, "retired": 2}
    found = [RingKey(**row) for row in store.list_ring(session)]
    return sorted(
        found, key=lambda key: (list(USES).index(key.use), order[key.state], -key.created_at.timestamp())
    )


def _add_key(session: Session, use: str, state: str) -> None:
    algorithm = USES[use][0]
    key = ECKey.generate_key("P-256") if algorithm == "ES256" else OKPKey.generate_key("Ed25519")
    kid = key.thumbprint()
    jose_name = "EdDSA" if algorithm == "Ed25519" else algorithm
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": jose_name}
    store.add_signing_key(
        session,
        {
            "kid": kid,
            "use": use,
            "algorithm": algorithm,
            "state": state,
            "public_jwk": public,
            "private_sealed": session.keys.wrap(_owner(kid), key.as_pem(private=True)),
            "created_at": session.at,
        },
    )


def _import(algorithm: str, raw: Any) -> ECKey | OKPKey:
    return ECKey.import_key(raw) if algorithm == "ES256" else OKPKey.import_key(raw)


def _owner(kid: str) -> UUID:
    """The wrapping context of a private key: an id that no subject has."""
    return uuid5(_PRIVATE, kid)
