"""A token for one purpose and one person, out of the one that was shown: never for more, and bound to the same key.

It hangs on the same grant: ended there, it is refused from the next request on.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services import audit, ids
from services.actor import Actor
from services.database.roles import Role
from services.database.session import Session
from services.gateway.access_tokens import AccessTokenClaims, encode_access_token


def issue_narrow_token(
    session: Session,
    actor: Actor,
    shown: AccessTokenClaims,
    *,
    scopes: Iterable[str],
    audience: str,
    patient: UUID,
    purpose: str,
    mandate: UUID,
    expires_at: datetime,
) -> str:
    """An access token with some of the scopes of the one shown, about one person and for one purpose.

    It is signed in the gateway's own role, which the transaction leaves again at once.

    Effects: one audit row `gateway.tokens.issued`.
    """
    claims = replace(
        shown,
        scopes=tuple(scope for scope in scopes if scope in shown.scopes),
        audience=(audience,),
        token_id=ids.new_id(),
        issued_at=session.at,
        expires_at=expires_at,
        patient=patient,
        purpose=purpose,
        mandate=mandate,
        authorization_details=(),
    )
    with session.entered(Role.GATEWAY):
        token = encode_access_token(session, claims)
    details = {"client": shown.client_id, **({} if shown.grant is None else {"grant": str(shown.grant)})}
    audit.append(session, actor, "gateway.tokens.issued", subject_id=actor.account, details=details)
    return token
