"""SMART Health Links: the payload of a link, and the files under its key. Pure but for the randomness of keys.

Standard: SMART Health Links, https://docs.smarthealthit.org/smart-health-links/spec (HL7 SHL Implementation Guide).
"""

import json
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime

from joserfc import jwe
from joserfc.jwk import OctKey

LONGEST_LABEL = 80
KEY_BYTES = 32
FHIR = "application/fhir+json"


def new_key() -> bytes:
    """A key of 32 bytes from the operating system: 43 characters in the link."""
    return secrets.token_bytes(KEY_BYTES)


def encrypted(content: bytes, key: bytes, content_type: str = FHIR) -> str:
    """A file as compact JWE: direct encryption, AES-256-GCM, deflated (RFC 7516; a fresh nonce for each)."""
    header = {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "cty": content_type}
    return jwe.encrypt_compact(header, content, OctKey.import_key(key), algorithms=["dir", "A256GCM", "DEF"])


def link(url: str, key: bytes, *, expires_at: datetime, flag: str, label: str) -> str:
    """The link as it goes into a QR code: `shlink:/` and the payload."""
    payload = {
        "url": url,
        "key": urlsafe_b64encode(key).rstrip(b"=").decode(),
        "exp": int(expires_at.timestamp()),
        **({"flag": flag} if flag else {}),
        **({"label": label} if label else {}),
        "v": 1,
    }
    raw = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return "shlink:/" + urlsafe_b64encode(raw).rstrip(b"=").decode()
