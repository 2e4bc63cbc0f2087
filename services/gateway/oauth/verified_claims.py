"""What the city has checked about who signed in, as `verified_claims`.

Standard: OpenID Connect for Identity Assurance 1.0 sections 5.1 to 5.4.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import residents
from services.gateway.oauth.claims_request import CHECKED, TRUST_FRAMEWORK, VerifiedRequest
from services.gateway.store import people as store
from services.vault import cipher_for

EVERYTHING = (VerifiedRequest(CHECKED, None),)


def find_verified_claims(
    session: Session, account: UUID, wanted: Sequence[VerifiedRequest]
) -> dict[str, Any] | list[dict[str, Any]] | None:
    """The checked claims of an account's own person that were asked for: one object, a list of several, or None.

    Only residents came with an ID number that was checked.

    Effects: the caller writes the audit row, since it knows why.
    """
    try:
        row = store.get_resident(session, account)
    except NotFound:
        return None
    fresh = [
        one
        for one in wanted
        if one.max_age is None or session.at - row.created_at <= timedelta(seconds=one.max_age)
    ]
    if not fresh:
        return None
    unseal = cipher_for(session, account).unseal_text
    columns = residents.c
    known = {
        "name": unseal(columns.name_sealed, account, row.name_sealed),
        "birthdate": unseal(columns.born_on_sealed, account, row.born_on_sealed),
    }
    checked_at = row.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = [
        {
            "verification": {"trust_framework": TRUST_FRAMEWORK, "time": checked_at},
            "claims": {name: known[name] for name in one.claims},
        }
        for one in fresh
    ]
    return found[0] if len(found) == 1 else found
