"""The process's keys, from the files of `CITIZEN_KEYS_DIR`; they never enter the database or its backups.

Files: `kek-<uuid>` (key-encryption keys; the newest by name wraps, all unwrap), `index` (blind indexes),
`reference` (sealed references). Each holds 32 random bytes in hex and is readable by its owner alone.
"""

import fcntl
import hmac
import os
import secrets
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services import ids
from services.settings import Settings, SettingsError
from services.vault import envelope
from services.vault.errors import SealBroken

KEY_BYTES = 32
KEK = "kek-"
NAMED = ("index", "reference")
# Namespace of the key ids that sealed references carry in their header.
REFERENCES = UUID("6f1ae7a4-5a4b-4c1e-9b6e-0c4d6a2e7b11")


class Keys:
    """Implements `services.ports.KeyRing`. Shared by all threads; files are read again when a key is unknown."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keks = _read_keks(folder)
        if not self._keks:
            raise SettingsError(f"CITIZEN_KEYS_DIR: {folder} holds no key-encryption key (a file kek-…)")
        self._index = _read(folder / "index")
        self._reference = _read(folder / "reference")
        self._field_key = lru_cache(maxsize=256)(self._derive)

    @property
    def active_kek(self) -> UUID:
        """The id of the key-encryption key that wraps; ids are UUIDv7, so the newest sorts last."""
        return max(self._keks)

    def wrap(self, owner_id: UUID, data_key: bytes) -> bytes:
        """See KeyRing.wrap."""
        kek = self.active_kek
        return envelope.seal(self._keks[kek], kek, data_key, _wrapping_context(owner_id))

    def unwrap(self, owner_id: UUID, wrapped: bytes) -> bytes:
        """See KeyRing.unwrap. A key-encryption key made by another process since we started is read now."""
        kek = envelope.key_id_of(wrapped)
        if kek not in self._keks:
            self._keks = _read_keks(self._folder)
        if kek not in self._keks:
            raise SealBroken
        return envelope.unseal(self._keks[kek], wrapped, _wrapping_context(owner_id))

    def index(self, field: str, value: str) -> bytes:
        """See KeyRing.index. HMAC-SHA256 under a key derived for this field alone."""
        return hmac.digest(self._field_key(b"index:" + field.encode(), self._index), value.encode(), "sha256")

    def seal_reference(self, purpose: str, content: bytes) -> str:
        """See KeyRing.seal_reference."""
        key = self._field_key(b"reference:" + purpose.encode(), self._reference)
        sealed = envelope.seal(key, uuid5(REFERENCES, purpose), content, purpose.encode())
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open_reference(self, purpose: str, token: str) -> bytes | None:
        """See KeyRing.open_reference."""
        key = self._field_key(b"reference:" + purpose.encode(), self._reference)
        try:
            raw = token.encode("ascii")
            return envelope.unseal(key, urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)), purpose.encode())
        except (SealBroken, NotBase64, ValueError):
            return None

    def add_kek(self) -> UUID:
        """Make a new key-encryption key, which wraps from now on."""
        made = ids.new_id()
        _write(self._folder / f"{KEK}{made}")
        self._keks = _read_keks(self._folder)
        return made

    def kek_of(self, wrapped: bytes) -> UUID:
        """Under which key-encryption key a data key is wrapped."""
        return envelope.key_id_of(wrapped)

    @staticmethod
    def _derive(purpose: bytes, master: bytes) -> bytes:
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(master)


def load_keys(settings: Settings) -> Keys:
    """Load the keys; in the demo they are made when there are none.

    Raises: SettingsError naming CITIZEN_KEYS_DIR when it is missing, empty, or readable by others.
    """
    folder = settings.keys_dir
    if settings.is_demo:
        _make_missing(folder)
    elif not folder.is_dir():
        raise SettingsError(f"CITIZEN_KEYS_DIR: {folder} is not there; production makes no keys by itself")
    return Keys(folder)


def _make_missing(folder: Path) -> None:
    """Make the demo's keys once, also when several processes start together."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not list(folder.glob(KEK + "*")):
                _write(folder / f"{KEK}{ids.new_id()}")
            for name in NAMED:
                if not (folder / name).exists():
                    _write(folder / name)
    except OSError as error:
        raise SettingsError(f"CITIZEN_KEYS_DIR: {folder} cannot be written ({error.strerror})") from None


def _write(path: Path) -> None:
    """Write a fresh key whole or not at all, readable by us alone."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise SettingsError(f"CITIZEN_KEYS_DIR: {path} can be read by others; give it mode 0600")
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        raise SettingsError(f"CITIZEN_KEYS_DIR: {path} is missing or is no key of 32 bytes in hex") from None
    if len(key) != KEY_BYTES:
        raise SettingsError(f"CITIZEN_KEYS_DIR: {path} is no key of 32 bytes in hex")
    return key


def _read_keks(folder: Path) -> dict[UUID, bytes]:
    try:
        return {UUID(path.name.removeprefix(KEK)): _read(path) for path in folder.glob(KEK + "*")}
    except ValueError:
        raise SettingsError(
            f"CITIZEN_KEYS_DIR: {folder} holds a kek file that is not named by a UUID"
        ) from None


def _wrapping_context(owner_id: UUID) -> bytes:
    return b"vault.data_keys|" + owner_id.bytes
