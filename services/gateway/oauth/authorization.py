"""The authorization endpoint's decisions: sign in first, ask the person, or answer the client.

Standard: OpenID Connect Core sections 3.1.2.3 to 3.1.2.6, RFC 6749 section 4.1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services import audit
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway import consent
from services.gateway.catalogue import LAUNCH, ScopeCatalogue
from services.gateway.consent import Person
from services.gateway.oauth.authorization_code import issue_code
from services.gateway.oauth.authorization_details import Details, given_scopes
from services.gateway.oauth.authorization_request import Asker, AuthorizationRequest
from services.gateway.oauth.errors import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    InvalidScope,
    LoginRequired,
    UnmetAuthenticationRequirements,
)
from services.gateway.oauth.holders import Holder, find_holder, may_hold
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.session_checks import (
    find_lacking,
    is_live,
    is_wanted,
    is_who_was_meant,
    may_be_about,
)
from services.gateway.oauth.smart.launches import check_context
from services.gateway.people import acr
from services.gateway.people.sessions import PageSession
from services.web.declare import StepUp

# Never taken away by narrowing down: they only say that somebody signed in, and how the application was opened.
ALWAYS = frozenset({"openid", LAUNCH})


@dataclass(frozen=True, slots=True)
class Answer:
    """The client gets its answer by this redirect."""

    url: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody has to sign in first; `again` although a session stands."""

    again: bool


@dataclass(frozen=True, slots=True)
class ProveFirst:
    """Somebody is signed in, but not as surely or as lately as the client wants."""

    need: StepUp


@dataclass(frozen=True, slots=True)
class Ask:
    """The person has to say yes or no, and may choose for whom."""

    page: PageSession
    people: tuple[Person, ...]


def authorize(
    session: Session,
    issuer: Issuer,
    asker: Asker,
    request: AuthorizationRequest,
    page: PageSession | None,
    *,
    asked_at: datetime | None,
    has_declined: bool = False,
) -> Answer | SignIn | ProveFirst | Ask:
    """Decide what happens to a sound request.

    `asked_at` is when the person was last sent to sign in for it, `has_declined` that they would rather not prove
    more than they have.

    Effects: where a standing consent covers everything, a grant and its code.
    Raises: OAuthError, which travels back in a redirect.
    """
    if page is None or not is_live(session, page):
        if request.is_silent:
            raise LoginRequired("Nobody is signed in.")
        return SignIn(again=False)
    if not is_who_was_meant(session, issuer, request, page, asked_at):
        if request.is_silent:
            raise LoginRequired("Signing in again is needed.")
        return SignIn(again=True)
    if request.wanted.sub is not None and not may_be_about(session, request, page):
        # OpenID Connect Core section 5.5.1: about that person, or not at all.
        raise LoginRequired("Somebody else than the sub claim names is signed in.")
    if request.acr_request.is_out_of_reach:
        raise UnmetAuthenticationRequirements("No class that the acr claim asks for is known here.")
    lacking = find_lacking(session, request, page, asked_at)
    if lacking is not None:
        return _ask_for_proof(request, page, lacking, has_declined=has_declined)
    holder = find_holder(session, page.account)
    if holder is None:
        raise LoginRequired("The account has ended.")
    if not may_hold(issuer, holder, request.scopes):
        raise InvalidScope("scope is beyond what this kind of account may hold.")
    check_context(session, issuer, request, account=page.account, is_staff=holder.kind == "staff")
    return _settle(session, issuer, asker, request, page, holder)


def answer_question(
    session: Session,
    issuer: Issuer,
    asker: Asker,
    request: AuthorizationRequest,
    page: PageSession,
    *,
    allowed: bool,
    subject: UUID,
    scopes: tuple[str, ...],
    details: Details = (),
) -> Answer:
    """Carry out what the person said; of the details asked for, only those in `details` are given.

    Effects: on a yes a consent, a grant and its code; on a no one audit row.
    Raises: OAuthError, which travels back in a redirect.
    """
    holder = find_holder(session, page.account)
    if holder is None or not is_live(session, page):
        raise LoginRequired("The session has ended.")
    people = _people(session, issuer, page, holder, request)
    person = next((someone for someone in people if someone.subject == subject), None)
    chosen = chosen_scopes(issuer.catalogue, request.scopes, {*scopes, *ALWAYS})
    asked = (*request.scopes, *(name for name in chosen if name not in request.scopes))
    given = given_scopes(issuer.catalogue, asked, request.details, chosen, details)
    is_empty = not set(given) - ALWAYS and bool(set(request.scopes) - ALWAYS)
    if not allowed or person is None or is_empty:
        facts = {"client": request.client.client_id}
        actor = _actor(holder, page, request, None)
        audit.append(session, actor, "gateway.consent.denied", subject_id=page.account, details=facts)
        return Answer(asker.answer_error(AccessDenied("The person did not allow it.")))
    if not may_hold(issuer, holder, given):
        raise InvalidScope("scope is beyond what this kind of account may hold.")
    if not is_wanted(session, request, person.subject):
        raise LoginRequired("The person chose somebody else than the sub claim names.")
    is_staff = holder.kind == "staff"
    check_context(session, issuer, request, account=page.account, is_staff=is_staff, subject=person.subject)
    actor = _actor(holder, page, request, person)
    consent_id = consent.give_consent(
        session,
        actor,
        client=request.client,
        catalogue=issuer.catalogue,
        asked=request.scopes,
        given=given,
        details=details,
    )
    code = issue_code(
        session, actor, request=request, page=page, consent=consent_id, scopes=given, details=details
    )
    return Answer(asker.answer(code=code))


