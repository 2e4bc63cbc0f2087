"""What every route passes: from a request and a declaration to an actor and the reach of its transaction.

API routes take an access token in the Authorization header (RFC 6750 section 2.1, the only place), pages take
the page session's cookie. Nothing here asks the database: that the grant, session or client still lives is
answered by `gateway.open_request`, the first statement of the transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Request

from services import clock
from services.actor import NOBODY, Actor, ActorKind, Relation
from services.database.roles import Role
from services.database.session import Opening, Session
from services.errors import CitizenError, NotFound
from services.gateway.access_tokens import AccessTokenClaims, AccessTokenReader
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.errors import StepUpNeeded
from services.gateway.oauth import dpop
from services.gateway.oauth.client_certificate import CertificateReader
from services.gateway.people import acr
from services.gateway.people.relations import find_standing
from services.gateway.people.session_cookie import PageSession, read_cookie
from services.ports import KeyRing
from services.settings import Settings
from services.web.blueprints import ApiBlueprint, PageBlueprint
from services.web.declare import Declared, StepUp
from services.words import msgid

FOR = "for"
# The rooms of home, inbox and account, which show of a person acted for only what its services show.
EVERYBODYS = frozenset({"", "web", "gateway", "notices"})
DPOP = "DPoP"
CERTIFICATE = "x5t#S256"


class TokenRefused(CitizenError):
    """No access token, or one that is not ours, expired, revoked, or for another service."""

    code = "gateway.token_refused"
    status = 401
    title = msgid("要先登录，或授权已经结束。请重新取得访问令牌")

    def __init__(
        self, *, resource: str | None, given: bool, error: str = "invalid_token", scheme: str = "Bearer"
    ) -> None:
        super().__init__()
        challenge = _challenge(resource, error if given else None, scheme=scheme)
        self.headers = {"WWW-Authenticate": challenge}


class ScopeMissing(CitizenError):
    """The token is good, but does not carry the scope that the route declares."""

    code = "gateway.insufficient_scope"
    status = 403
    title = msgid("这个授权不包括这件事。请重新授权，加上范围 %(scope)s")

    def __init__(self, *, resource: str | None, scopes: frozenset[str]) -> None:
        wanted = " ".join(sorted(scopes))
        super().__init__(scope=wanted)
        self.headers = {"WWW-Authenticate": _challenge(resource, "insufficient_scope", scope=wanted)}


class NotSureEnough(CitizenError):
    """The token is good, but its person proved who they are too weakly, or too long ago, for this route.

    Standard: RFC 9470 section 3.
    """

    code = "gateway.insufficient_user_authentication"
    status = 401
    title = msgid("这件事要更可靠地确认是您本人。请按 acr_values 和 max_age 重新授权")

    def __init__(self, *, resource: str | None, step_up: StepUp, scheme: str = "Bearer") -> None:
        super().__init__()
        self.headers = {
            "WWW-Authenticate": _challenge(
                resource,
                "insufficient_user_authentication",
                scheme=scheme,
                error_description="A stronger or more recent authentication of the person is needed",
                acr_values=step_up.acr,
                **({} if step_up.max_age is None else {"max_age": str(step_up.max_age)}),
            )
        }


class SignInNeeded(CitizenError):
    """A page that needs a person; `services.app` answers with the way to the sign-in page."""

    code = "gateway.sign_in_needed"
    status = 401
    title = msgid("请先登录")


@dataclass(frozen=True, slots=True)
class Admission:
    """The guard's answer: who acts, and with what reach the transaction opens (None: without database).

    `proof` is a proof of possession that has to be spent before anything else happens.
    """

    actor: Actor
    opening: Opening | None
    proof: dpop.Proof | None = None


class Guard:
    """Admits requests. One per app, shared by all threads."""

    def __init__(
        self,
        *,
        settings: Settings,
        keys: KeyRing,
        reader: AccessTokenReader,
        catalogue: ScopeCatalogue,
        slugs: Mapping[str, str],
        certificates: CertificateReader,
    ) -> None:
        self._certificates = certificates
        self._settings = settings
        self._keys = keys
        self._reader = reader
        self._catalogue = catalogue
        self._slugs = slugs

    def admit(
        self, request: Request, declared: Declared, blueprint: ApiBlueprint | PageBlueprint
    ) -> Admission:
        """Decide before anything else of the request is looked at.

        Raises: TokenRefused 401, ScopeMissing 403, NotSureEnough 401; SignInNeeded 401, StepUpNeeded 401.
        """
        if declared.is_public:
            opening = declared.role and Opening(role=declared.role, service=blueprint.service)
            return Admission(NOBODY, opening or None)
        if isinstance(blueprint, ApiBlueprint):
            return self._admit_token(request, declared, blueprint)
        return self._admit_session(request, declared, blueprint.service)

    def presented(self, request: Request) -> AccessTokenClaims | None:
        """What the request's token says, which has been admitted before; for a token that is made out of it."""
        return self._reader.read(request.headers.get("Authorization", "").partition(" ")[2].strip())

    def replayed(self, blueprint: ApiBlueprint | PageBlueprint) -> CitizenError:
        """What a proof of possession that was shown before is answered with."""
        resource = self._resource(blueprint.service)
        return TokenRefused(resource=resource, given=True, error=dpop.InvalidDpopProof.error, scheme=DPOP)

    def refusal(self, blueprint: ApiBlueprint | PageBlueprint) -> CitizenError:
        """What a dead grant or session is answered with."""
        if isinstance(blueprint, ApiBlueprint):
            return TokenRefused(resource=self._resource(blueprint.service), given=True)
        return SignInNeeded()

    def _resource(self, service: str) -> str | None:
        slug = self._slugs.get(service)
        return None if slug is None else f"{self._settings.base_url}/{slug}"

    def _admit_token(self, request: Request, declared: Declared, blueprint: ApiBlueprint) -> Admission:
        resource = self._resource(blueprint.service)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() not in {"bearer", "dpop"} or not token:
            raise TokenRefused(resource=resource, given=False)
        claims = self._reader.read(token)
        is_bound = claims is not None and "jkt" in claims.cnf
        if claims is not None and is_bound != (scheme.lower() == "dpop"):
            # RFC 9449 section 7.2: a bound token that comes as a bearer token may be a stolen one.
            raise TokenRefused(resource=resource, given=True, scheme=DPOP if is_bound else "Bearer")
        proof = self._proof(request, resource, token, claims) if claims is not None and is_bound else None
        if claims is not None and CERTIFICATE in claims.cnf:
            self._check_certificate(request, resource, claims)
        if claims is None or (resource is not None and resource not in claims.audience):
            # A token for another service is told apart from one that only lacks a scope, so that a client
            # sees 403 for what a new consent can mend.
            if claims is not None and not declared.scopes <= set(claims.scopes):
                raise ScopeMissing(resource=resource, scopes=declared.scopes)
            raise TokenRefused(resource=resource, given=True)
        implied = self._implied(request, declared, blueprint, claims)
        if not declared.scopes <= implied | set(claims.scopes):
            raise ScopeMissing(resource=resource, scopes=declared.scopes)
        admission = _admission(claims, blueprint.service, proof, implied)
        if declared.step_up is not None and not is_sure_enough(admission.actor, declared.step_up):
            scheme = DPOP if is_bound else "Bearer"
            raise NotSureEnough(resource=resource, step_up=declared.step_up, scheme=scheme)
        return admission

    def _implied(
        self, request: Request, declared: Declared, blueprint: ApiBlueprint, claims: AccessTokenClaims
    ) -> frozenset[str]:
        """The declared scopes that scopes of a standard stand for here: the one place where they let anybody in.

        Whoever carries what is declared needs none. Elsewhere than on the standard's own routes they stand for nothing.
        """
        if blueprint.interaction_of is None or declared.scopes <= set(claims.scopes):
            return frozenset()
        interaction = blueprint.interaction_of(request)
        if interaction is None:
            return frozenset()
        return self._catalogue.standing_for(claims.scopes, interaction)

    def _check_certificate(self, request: Request, resource: str | None, claims: AccessTokenClaims) -> None:
        """RFC 8705 section 3: the connection was opened with the certificate that the token is bound to."""
        shown = self._certificates.read(request)
        if shown is None or shown.thumbprint != claims.cnf[CERTIFICATE]:
            raise TokenRefused(resource=resource, given=True)

    def _proof(
        self, request: Request, resource: str | None, token: str, claims: AccessTokenClaims
    ) -> dpop.Proof:
        """RFC 9449 section 7.1: the sender has the key that the token is bound to."""
        nonces = dpop.NoncePolicy(self._keys, self._settings.require_dpop_nonce)
        url = f"{self._settings.base_url}{request.path}"
        given = request.headers.get(dpop.HEADER)
        try:
            proof = dpop.read_proof(given, method=request.method, url=url, nonces=nonces, access_token=token)
        except dpop.InvalidDpopProof as refused:
            raise TokenRefused(resource=resource, given=True, error=refused.error, scheme=DPOP) from None
        if proof.jkt != claims.cnf["jkt"]:
            raise TokenRefused(resource=resource, given=True, scheme=DPOP)
        return proof

    def _admit_session(self, request: Request, declared: Declared, service: str) -> Admission:
        page = read_cookie(request, self._keys)
        if page is None:
            raise SignInNeeded
        actor = self._page_actor(page)
        if not declared.scopes <= actor.scopes:
            raise ScopeMissing(resource=None, scopes=declared.scopes)
        if declared.step_up is not None and not is_sure_enough(actor, declared.step_up):
            raise StepUpNeeded(declared.step_up)
        is_staff = actor.kind is ActorKind.STAFF
        opening = Opening(
            role=declared.role or (Role.STAFF if is_staff else Role.RESIDENT),
            service=service,
            account=page.account,
            subjects=() if is_staff else (page.account,),
            checks="session",
            grant=page.session,
        )
        return Admission(actor, opening)

    def _page_actor(self, page: PageSession) -> Actor:
        is_staff = page.kind == "staff"
        holders = set(page.roles) if is_staff else {"resident"}
        return Actor(
            kind=ActorKind.STAFF if is_staff else ActorKind.RESIDENT,
            account=page.account,
            subject=None if is_staff else page.account,
            relation=Relation.STAFF if is_staff else Relation.SELF,
            grant=page.session,
            scopes=self._catalogue.held_by(holders),
            roles=frozenset(page.roles),
            unit=page.unit,
            acr=page.acr,
            auth_time=page.auth_time,
        )


