"""Userinfo: whom an access token is about, as its client may know them.

Standard: OpenID Connect Core section 5.3; the response is plain JSON.
"""

from typing import Any

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.clients import find_client
from services.gateway.oauth.names import find_own_name
from services.gateway.oauth.tokens import names_at


def read_userinfo(session: Session, actor: Actor) -> dict[str, Any]:
    """The claims that the token's scopes allow.

    A name is given with `profile`, and only of the account's own person: who acts for a child proves a right
    to the child's services, not to hand the child's name to others.

    Access: the token carries `openid`; the guard has seen to it.
    Effects: one audit row when a name is unsealed.
    """
    client = find_client(session, actor.client or "")
    if client is None or actor.account is None:
        raise NotFound
    subject = actor.subject or actor.account
    sub, acting = names_at(session, client, actor.account, subject)
    answer: dict[str, Any] = {"sub": sub}
    if acting is not None:
        answer["act"] = {"sub": acting}
    elif actor.has("profile"):
        name = find_own_name(session, actor)
        answer |= {} if name is None else {"name": name}
        details: dict[str, Any] = {"client": client.client_id, "fields": ["name"]}
        audit.append(session, actor, "gateway.userinfo.read", subject_id=subject, details=details)
    return answer
