"""Ciphertexts name their algorithm and key, open only in their place, and fail closed."""

import os
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.settings import Settings, SettingsError, load
from services.vault import envelope
from services.vault.errors import SealBroken
from services.vault.keys import Keys, load_keys

KEY = bytes(range(32))
KEY_ID = UUID(int=7)


def demo(folder: Path, **more: str) -> Settings:
    return load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(folder), **more})


def test_seal_opened_in_its_place_gives_the_content() -> None:
    sealed = envelope.seal(KEY, KEY_ID, b"content", b"place")
    assert envelope.unseal(KEY, sealed, b"place") == b"content"
    assert envelope.key_id_of(sealed) == KEY_ID
    assert sealed[:2] == bytes((envelope.VERSION, envelope.AES_256_GCM.number))


def test_seal_of_the_same_content_twice_differs() -> None:
    sealed = {envelope.seal(KEY, KEY_ID, b"content", b"place") for _ in range(1000)}
    assert len({one[18:30] for one in sealed}) == 1000


def test_seal_with_any_bit_flipped_fails_closed() -> None:
    sealed = envelope.seal(KEY, KEY_ID, b"content", b"place")
    for place in (*range(2), *range(18, len(sealed))):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            envelope.unseal(KEY, bytes(broken), b"place")


@pytest.mark.parametrize(("key", "context"), [(bytes(32), b"place"), (KEY, b"elsewhere")])
def test_seal_with_another_key_or_place_fails_closed(key: bytes, context: bytes) -> None:
    sealed = envelope.seal(KEY, KEY_ID, b"content", b"place")
    with pytest.raises(SealBroken):
        envelope.unseal(key, sealed, context)


def test_seal_cut_short_fails_closed() -> None:
    with pytest.raises(SealBroken):
        envelope.unseal(KEY, b"\x01\x01short", b"place")


def test_keys_in_demo_are_made_once_and_private(folder: Path) -> None:
    first = load_keys(demo(folder))
    assert load_keys(demo(folder)).active_kek == first.active_kek
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder / "keys").iterdir() if path.name[0] != "."}
    assert modes == {0o600}


def test_keys_missing_in_production_refuse_by_name(folder: Path) -> None:
    settings = load(
        {
            "CITIZEN_MODE": "production",
            "CITIZEN_KEYS_DIR": str(folder / "none"),
            "CITIZEN_DATABASE_URL": "postgresql://x",
            "CITIZEN_BASE_URL": "https://citizen.example",
        }
    )
    with pytest.raises(SettingsError, match="CITIZEN_KEYS_DIR"):
        load_keys(settings)


def test_key_readable_by_others_refuses_by_name(folder: Path) -> None:
    load_keys(demo(folder))
    (folder / "keys" / "index").chmod(0o640)
    with pytest.raises(SettingsError, match="0600"):
        load_keys(demo(folder))


def test_wrapped_key_for_another_owner_does_not_open(folder: Path) -> None:
    keys = load_keys(demo(folder))
    wrapped = keys.wrap(uuid4(), os.urandom(32))
    with pytest.raises(SealBroken):
        keys.unwrap(uuid4(), wrapped)


def test_wrapped_key_after_a_rotation_elsewhere_still_opens(folder: Path) -> None:
    ours, theirs = load_keys(demo(folder)), load_keys(demo(folder))
    owner, key = uuid4(), os.urandom(32)
    old = ours.wrap(owner, key)
    theirs.add_kek()
    assert ours.unwrap(owner, theirs.wrap(owner, key)) == key
    assert theirs.unwrap(owner, old) == key


def test_blind_index_depends_on_field_and_value_and_key(folder: Path) -> None:
    keys = load_keys(demo(folder))
    other: Keys = load_keys(demo(folder / "other"))
    found = {
        keys.index("phone", "1"),
        keys.index("phone", "2"),
        keys.index("name", "1"),
        other.index("phone", "1"),
    }
    assert len(found) == 4
    assert keys.index("phone", "1") == keys.index("phone", "1")


def test_reference_opens_for_its_purpose_alone(folder: Path) -> None:
    keys = load_keys(demo(folder))
    token = keys.seal_reference("cursor", b"content")
    assert keys.open_reference("cursor", token) == b"content"
    assert keys.open_reference("form", token) is None
    assert keys.open_reference("cursor", token[:-2] + "AA") is None
    assert keys.open_reference("cursor", "not base64 at all €") is None
