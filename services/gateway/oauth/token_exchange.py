"""Token exchange: a token for less than the one shown, and in whose name it is used from then on.

Standard: RFC 8693. What comes out never reaches further or lives longer than what was shown, hangs on the same grant,
and brings no refresh token.
"""

from dataclasses import dataclass, replace
from typing import Any

from services import audit, ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway.access_tokens import LIFE, AccessTokenClaims, encode_access_token
from services.gateway.catalogue import REFRESHED
from services.gateway.clients import Client
from services.gateway.oauth.acting import MOST_DEEP, act_claim, client_label, names_of, person_label
from services.gateway.oauth.authorization_details import narrow, read_details
from services.gateway.oauth.errors import InvalidRequest, InvalidScope, InvalidTarget, LostGrant, LostMandate
from services.gateway.oauth.holders import check_still_holds
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.ledger import append_about
from services.gateway.oauth.presented import find_access_token, find_received_token, is_live
from services.gateway.oauth.tokens import confirmation, token_type
from services.gateway.pairwise import pairwise_sub
from services.gateway.people.relations import find_relation
from services.gateway.store import oauth as store

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  # section 3, a name
JWT = "urn:ietf:params:oauth:token-type:jwt"
ACCEPTED = frozenset({ACCESS_TOKEN, JWT})
NOT_USABLE = "subject_token cannot be used here."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRequest:
    """The form of section 2.1."""

    subject_token: str
    subject_token_type: str
    actor_token: str | None
    actor_token_type: str | None
    requested_token_type: str | None
    scopes: tuple[str, ...]
    targets: tuple[str, ...]
    jkt: str | None
    details: str | None = None


def exchange_token(
    session: Session, issuer: Issuer, client: Client, asked: ExchangeRequest
) -> dict[str, Any]:
    """An access token for less, or for an actor, in place of one that still works.

    Access: the client holds the token as its own, or runs a service that the token is for.
    Effects: one audit row `gateway.tokens.exchanged`; a grant whose ground is gone is revoked, and that is kept.
    Raises: InvalidRequest for a token that is not usable (section 2.2.2), InvalidTarget, InvalidScope.
    """
    _check_types(asked)
    subject = _subject_of(session, issuer, client, asked)
    actors = _actors_of(session, issuer, client, asked, subject)
    details, scopes = narrow(
        issuer.catalogue,
        subject.authorization_details,
        read_details(issuer.catalogue, issuer.base_url, client, asked.details),
        _narrowed(issuer, client, subject, asked),
    )
    claims = replace(
        subject,
        audience=issuer.audience(scopes),
        client_id=client.client_id,
        client_uuid=client.id,
        scopes=scopes,
        token_id=ids.new_id(),
        issued_at=session.at,
        expires_at=min(subject.expires_at, session.at + LIFE),
        cnf=confirmation(client, asked.jkt),
        actors=actors,
        authorization_details=details,
        **_names(session, client, subject, actors),
    )
    _append(session, client, claims)
    return {
        "access_token": encode_access_token(session, claims),
        "issued_token_type": ACCESS_TOKEN,
        "token_type": token_type(asked.jkt),
        "expires_in": int((claims.expires_at - session.at).total_seconds()),
        "scope": " ".join(scopes),
        **({"authorization_details": [dict(detail) for detail in details]} if details else {}),
    }


def _check_types(asked: ExchangeRequest) -> None:
    """Section 2.1: access tokens of ours in, access tokens of ours out."""
    if asked.subject_token_type not in ACCEPTED:
        raise InvalidRequest("subject_token_type is not one that is taken here.")
    if asked.requested_token_type not in ACCEPTED | {None}:
        raise InvalidRequest("requested_token_type is not one that is issued here.")
    if (asked.actor_token is None) != (asked.actor_token_type is None):
        raise InvalidRequest("actor_token and actor_token_type come together.")
    if asked.actor_token_type not in ACCEPTED | {None}:
        raise InvalidRequest("actor_token_type is not one that is taken here.")


def _subject_of(
    session: Session, issuer: Issuer, client: Client, asked: ExchangeRequest
) -> AccessTokenClaims:
    subject = find_received_token(session, issuer, client, asked.subject_token)
    if subject is None or not is_live(session, subject) or not _is_proven(subject, client, asked.jkt):
        raise InvalidRequest(NOT_USABLE)
    if subject.account is None or subject.grant is None:
        # A system's own token is nobody's to hand on.
        if subject.client_id != client.client_id:
            raise InvalidRequest(NOT_USABLE)
        return subject
    grant = store.find_live_grant(session, subject.account, subject.grant)
    if grant is None:
        raise InvalidRequest(NOT_USABLE)
    try:
        check_still_holds(session, issuer, grant)
    except LostGrant:
        raise LostMandate(NOT_USABLE) from None
    return replace(subject, expires_at=min(subject.expires_at, grant.expires_at))


