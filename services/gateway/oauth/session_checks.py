"""Whether who is signed in will do for a request: alive, the one that was meant, as sure and as fresh as is wanted."""

from datetime import datetime, timedelta
from uuid import UUID

from services.database.session import Session
from services.gateway import consent
from services.gateway.oauth.authorization_request import AuthorizationRequest
from services.gateway.oauth.errors import InvalidRequest, LoginRequired
from services.gateway.oauth.holders import find_holder
from services.gateway.oauth.id_token import person_of, read_id_token_hint
from services.gateway.oauth.issuer import Issuer
from services.gateway.pairwise import pairwise_sub
from services.gateway.people import acr
from services.gateway.people.sessions import PageSession
from services.gateway.store import oauth as store
from services.web.declare import StepUp
from services.words import msgid

WHY_STEP_UP = msgid("有应用要更可靠地知道是您本人")
LOGIN_PROMPTS = frozenset({"login", "select_account"})


def is_wanted(session: Session, request: AuthorizationRequest, subject: UUID) -> bool:
    """Whether the answer may be about this subject."""
    return request.wanted.sub in {None, pairwise_sub(session.keys, request.client.sector, subject)}


def may_be_about(session: Session, request: AuthorizationRequest, page: PageSession) -> bool:
    """Whether who is signed in, or somebody they act for, is the one that the answer must be about."""
    holder = find_holder(session, page.account)
    people = () if holder is None else consent.list_people(session, page.account, kind=holder.kind)
    return any(is_wanted(session, request, person.subject) for person in people)


def is_live(session: Session, page: PageSession) -> bool:
    """Whether the page session still lives."""
    return store.find_live_session(session, page.account, page.session) is not None


def is_who_was_meant(
    session: Session,
    issuer: Issuer,
    request: AuthorizationRequest,
    page: PageSession,
    asked_at: datetime | None,
) -> bool:
    """Whether who is signed in is the one that `id_token_hint` names."""
    if request.id_token_hint is None:
        return True
    claims = read_id_token_hint(session, issuer.base_url, request.id_token_hint)
    if claims is None or claims["aud"] != request.client.client_id:
        raise InvalidRequest("id_token_hint is not an ID token that this client got from here.")
    if person_of(claims) == pairwise_sub(session.keys, request.client.sector, page.account):
        return True
    if asked_at is not None and page.auth_time >= asked_at:
        raise LoginRequired("Somebody else than id_token_hint names signed in.")
    return False


def find_lacking(
    session: Session, request: AuthorizationRequest, page: PageSession, asked_at: datetime | None
) -> StepUp | None:
    """What the page session lacks of what the client wants.

    Standard: OpenID Connect Core section 3.1.2.1: `acr_values` are in order of preference, and any of them does.
    A list of classes that nobody here knows asks for nothing that could be given, and is passed over.
    """
    wanted = request.acr_request.least
    is_stale = _is_stale(session, request, page, asked_at)
    if wanted is not None and not acr.meets(page.acr, wanted):
        return StepUp(wanted, request.max_age, WHY_STEP_UP)
    # `prompt=login` wants the sign-in page whatever stands; only an age can be mended by one more proof.
    mends = request.max_age is not None and not request.prompts & LOGIN_PROMPTS
    needed = wanted if wanted is not None and mends else acr.PASSWORD
    return StepUp(needed, request.max_age, WHY_STEP_UP) if is_stale else None


def _is_stale(
    session: Session, request: AuthorizationRequest, page: PageSession, asked_at: datetime | None
) -> bool:
    """Whether the client wants a fresher sign-in than there is."""
    if asked_at is not None and page.auth_time >= asked_at:
        return False
    if request.prompts & LOGIN_PROMPTS:
        return True
    return request.max_age is not None and session.at - page.auth_time > timedelta(seconds=request.max_age)