def chosen_scopes(catalogue: ScopeCatalogue, asked: Sequence[str], ticked: Iterable[str]) -> tuple[str, ...]:
    """What a person chose of what was asked for: a scope as it was asked, or some of the parts it is made of."""
    wanted = set(ticked)
    chosen: list[str] = []
    for name in asked:
        scope = catalogue.find(name)
        parts = [part.name for part in scope.parts] if scope is not None else []
        if name in wanted or (parts and wanted >= set(parts)):
            chosen.append(name)
        else:
            chosen += [part for part in parts if part in wanted]
    return tuple(dict.fromkeys(chosen))


def _people(
    session: Session, issuer: Issuer, page: PageSession, holder: Holder, request: AuthorizationRequest
) -> tuple[Person, ...]:
    """For whom this may be asked: a carer's services must hold all that the scopes reach."""
    services = issuer.catalogue.packages(request.scopes)
    return consent.list_people(session, page.account, kind=holder.kind, services=services)


def _settle(
    session: Session,
    issuer: Issuer,
    asker: Asker,
    request: AuthorizationRequest,
    page: PageSession,
    holder: Holder,
) -> Answer | Ask:
    """Answer from a standing consent, or ask."""
    people = _people(session, issuer, page, holder, request)
    covering = consent.list_covering(
        session,
        page.account,
        client_id=request.client.client_id,
        catalogue=issuer.catalogue,
        scopes=request.scopes,
        details=request.details,
        people=[person for person in people if is_wanted(session, request, person.subject)],
    )
    may_skip = "consent" not in request.prompts and not _is_private_use(request.redirect_uri)
    if may_skip and len(covering) == 1:
        consent_id, person = covering[0]
        actor = _actor(holder, page, request, person)
        code = issue_code(
            session,
            actor,
            request=request,
            page=page,
            consent=consent_id,
            scopes=request.scopes,
            details=request.details,
        )
        return Answer(asker.answer(code=code))
    if request.is_silent:
        if may_skip and covering:
            raise InteractionRequired("The person has to choose for whom.")
        raise ConsentRequired("The person has not agreed to this yet.")
    return Ask(page, people)


def _is_private_use(redirect_uri: str) -> bool:
    """RFC 8252 section 8.6: any app on a phone can claim such a scheme, so the person is asked every time."""
    return not redirect_uri.startswith(("https://", "http://"))


def _ask_for_proof(
    request: AuthorizationRequest, page: PageSession, lacking: StepUp, *, has_declined: bool
) -> SignIn | ProveFirst:
    """The page to send the person to; or what the client hears when none may be shown.

    Raises: LoginRequired, UnmetAuthenticationRequirements.
    """
    may_do_with_password = lacking.acr == acr.PASSWORD
    if request.is_silent and acr.meets(page.acr, lacking.acr):
        raise LoginRequired("Signing in again is needed.")
    if request.is_silent or has_declined:
        raise UnmetAuthenticationRequirements("The person did not authenticate as surely as acr_values ask.")
    return SignIn(again=True) if may_do_with_password else ProveFirst(lacking)


def _actor(holder: Holder, page: PageSession, request: AuthorizationRequest, person: Person | None) -> Actor:
    is_staff = holder.kind == "staff"
    actor = Actor(
        kind=ActorKind.STAFF if is_staff else ActorKind.RESIDENT,
        account=page.account,
        subject=page.account,
        relation=Relation.STAFF if is_staff else Relation.SELF,
        client=request.client.client_id,
        grant=page.session,
        acr=page.acr,
        auth_time=page.auth_time,
    )
    if person is None:
        return actor
    return replace(actor, subject=person.subject, relation=Relation(person.relation))
