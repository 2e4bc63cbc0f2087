"""Browsers that are known: where an account has signed in before, strangers' mistakes do not count.

The cookie holds, sealed, pairs of account and device, because people share browsers. It proves nothing by
itself: the pair must still stand in the database, and all it buys is a counter of one's own.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from services import ids
from services.database.session import Session
from services.gateway.store import page_sessions as store
from services.ports import KeyRing

PURPOSE = "device"
NAME = "citizen_device"
REMEMBERED = timedelta(days=180)
MOST_ACCOUNTS = 8
_NOBODY = UUID(int=0)
_PAIR = 32

Devices = Mapping[UUID, UUID]


def open_devices(keys: KeyRing, sealed: str | None) -> Devices:
    """The accounts a browser says it knows, each with the device's id there."""
    content = keys.open_reference(PURPOSE, sealed) if sealed else None
    if content is None or len(content) % _PAIR:
        return {}
    pairs = (content[start : start + _PAIR] for start in range(0, len(content), _PAIR))
    return {UUID(bytes=pair[:16]): UUID(bytes=pair[16:]) for pair in pairs}


def seal_devices(keys: KeyRing, devices: Devices) -> str:
    """The cookie's value; the accounts added last are kept."""
    kept = list(devices.items())[-MOST_ACCOUNTS:]
    return keys.seal_reference(PURPOSE, b"".join(account.bytes + device.bytes for account, device in kept))


def find_device(session: Session, account: UUID | None, devices: Devices) -> UUID | None:
    """The device, if this account really signed in there. Asks once whoever it is, to take as long."""
    device = devices.get(account or _NOBODY)
    is_known = store.find_device(session, account or _NOBODY, device or _NOBODY, session.at - REMEMBERED)
    return device if is_known else None


def remember_device(session: Session, account: UUID, devices: Devices) -> Devices:
    """What the browser knows after a sign-in of this account.

    Effects: a device row made or marked as seen; those long unseen are forgotten.
    """
    device = find_device(session, account, devices)
    if device is None:
        device = ids.new_id()
        store.add_device(session, account, device)
    else:
        store.change_device_seen(session, account, device)
    store.delete_devices(session, account, session.at - REMEMBERED)
    others = {other: known for other, known in devices.items() if other != account}
    return {**others, account: device}
