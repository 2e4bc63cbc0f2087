"""What would have gone to phones and mailboxes, read from the queue as the job that sends it does; and to inboxes."""

import json
import re
from uuid import UUID

from sqlalchemy import select

from services.database.transaction import Database
from services.gateway.models import one_time_codes
from services.gateway.people.texts import PURPOSE
from services.notices.models import messages
from tests.support.people import GATEWAY


def texts_to(database: Database, address: str) -> list[str]:
    """Texts that wait for this receiver, oldest first; the decoys that go to nobody are left out."""
    with database.transaction(GATEWAY) as session:
        rows = session.execute(
            select(one_time_codes.c.message_sealed)
            .where(one_time_codes.c.message_sealed.is_not(None))
            .order_by(one_time_codes.c.id)
        ).scalars()
        opened = [
            json.loads(database.keys.open_reference(PURPOSE, row.decode()) or b"[0, 0, 0]") for row in rows
        ]
    return [text for channel, to, text in opened if to == address and channel != "nobody"]


def last_code(database: Database, address: str) -> str:
    """The code in the newest text to this receiver."""
    found = [
        code for text in texts_to(database, address) for code in re.findall(r"(?:码|is) ([0-9]{6})\b", text)
    ]
    return str(found[-1])


def notices_of(database: Database, account: UUID) -> list[str]:
    """The kinds of all that was put into somebody's inbox."""
    with database.transaction(GATEWAY) as session:
        session.raw("SELECT set_config('citizen.account', %s, true)", (str(account),))
        return list(
            session.execute(select(messages.c.kind).where(messages.c.subject_id == account)).scalars()
        )
