"""What a grant turns into: an access token, and where asked for an ID token and a refresh token."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway.access_tokens import LIFE, AccessTokenClaims, encode_access_token
from services.gateway.catalogue import REFRESHED
from services.gateway.clients import Client
from services.gateway.models import grants
from services.gateway.oauth.acting import act_claim
from services.gateway.oauth.authorization_details import Details, narrow, open_details, read_details
from services.gateway.oauth.claims_given import fields_of, read_claims
from services.gateway.oauth.claims_request import restore
from services.gateway.oauth.handles import new_handle, successor
from services.gateway.oauth.holders import Holder, check_still_holds
from services.gateway.oauth.id_token import encode_id_token
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.ledger import Details as Facts
from services.gateway.oauth.ledger import append_about
from services.gateway.oauth.session_id import session_id_for
from services.gateway.oauth.smart.context import patient_context, user_context
from services.gateway.pairwise import pairwise_sub
from services.gateway.store import oauth as store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the tokens of one response say alike: to whom, about whom, and how far they reach."""

    client: Client
    grant: Row[Any]
    holder: Holder
    sub: str
    acting: str | None
    scopes: tuple[str, ...]
    limits: Details
    jkt: str | None


def issue_tokens(
    session: Session,
    issuer: Issuer,
    client: Client,
    grant: Row[Any],
    *,
    scopes: tuple[str, ...],
    refresh_scopes: tuple[str, ...],
    nonce: str | None,
    jkt: str | None,
    details: str | None = None,
    successor_of: str | None = None,
    with_refresh_token: bool = True,
) -> dict[str, Any]:
    """The body of a token response for a person's grant.

    `details` are the authorization details asked for in this request, at most those granted (RFC 9396 section 6).
    `scopes` are this access token's; `refresh_scopes` what the next refresh token may ask for again; `jkt` is
    the key that both are bound to; `successor_of` the refresh token that the next one follows from.

    Standard: RFC 6749 section 5.1, OpenID Connect Core sections 3.1.3.3 and 12.2.
    Effects: one refresh token row where `offline_access` was given, one audit row.
    Raises: LostGrant when the account, role or relation that the grant stands on has ended.
    """
    holder = check_still_holds(session, issuer, grant)
    limits, scopes = _narrowed(session, issuer, client, grant, details, scopes)
    sub, acting = names_at(session, client, grant.subject_id, grant.for_subject_id)
    given = _Given(
        client=client,
        grant=grant,
        holder=holder,
        sub=sub,
        acting=acting,
        scopes=scopes,
        limits=limits,
        jkt=jkt,
    )
    access_token, lasts = _issue_access_token(session, issuer, given)
    body: dict[str, Any] = {
        "access_token": access_token,
        "token_type": token_type(jkt),
        "expires_in": lasts,
        "scope": " ".join(scopes),
    }
    body |= patient_context(session, issuer, scopes, patient_of(grant))
    if limits:
        # RFC 9396 section 7.
        body["authorization_details"] = [dict(detail) for detail in limits]
    if "openid" in scopes:
        body["id_token"] = _issue_id_token(session, issuer, given, access_token, nonce)
    may_refresh = REFRESHED & set(refresh_scopes) and "refresh_token" in client.grants
    if may_refresh and with_refresh_token:
        body["refresh_token"] = _issue_refresh_token(session, grant, refresh_scopes, jkt, successor_of)
    store.queue_grant_used(session, grant)
    _append(session, "gateway.tokens.issued", grant)
    return body


def _narrowed(
    session: Session,
    issuer: Issuer,
    client: Client,
    grant: Row[Any],
    details: str | None,
    scopes: tuple[str, ...],
) -> tuple[Details, tuple[str, ...]]:
    """The authorization details and scopes of this response: what was granted, as far as it is asked for now."""
    granted = open_details(
        session,
        grants.c.authorization_details_sealed,
        grant.subject_id,
        grant.id,
        grant.authorization_details_sealed,
    )
    asked = read_details(issuer.catalogue, issuer.base_url, client, details)
    return narrow(issuer.catalogue, granted, asked, scopes)


def _issue_id_token(
    session: Session, issuer: Issuer, given: _Given, access_token: str, nonce: str | None
) -> str:
    client, grant, scopes = given.client, given.grant, given.scopes
    more = _claims_about(session, client, grant, scopes)
    more |= user_context(session, issuer, scopes, grant.subject_id, unit=given.holder.unit)
    return encode_id_token(
        session,
        issuer=issuer.base_url,
        client_id=client.client_id,
        sub=given.sub,
        acting=given.acting,
        acr=grant.acr,
        amr=tuple(grant.amr),
        auth_time=grant.auth_time,
        access_token=access_token,
        nonce=nonce,
        sid=session_id_for(session.keys, client, grant),
        more=more,
    )


