"""Access tokens: RFC 9068 JWTs signed with ES256, five minutes long, never stored.

What the suite itself needs (account, subject, grant) travels in `ref`, a sealed reference that only the guard
opens: outside programs see a pairwise `sub` and nothing that links two clients.
"""

import hashlib
import json
import threading
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services import clock
from services.database.session import Session
from services.ports import KeyRing
from services.vault.signing import PublicKey, active_signing_key
from services.web.json_reader import MalformedJson, read

LIFE = timedelta(minutes=5)
ALGORITHMS = ["ES256"]
REFERENCE = "access-token"
CACHE_SIZE = 20_000
SKEW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenClaims:
    """What an access token says, to the outside and (through `ref`) to the guard.

    `kind` is `resident`, `staff` or `client`. `grant` is the token's family for people; for machine clients
    it is None and `client_uuid` is checked instead. `actors` is None but for tokens that came by exchange:
    those who act, the latest first, as labels of `oauth/acting.py`; `act` is what outside programs see of it.
    `patient` is the one resident whose file SMART's `patient/` scopes reach. `purpose` is what the token is for, where
    it is for one alone, and `mandate` that by which it is so.
    """

    issuer: str
    sub: str
    audience: tuple[str, ...]
    client_id: str
    client_uuid: UUID
    scopes: tuple[str, ...]
    token_id: UUID
    account: UUID | None
    subject: UUID | None
    relation: str
    grant: UUID | None
    acr: str | None
    auth_time: datetime | None
    issued_at: datetime
    expires_at: datetime
    unit: str | None
    roles: tuple[str, ...]
    kind: str
    cnf: Mapping[str, str] = field(default_factory=dict)
    act: Mapping[str, Any] | None = None
    actors: tuple[str, ...] | None = None
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    patient: UUID | None = None
    purpose: str | None = None
    mandate: UUID | None = None


def encode_access_token(session: Session, claims: AccessTokenClaims) -> str:
    """Sign claims with the active token key.

    Standard: RFC 9068 sections 2.1 and 2.2 (`typ: at+jwt`; iss, exp, aud, sub, client_id, iat, jti, auth_time,
        acr, scope), RFC 8693 section 4.1 (act), RFC 9396 section 9.1 (authorization_details).
    """
    key = active_signing_key(session, "token")
    payload: dict[str, Any] = {
        "iss": claims.issuer,
        "sub": claims.sub,
        "aud": list(claims.audience),
        "client_id": claims.client_id,
        "scope": " ".join(claims.scopes),
        "jti": str(claims.token_id),
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
        "ref": session.keys.seal_reference(REFERENCE, _reference(claims)),
    }
    if claims.cnf:
        payload["cnf"] = dict(claims.cnf)
    if claims.act:
        payload["act"] = dict(claims.act)
    if claims.authorization_details:
        payload["authorization_details"] = [dict(detail) for detail in claims.authorization_details]
    if claims.acr:
        payload["acr"] = claims.acr
    if claims.auth_time:
        payload["auth_time"] = int(claims.auth_time.timestamp())
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, payload, cast("ECKey", key.private_key), algorithms=ALGORITHMS)


def _reference(claims: AccessTokenClaims) -> bytes:
    inner = {
        "a": claims.account and str(claims.account),
        "s": claims.subject and str(claims.subject),
        "g": claims.grant and str(claims.grant),
        "c": str(claims.client_uuid),
        "r": claims.relation,
        "k": claims.kind,
        "u": claims.unit,
        "o": list(claims.roles),
        "j": str(claims.token_id),
    }
    if claims.actors is not None:
        inner["x"] = list(claims.actors)
    if claims.patient is not None:
        inner["p"] = str(claims.patient)
    if claims.purpose is not None:
        inner["w"] = claims.purpose
    if claims.mandate is not None:
        inner["m"] = str(claims.mandate)
    return json.dumps(inner, separators=(",", ":")).encode()


