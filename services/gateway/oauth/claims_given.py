"""The claims about a person that scopes and the `claims` parameter let a client have, in whatever place.

Standard: OpenID Connect Core sections 5.4 and 5.5.
"""

from collections.abc import Collection
from typing import Any

from services.actor import Actor
from services.database.session import Session
from services.gateway.oauth.claims_request import PROFILE, VERIFIED, VERIFIED_CLAIMS, ClaimsRequest
from services.gateway.oauth.names import find_own_name
from services.gateway.oauth.verified_claims import find_verified_claims


def read_claims(
    session: Session, actor: Actor, wanted: ClaimsRequest, scopes: Collection[str]
) -> dict[str, Any]:
    """Of what is wanted, what the scopes cover, about the account's own person.

    Effects: the caller writes the audit row, since it knows why.
    """
    found: dict[str, Any] = {}
    if wanted.name and PROFILE in scopes:
        name = find_own_name(session, actor)
        found |= {} if name is None else {"name": name}
    if wanted.verified and VERIFIED in scopes and actor.account is not None:
        verified = find_verified_claims(session, actor.account, wanted.verified)
        found |= {} if verified is None else {VERIFIED_CLAIMS: verified}
    return found


def fields_of(found: dict[str, Any]) -> list[str]:
    """What was unsealed, for the audit row."""
    fields = {name for name in found if name != VERIFIED_CLAIMS}
    verified = found.get(VERIFIED_CLAIMS, [])
    for one in verified if isinstance(verified, list) else [verified]:
        fields |= set(one["claims"])
    return sorted(fields)
