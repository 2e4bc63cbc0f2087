"""Keys: envelope encryption per subject, blind indexes, signing keys, rotation, shredding."""

from services.vault.chunks import seal_chunks, seal_place, unseal_chunks
from services.vault.errors import SealBroken, Shredded
from services.vault.keys import Keys, load_keys
from services.vault.parts import (
    PartCipher,
    create_part_keys,
    part_cipher_for,
    part_ciphers_for,
    shred_part,
)
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
from services.vault.store import data_key_of, part_key_of

__all__ = [
    "Cipher",
    "Keys",
    "PartCipher",
    "SealBroken",
    "Shredded",
    "blind_index",
    "cipher_for",
    "ciphers_for",
    "create_data_key",
    "create_part_keys",
    "data_key_of",
    "load_keys",
    "part_cipher_for",
    "part_ciphers_for",
    "part_key_of",
    "seal",
    "seal_chunks",
    "seal_place",
    "shred",
    "shred_part",
    "unseal",
    "unseal_chunks",
    "unseal_text",
]
