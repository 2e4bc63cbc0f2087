"""The authorization code: issued after a yes, spent once within a minute; a second use ends the whole grant.

Standard: RFC 6749 section 4.1, RFC 9700 section 2.1.1, OAuth 2.1 section 4.1.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services import ids
from services.actor import Actor
from services.database.session import Session
from services.gateway.catalogue import ONLINE
from services.gateway.clients import Client
from services.gateway.models import grants
from services.gateway.oauth import pkce
from services.gateway.oauth.authorization_details import Details, seal_details
from services.gateway.oauth.authorization_request import AuthorizationRequest
from services.gateway.oauth.claims_request import NOTHING, Wanted
from services.gateway.oauth.errors import InvalidGrant, InvalidTarget, ReplayedGrant
from services.gateway.oauth.handles import Handle, new_handle, read_handle
from services.gateway.oauth.holders import revoke_grant
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.ledger import Details as Facts
from services.gateway.oauth.ledger import append_about
from services.gateway.oauth.smart.launches import spend_launch
from services.gateway.oauth.tokens import issue_tokens
from services.gateway.people.relations import find_standing
from services.gateway.people.sessions import PageSession
from services.gateway.store import oauth as store

LIFE = timedelta(seconds=60)
GRANT_LIFE = timedelta(days=30)
REFUSED = "The code is unknown, expired, already used, or another client's."


def issue_code(
    session: Session,
    actor: Actor,
    *,
    request: AuthorizationRequest,
    page: PageSession,
    consent: UUID,
    scopes: tuple[str, ...],
    details: Details = (),
) -> str:
    """Open a grant for the actor's subject and hand out the code that redeems it.

    Effects: one grant, one code (its digest), one audit row `gateway.code.issued`; a launch is spent.
    Raises: InvalidRequest when the launch was.
    """
    client, expires_at = request.client, session.at + LIFE
    patient = spend_launch(session, request, page.account)
    told = replace(page, acr=request.acr_request.told(page.acr))
    grant_id = open_grant(
        session,
        actor,
        client,
        told,
        consent,
        scopes,
        details=details,
        wanted=request.wanted,
        patient=patient,
    )
    secret, handle = new_handle(expires_at)
    code = {
        "digest": handle.digest,
        "expires_on": handle.expires_on,
        "subject_id": page.account,
        "grant_id": grant_id,
        "client_id": client.client_id,
        "redirect_uri": request.redirect_uri,
        "scopes": list(scopes),
        "code_challenge": request.code_challenge,
        "nonce": request.nonce,
        "resources": list(request.resources),
        "dpop_jkt": request.dpop_jkt,
        "expires_at": expires_at,
        "consumed_at": None,
    }
    store.add_code(session, code)
    subject = actor.subject or page.account
    facts: Facts = {"client": client.client_id, "grant": str(grant_id), "scopes": list(scopes)}
    append_about(session, actor, "gateway.code.issued", page.account, subject, facts)
    return secret


def open_grant(
    session: Session,
    actor: Actor,
    client: Client,
    page: PageSession,
    consent: UUID,
    scopes: tuple[str, ...],
    *,
    grant_id: UUID | None = None,
    details: Details = (),
    wanted: Wanted = NOTHING,
    patient: UUID | None = None,
) -> UUID:
    """Insert the grant: as long as the page session, or 30 days where it may outlast that."""
    grant_id = grant_id or ids.new_id()
    row = store.find_live_session(session, page.account, page.session)
    session_end = row.expires_at if row is not None else session.at
    longest = session.at + GRANT_LIFE
    expires_at = longest if "offline_access" in scopes else session_end
    if ONLINE in scopes:
        # Its refresh tokens need a partition for the day on which they expire.
        expires_at = min(expires_at, longest)
    grant = {
        "subject_id": page.account,
        "id": grant_id,
        "client_id": client.client_id,
        "consent_id": consent,
        "session_id": page.session,
        "first_session_id": page.session,
        "for_subject_id": actor.subject or page.account,
        "relation": actor.relation.value,
        "scopes": list(scopes),
        "authorization_details_sealed": seal_details(
            session, grants.c.authorization_details_sealed, page.account, grant_id, details
        ),
        "requested_claims": wanted.stored(),
        "patient_id": patient,
        "acr": page.acr,
        "amr": list(page.amr),
        "auth_time": page.auth_time,
        "given_at": session.at,
        "expires_at": min(expires_at, _relation_end(session, actor, page) or expires_at),
        "revoked_at": None,
        "revoked_because": None,
    }
    store.add_grant(session, grant)
    return grant_id


def _relation_end(session: Session, actor: Actor, page: PageSession) -> datetime | None:
    """When the relation ends that a grant about somebody else stands on."""
    if actor.subject is None or actor.subject == page.account:
        return None
    standing = find_standing(session, page.account, actor.subject, session.at)
    return None if standing is None else standing.ends_at


def redeem_code(
    session: Session,
    issuer: Issuer,
    client: Client,
    *,
    code: str,
    redirect_uri: str,
    verifier: str | None,
    resources: tuple[str, ...],
    jkt: str | None,
    details: str | None = None,
) -> dict[str, Any]:
    """Spend a code for tokens; `jkt` is the thumbprint of the key that the client proved to have, if any.

    A failed attempt (another client's, a wrong verifier) undoes its own spending with the transaction: a
    thief without the verifier cannot burn the honest client's code.

    Effects: the code is spent, tokens are issued. On a replay the grant is revoked, and that is kept.
    Raises: InvalidGrant, ReplayedGrant, LostGrant, InvalidTarget.
    """
    handle = read_handle(code)
    if handle is None:
        raise InvalidGrant(REFUSED)
    row = store.consume_code(session, handle.digest, handle.expires_on)
    if row is None:
        raise _why_not(session, client, handle)
    if row.client_id != client.client_id or row.expires_at <= session.at:
        raise InvalidGrant(REFUSED)
    if row.redirect_uri != redirect_uri:
        raise InvalidGrant("redirect_uri is not the one of the authorization request.")
    pkce.check_verifier(verifier, row.code_challenge)
    if row.dpop_jkt is not None and row.dpop_jkt != jkt:
        # RFC 9449 section 10.
        raise InvalidGrant("The code is bound to another key.")
    grant = store.find_live_grant(session, row.subject_id, row.grant_id)
    if grant is None:
        raise InvalidGrant("The grant has ended.")
    if row.resources and set(resources) - set(row.resources):
        raise InvalidTarget("resource was not part of the authorization request.")
    agreed = issuer.narrow(tuple(row.scopes), tuple(row.resources))
    return issue_tokens(
        session,
        issuer,
        client,
        grant,
        scopes=issuer.narrow(agreed, resources),
        refresh_scopes=agreed,
        nonce=row.nonce,
        jkt=jkt,
        details=details,
    )


def _why_not(session: Session, client: Client, handle: Handle) -> InvalidGrant:
    """RFC 6749 section 4.1.2: a code used more than once takes the tokens it brought with it."""
    row = store.find_code(session, handle.digest, handle.expires_on)
    if row is None or row.client_id != client.client_id:
        return InvalidGrant(REFUSED)
    revoke_grant(session, row.subject_id, row.grant_id, client_id=client.client_id, reason="code_replayed")
    return ReplayedGrant("The code was used before; the grant is revoked.")
