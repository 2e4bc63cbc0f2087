"""Userinfo: whom an access token is about, as its client may know them.

Standard: OpenID Connect Core section 5.3; the response is plain JSON.
"""

from typing import Any

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.clients import find_client
from services.gateway.oauth.claims_given import fields_of, read_claims
from services.gateway.oauth.claims_request import ClaimsRequest, restore
from services.gateway.oauth.tokens import names_at
from services.gateway.oauth.verified_claims import EVERYTHING
from services.gateway.store.oauth import find_live_grant


def read_userinfo(session: Session, actor: Actor) -> dict[str, Any]:
    """The claims that the token's scopes allow.

    A name is given with `profile`, and what the city has checked with `verified_identity`; only of the account's own
    person: who acts for a child proves a right to the child's services, not to hand the child's name to others.

    Access: the token carries `openid`; the guard has seen to it.
    Effects: one audit row when something is unsealed.
    """
    client = find_client(session, actor.client or "")
    if client is None or actor.account is None:
        raise NotFound
    subject = actor.subject or actor.account
    sub, acting = names_at(session, client, actor.account, subject)
    answer: dict[str, Any] = {"sub": sub}
    if acting is not None:
        answer["act"] = {"sub": acting}
        return answer
    found = read_claims(session, actor, _wanted(session, actor), actor.scopes)
    if found:
        details: dict[str, Any] = {"client": client.client_id, "fields": fields_of(found)}
        audit.append(session, actor, "gateway.userinfo.read", subject_id=subject, details=details)
    return answer | found


def _wanted(session: Session, actor: Actor) -> ClaimsRequest:
    """What the client asked for one by one, and all that a scope stands for where it asked for nothing of it."""
    if actor.account is None or actor.grant is None:
        raise NotFound
    grant = find_live_grant(session, actor.account, actor.grant)
    asked = restore(None if grant is None else grant.requested_claims).userinfo
    return ClaimsRequest(name=True, verified=EVERYTHING if asked.verified is None else asked.verified)