def _is_proven(token: AccessTokenClaims, client: Client, jkt: str | None) -> bool:
    """A bound token is worth nothing without its key or certificate, here as at a resource.

    Standard: RFC 9449 section 7, RFC 8705 section 3.
    """
    return token.cnf.items() <= confirmation(client, jkt).items()


def _actors_of(
    session: Session,
    issuer: Issuer,
    client: Client,
    asked: ExchangeRequest,
    subject: AccessTokenClaims,
) -> tuple[str, ...]:
    """Who acts with the new token, the latest first (section 4.1)."""
    earlier = subject.actors or ()
    if asked.actor_token is None:
        return earlier
    actor = find_access_token(session, issuer, client, asked.actor_token)
    if actor is None or not is_live(session, actor) or not _is_proven(actor, client, asked.jkt):
        raise InvalidRequest("actor_token cannot be used here.")
    if subject.account is None or not _has_mandate(session, issuer, actor, subject):
        raise InvalidRequest("The actor may not act for the subject.")
    label = client_label(actor.client_id) if actor.account is None else person_label(actor.account)
    actors = (label, *earlier)
    if len(actors) + (1 if _is_acted_for(subject) else 0) > MOST_DEEP:
        raise InvalidRequest("The chain of actors is too long.")
    return actors


def _has_mandate(
    session: Session, issuer: Issuer, actor: AccessTokenClaims, subject: AccessTokenClaims
) -> bool:
    """A system acts with a token it was sent; a person only for whom the city knows a relation to."""
    if actor.account is None or actor.account in {subject.account, subject.subject}:
        return True
    if subject.subject is None or actor.kind != ActorKind.RESIDENT.value:
        return False
    services = issuer.catalogue.packages(subject.scopes)
    found = find_relation(session, actor.account, subject.subject, session.at, services=services)
    return found is not None


def _is_acted_for(subject: AccessTokenClaims) -> bool:
    return subject.subject is not None and subject.subject != subject.account


def _narrowed(
    issuer: Issuer, client: Client, subject: AccessTokenClaims, asked: ExchangeRequest
) -> tuple[str, ...]:
    """What the new token can do: part of the old one, of what the client registered, and of the targets.

    The standards' own scopes are about the client that the person knows, so they do not travel to another one.
    """
    is_own = subject.client_id == client.client_id
    held = tuple(
        scope
        for scope in subject.scopes
        if issuer.catalogue.covers(client.scopes, [scope])
        and scope not in REFRESHED
        and (is_own or issuer.catalogue.service_of(scope) is not None)
    )
    if not issuer.catalogue.covers(held, asked.scopes):
        raise InvalidScope("scope goes beyond the subject_token, or what this client registered.")
    wanted = issuer.catalogue.within(held, asked.scopes) if asked.scopes else held
    narrowed = issuer.narrow(wanted, _targets(issuer, asked))
    if not narrowed:
        raise InvalidScope("Nothing of the subject_token is left for this client.")
    return narrowed


def _targets(issuer: Issuer, asked: ExchangeRequest) -> tuple[str, ...]:
    """Services by address (`resource`) or by their short name or address (`audience`)."""
    known = {service.slug for service in issuer.catalogue.services.values()}
    named = {f"{issuer.base_url}/{slug}" for slug in known}
    targets = tuple(f"{issuer.base_url}/{name}" if name in known else name for name in asked.targets)
    if set(targets) - named:
        raise InvalidTarget("resource or audience names no service here.")
    return targets


def _names(
    session: Session, client: Client, subject: AccessTokenClaims, actors: tuple[str, ...]
) -> dict[str, Any]:
    """`sub` and `act` as the sector of the new token's client knows them."""
    labels = list(actors)
    if subject.account is not None and _is_acted_for(subject):
        labels.append(person_label(subject.account))
    act = act_claim(names_of(session.keys, client.sector, labels))
    whom = subject.subject or subject.account
    sub = subject.sub if whom is None else pairwise_sub(session.keys, client.sector, whom)
    return {"sub": sub, "act": act}


def _append(session: Session, client: Client, claims: AccessTokenClaims) -> None:
    actor = Actor(
        kind=ActorKind.CLIENT,
        account=claims.account,
        subject=claims.subject,
        relation=Relation(claims.relation),
        client=client.client_id,
        grant=claims.grant,
    )
    details = {"client": client.client_id}
    if claims.account is None or claims.grant is None:
        audit.append(session, actor, "gateway.tokens.exchanged", details=details)
        return
    append_about(
        session,
        actor,
        "gateway.tokens.exchanged",
        claims.account,
        claims.subject or claims.account,
        {**details, "grant": str(claims.grant)},
    )