def _claims_about(
    session: Session, client: Client, grant: Row[Any], scopes: tuple[str, ...]
) -> dict[str, Any]:
    """Single claims that the client wanted in the ID token, of the account's own person only.

    Standard: OpenID Connect Core section 5.5.
    Effects: one audit row where something is unsealed.
    """
    wanted = restore(grant.requested_claims).id_token
    if grant.subject_id != grant.for_subject_id:
        return {}
    actor = _actor_of(grant)
    found = read_claims(session, actor, wanted, scopes)
    if found:
        facts: Facts = {"client": client.client_id, "fields": fields_of(found)}
        append_about(session, actor, "gateway.userinfo.read", grant.subject_id, grant.subject_id, facts)
    return found


def names_at(session: Session, client: Client, account: UUID, subject: UUID) -> tuple[str, str | None]:
    """How a client knows whom a grant is about, and who acts where that is another person."""
    sub = pairwise_sub(session.keys, client.sector, subject)
    return sub, None if subject == account else pairwise_sub(session.keys, client.sector, account)


def _issue_access_token(session: Session, issuer: Issuer, given: _Given) -> tuple[str, int]:
    client, grant, holder = given.client, given.grant, given.holder
    expires_at = min(session.at + LIFE, grant.expires_at)
    claims = AccessTokenClaims(
        issuer=issuer.base_url,
        sub=given.sub,
        audience=issuer.audience(given.scopes),
        client_id=client.client_id,
        client_uuid=client.id,
        scopes=given.scopes,
        token_id=ids.new_id(),
        account=grant.subject_id,
        subject=None if holder.kind == "staff" else grant.for_subject_id,
        relation=Relation(grant.relation).value,
        grant=grant.id,
        acr=grant.acr,
        auth_time=grant.auth_time,
        issued_at=session.at,
        expires_at=expires_at,
        unit=holder.unit,
        roles=holder.roles,
        kind=holder.kind,
        cnf=confirmation(client, given.jkt),
        act=act_claim([given.acting] if given.acting is not None else []),
        authorization_details=given.limits,
        patient=patient_of(grant),
    )
    return encode_access_token(session, claims), int((expires_at - session.at).total_seconds())


def patient_of(grant: Row[Any]) -> UUID | None:
    """Whose file a SMART grant is tied to: that of a launch, or that of the resident it is about."""
    if grant.relation == Relation.STAFF.value:
        return grant.patient_id  # type: ignore[no-any-return]
    return grant.for_subject_id  # type: ignore[no-any-return]


def token_type(jkt: str | None) -> str:
    """RFC 9449 section 5: how a token has to be used."""
    return "Bearer" if jkt is None else "DPoP"


def confirmation(client: Client, jkt: str | None) -> dict[str, str]:
    """The `cnf` claim: bound to a key (RFC 9449 section 6.1), to a certificate (RFC 8705 section 3.1), or both."""
    bound = {"jkt": jkt, "x5t#S256": client.shown_certificate}
    return {name: value for name, value in bound.items() if value is not None}


def _issue_refresh_token(
    session: Session, grant: Row[Any], scopes: tuple[str, ...], jkt: str | None, successor_of: str | None
) -> str:
    """A refresh token; one that is bound to a key follows from its predecessor, so that a retry can name it."""
    if successor_of is None or jkt is None:
        secret, handle = new_handle(grant.expires_at)
    else:
        secret, handle = successor(session.keys, successor_of, grant.expires_at)
    row = {
        "digest": handle.digest,
        "expires_on": handle.expires_on,
        "subject_id": grant.subject_id,
        "grant_id": grant.id,
        "client_id": grant.client_id,
        "scopes": list(scopes),
        "dpop_jkt": jkt,
        "expires_at": grant.expires_at,
        "consumed_at": None,
    }
    store.add_refresh_token(session, row)
    return secret


def _append(session: Session, event: str, grant: Row[Any]) -> None:
    details = {"client": grant.client_id, "grant": str(grant.id)}
    append_about(session, _actor_of(grant), event, grant.subject_id, grant.for_subject_id, details)


def _actor_of(grant: Row[Any]) -> Actor:
    return Actor(
        kind=ActorKind.CLIENT,
        account=grant.subject_id,
        subject=grant.for_subject_id,
        relation=Relation(grant.relation),
        client=grant.client_id,
        grant=grant.id,
    )
