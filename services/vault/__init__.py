"""Keys: envelope encryption per subject, blind indexes, signing keys, rotation, shredding."""

from services.vault.errors import SealBroken, Shredded
from services.vault.keys import Keys, load_keys
from services.vault.sealing import (
    Cipher,
    blind_index,
    cipher_for,
    ciphers_for,
    create_data_key,
    seal,
    shred,
    unseal,
    unseal_text,
)
from services.vault.store import data_key_of

__all__ = [
    "Cipher",
    "Keys",
    "SealBroken",
    "Shredded",
    "blind_index",
    "cipher_for",
    "ciphers_for",
    "create_data_key",
    "data_key_of",
    "load_keys",
    "seal",
    "shred",
    "unseal",
    "unseal_text",
]