def is_sure_enough(actor: Actor, step_up: StepUp) -> bool:
    """Whether the actor proved who they are as surely and as lately as a route wants.

    A machine client proves itself with its key in every request; nobody stands behind it who could step up.
    """
    if actor.kind is ActorKind.CLIENT:
        return True
    return acr.meets(actor.acr, step_up.acr) and acr.is_fresh(
        actor.auth_time, step_up.max_age, at=clock.now()
    )


def turn_to_subject(session: Session, actor: Actor, wanted: str) -> Actor:
    """Let a resident's page act for the person that `?for=` names, if the account may.

    The choice lives in the URL and never in the session, so that two tabs cannot be confused.

    Raises: NotFound 404 when there is no such relation now.
    """
    try:
        subject = UUID(wanted)
    except ValueError:
        raise NotFound from None
    if subject == actor.account or actor.account is None or actor.kind is not ActorKind.RESIDENT:
        return actor
    here = {session.opening.service} - EVERYBODYS
    standing = find_standing(session, actor.account, subject, session.at, services=here)
    if standing is None:
        raise NotFound
    session.raw("SELECT gateway.reach(%s)", (subject,))
    return replace(actor, subject=subject, relation=Relation(standing.relation), services=standing.services)


def _admission(
    claims: AccessTokenClaims, service: str, proof: dpop.Proof | None, implied: frozenset[str]
) -> Admission:
    kind = ActorKind(claims.kind)
    actor = Actor(
        kind=kind,
        account=claims.account,
        subject=claims.subject,
        relation=Relation(claims.relation),
        client=claims.client_id,
        grant=claims.grant,
        scopes=frozenset(claims.scopes),
        roles=frozenset(claims.roles),
        unit=claims.unit,
        acr=claims.acr,
        auth_time=claims.auth_time,
        name=claims.client_id if kind is ActorKind.CLIENT else None,
        limits=claims.authorization_details,
        patient=claims.patient,
        purpose=claims.purpose,
        mandate_id=claims.mandate,
        implied=implied,
    )
    is_client = kind is ActorKind.CLIENT
    opening = Opening(
        role=Role.RESIDENT if kind is ActorKind.RESIDENT else Role.STAFF,
        service=service,
        account=claims.account,
        subjects=(claims.subject,) if claims.subject and kind is ActorKind.RESIDENT else (),
        checks="client" if is_client else "grant",
        grant=claims.client_uuid if is_client else claims.grant,
        token=claims.token_id,
        client=claims.client_uuid if claims.actors is not None else None,
    )
    return Admission(actor, opening, proof)


def _challenge(resource: str | None, error: str | None, *, scheme: str = "Bearer", **more: str) -> str:
    """RFC 6750 section 3, RFC 9449 section 7.1, RFC 9470 section 3; `resource_metadata`: RFC 9728 section 5.1."""
    parts = []
    if error:
        parts.append(f'error="{error}"')
    parts += [f'{name}="{value}"' for name, value in more.items()]
    if resource:
        origin, _, slug = resource.rpartition("/")
        parts.append(f'resource_metadata="{origin}/.well-known/oauth-protected-resource/{slug}"')
    if scheme == DPOP:
        parts.append(f'algs="{" ".join(dpop.ALGORITHMS)}"')
    return f"{scheme} {', '.join(parts)}" if parts else scheme
