"""Token revocation: a client says that it is done with a token.

Standard: RFC 7009. An unknown token and another client's are answered alike, with 200: nothing is told.
"""

from services import audit
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway.access_tokens import AccessTokenClaims
from services.gateway.clients import Client
from services.gateway.oauth.holders import revoke_grant
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.presented import find_access_token, find_refresh_token
from services.gateway.store import oauth as store


def revoke_token(session: Session, issuer: Issuer, client: Client, token: str) -> None:
    """End an access token by itself, or with a refresh token the whole grant it belongs to.

    Effects: one row among the revoked tokens, or a revoked grant; one audit row.
    """
    claims = find_access_token(session, issuer, client, token)
    if claims is not None:
        _revoke_access_token(session, client, claims)
        return
    row = find_refresh_token(session, client, token)
    if row is not None:
        revoke_grant(
            session, row.subject_id, row.grant_id, client_id=client.client_id, reason="client_revoked"
        )


def _revoke_access_token(session: Session, client: Client, claims: AccessTokenClaims) -> None:
    if not store.add_revoked_token(session, claims.token_id, claims.expires_at):
        return
    actor = Actor(
        kind=ActorKind.CLIENT,
        account=claims.account,
        subject=claims.subject,
        relation=Relation(claims.relation),
        client=client.client_id,
        grant=claims.grant,
    )
    details = {"client": client.client_id, "token": str(claims.token_id)}
    people = tuple(dict.fromkeys(who for who in (claims.account, claims.subject) if who is not None))
    audit.append(session, actor, "gateway.token.revoked", subject_ids=people, details=details)
