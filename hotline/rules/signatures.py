"""Signatures of messages that programs send us. Pure.

Standard: Standard Webhooks 1.0 (standardwebhooks.com), scheme v1: HMAC-SHA256 over `id.timestamp.body`.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
MOST_ID = 256


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a message, as its header carries it."""
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether a message was signed within five minutes of now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()


def is_signed(key: bytes, message_id: str, timestamp: str, body: bytes, signatures: str) -> bool:
    """Whether one of the header's signatures is this key's; several stand there while a key is exchanged."""
    wanted = sign(key, message_id, timestamp, body).encode()
    return any(hmac.compare_digest(one.encode(), wanted) for one in signatures.split(" ")[:10])
