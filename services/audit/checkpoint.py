"""Signed checkpoints in the form of a C2SP signed note: readable text, one Ed25519 signature line. Pure.

citizen-services/audit
<tree size>
<root, base64>
<instant, RFC 3339>

— citizen-services/audit <key hint and signature, base64>
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ORIGIN = "citizen-services/audit"
ALGORITHM = b"\x01"  # Ed25519 in signed notes
EM_DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says."""

    tree_size: int
    root: bytes
    at: str


def key_hint(public_raw: bytes) -> bytes:
    """The first four bytes of SHA-256 over name, newline, algorithm and key."""
    return hashlib.sha256(ORIGIN.encode() + b"\n" + ALGORITHM + public_raw).digest()[:4]


def sign_checkpoint(key: Ed25519PrivateKey, *, tree_size: int, root: bytes, at: datetime) -> str:
    """The note of a tree."""
    text = f"{ORIGIN}\n{tree_size}\n{base64.b64encode(root).decode()}\n{at.isoformat(timespec='seconds')}\n"
    signature = key_hint(key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n{EM_DASH} {ORIGIN} {base64.b64encode(signature).decode()}\n"


def read_checkpoint(note: str, key: Ed25519PublicKey) -> Checkpoint | None:
    """What a note says, or None when its signature or form is not right."""
    text, _, tail = note.partition("\n\n")
    text += "\n"
    lines = text.splitlines()
    prefix = f"{EM_DASH} {ORIGIN} "
    if len(lines) != 4 or lines[0] != ORIGIN or not tail.startswith(prefix) or not lines[1].isdigit():
        return None
    try:
        signature = base64.b64decode(tail.removeprefix(prefix).strip(), validate=True)
        key.verify(signature[4:], text.encode())
        if signature[:4] != key_hint(key.public_bytes_raw()):
            return None
        return Checkpoint(int(lines[1]), base64.b64decode(lines[2], validate=True), lines[3])
    except (InvalidSignature, ValueError):
        return None
