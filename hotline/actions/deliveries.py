"""Who sent a signed message, and whether it was taken before."""

from datetime import timedelta

from hotline import store
from hotline.actions.keys import signing_keys
from hotline.errors import SignatureRefused
from hotline.rules.channels import Channel
from hotline.rules.signatures import MOST_ID, TOLERANCE, is_fresh, is_signed
from services import vault
from services.actor import Actor
from services.database.session import Session

# Longer than a message stays fresh, and some.
KEPT_FOR = 2 * TOLERANCE + timedelta(minutes=5)


def take_delivery(
    session: Session,
    *,
    channel: Channel,
    message_id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
) -> tuple[Actor, bool]:
    """(program, whether the message is new). What was taken before must have no effect again.

    Effects: the message's id is spent. Raises: SignatureRefused 403.
    """
    if not 1 <= len(message_id) <= MOST_ID or not is_fresh(timestamp, session.at):
        raise SignatureRefused
    for program, key in signing_keys(session, channel):
        if is_signed(key, message_id, timestamp, body, signatures):
            digest = vault.blind_index(session, "hotline.delivery", f"{program.client}:{message_id}")
            return program, store.add_delivery(session, digest)
    raise SignatureRefused


def forget_deliveries(session: Session) -> int:
    """Forget what could not be sent again anyway; how many. Access: the worker."""
    return store.forget_deliveries(session, session.at - KEPT_FOR)
