"""Client credentials: a system acts as itself, for its own organisation, about no person in particular.

Standard: RFC 6749 section 4.4, RFC 9068 section 2.2 (`sub` is the client's own id).
"""

from typing import Any

from services import audit, ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway.access_tokens import LIFE, AccessTokenClaims, encode_access_token
from services.gateway.clients import Client
from services.gateway.oauth.errors import InvalidScope
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.tokens import confirmation, token_type


def issue_client_token(
    session: Session,
    issuer: Issuer,
    client: Client,
    *,
    scopes: tuple[str, ...],
    resources: tuple[str, ...],
    jkt: str | None,
) -> dict[str, Any]:
    """An access token for the client itself; without `scope`, for all that it registered for machines.

    It is bound to a key where the client proved to have one.

    Effects: one audit row `gateway.tokens.issued`.
    Raises: InvalidScope, InvalidTarget.
    """
    for_machines = tuple(scope for scope in client.scopes if issuer.catalogue.allowed(scope, "client"))
    wanted = scopes or for_machines
    if not wanted or not issuer.catalogue.covers(for_machines, wanted):
        raise InvalidScope("scope goes beyond what this client may have for itself.")
    carried = issuer.narrow(wanted, resources)
    claims = AccessTokenClaims(
        issuer=issuer.base_url,
        sub=client.client_id,
        audience=issuer.audience(carried),
        client_id=client.client_id,
        client_uuid=client.id,
        scopes=carried,
        token_id=ids.new_id(),
        account=None,
        subject=None,
        relation=Relation.SYSTEM.value,
        grant=None,
        acr=None,
        auth_time=None,
        issued_at=session.at,
        expires_at=session.at + LIFE,
        unit=client.unit,
        roles=(),
        kind="client",
        cnf=confirmation(client, jkt),
    )
    actor = Actor(kind=ActorKind.CLIENT, client=client.client_id, relation=Relation.SYSTEM)
    audit.append(session, actor, "gateway.tokens.issued", details={"client": client.client_id})
    return {
        "access_token": encode_access_token(session, claims),
        "token_type": token_type(jkt),
        "expires_in": int(LIFE.total_seconds()),
        "scope": " ".join(carried),
    }