class AccessTokenReader:
    """Verifies access tokens; remembers verified ones by SHA-256 until they expire.

    The memory never decides whether a grant still lives: `gateway.open_request` does, on every request.
    """

    def __init__(self, *, issuer: str, keys: KeyRing, public_keys: Callable[[], Iterable[PublicKey]]) -> None:
        self._issuer = issuer
        self._keys = keys
        self._load = public_keys
        self._public: dict[str, PublicKey] = {}
        self._loaded_at = datetime.min.replace(tzinfo=UTC)
        self._verified: OrderedDict[bytes, AccessTokenClaims] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, token: str) -> AccessTokenClaims | None:
        """The claims of a genuine, unexpired token of ours, or None. All failures look the same."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._verify(token)
            if claims is None:
                return None
            with self._lock:
                self._verified[digest] = claims
                while len(self._verified) > CACHE_SIZE:
                    self._verified.popitem(last=False)
        if claims.expires_at <= clock.now():
            self._verified.pop(digest, None)
            return None
        return claims

    def _verify(self, token: str) -> AccessTokenClaims | None:
        try:
            return self._decode(token)
        except (JoseError, MalformedJson, ValueError, KeyError, TypeError, AttributeError, UnicodeError):
            return None

    def _decode(self, token: str) -> AccessTokenClaims | None:
        header = _header_of(token)
        is_ours = header.get("alg") == "ES256" and header.get("typ") == "at+jwt" and "crit" not in header
        key = self._key(header.get("kid")) if is_ours else None
        if key is None:
            return None
        signed = jws.deserialize_compact(token, cast("ECKey", key.public_key), algorithms=ALGORITHMS)
        # Strictly: a claim that stands there twice would be read differently by different readers.
        payload = read(signed.payload)
        issued_at = datetime.fromtimestamp(payload["iat"], UTC)
        expires_at = datetime.fromtimestamp(payload["exp"], UTC)
        starts_at = datetime.fromtimestamp(payload["nbf"] if "nbf" in payload else payload["iat"], UTC)
        if payload["iss"] != self._issuer or max(issued_at, starts_at) > clock.now() + SKEW:
            return None
        content = self._keys.open_reference(REFERENCE, payload["ref"])
        if content is None:
            return None
        inner = json.loads(content)
        if inner["j"] != payload["jti"]:
            return None
        auth_time = payload.get("auth_time")
        return AccessTokenClaims(
            issuer=payload["iss"],
            sub=payload["sub"],
            audience=tuple(payload["aud"]),
            client_id=payload["client_id"],
            client_uuid=UUID(inner["c"]),
            scopes=tuple(payload["scope"].split()),
            token_id=UUID(payload["jti"]),
            account=inner["a"] and UUID(inner["a"]),
            subject=inner["s"] and UUID(inner["s"]),
            relation=inner["r"],
            grant=inner["g"] and UUID(inner["g"]),
            acr=payload.get("acr"),
            auth_time=None if auth_time is None else datetime.fromtimestamp(auth_time, UTC),
            issued_at=issued_at,
            expires_at=expires_at,
            unit=inner["u"],
            roles=tuple(inner["o"]),
            kind=inner["k"],
            cnf=dict(payload.get("cnf", {})),
            act=payload.get("act"),
            actors=tuple(inner["x"]) if "x" in inner else None,
            authorization_details=tuple(payload.get("authorization_details", ())),
            patient=UUID(inner["p"]) if "p" in inner else None,
            purpose=inner.get("w"),
            mandate=UUID(inner["m"]) if "m" in inner else None,
        )

    def _key(self, kid: object) -> PublicKey | None:
        """A published key by id; an unknown id reloads the ring, at most once a second."""
        found = self._public.get(kid) if isinstance(kid, str) else None
        stale = clock.now() - self._loaded_at
        if (found is None and stale > timedelta(seconds=1)) or stale > timedelta(minutes=1):
            self._public = {key.kid: key for key in self._load()}
            self._loaded_at = clock.now()
            found = self._public.get(kid) if isinstance(kid, str) else None
        return found


def _header_of(token: str) -> dict[str, Any]:
    first, _, rest = token.partition(".")
    if rest.count(".") != 1:
        return {}
    header = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    return header if isinstance(header, dict) else {}
