"""The passkey ceremonies as JSON over HTTP, for our own script and for any client without a browser.

Each is two requests: options, then the answer of the authenticator, in the shapes of Web Authentication Level 3
section 5.1 (`PublicKeyCredentialCreationOptionsJSON`, `RegistrationResponseJSON`, ...). There is no form token: the
body is JSON, which another site cannot send here, and the challenge is bound to this session or browser.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from services.actor import ActorKind
from services.database.roles import Role
from services.database.session import Session
from services.errors import CitizenError
from services.gateway.errors import CrossSiteRequest, PasskeyNeedsPassword, SignInExpired
from services.gateway.people import next_page, passkeys, pending
from services.gateway.people.acr import Proofs, proofs_with_passkey
from services.gateway.people.challenges import Ceremony
from services.gateway.people.entry_changes import SECURITY
from services.gateway.people.pages.cookies import forget_cookie, read_browser
from services.gateway.people.pages.entering import enter
from services.gateway.people.passkeys import RelyingParty
from services.gateway.people.persons import read_particulars
from services.gateway.people.sessions import read_cookie
from services.gateway.store import people as store
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import public, signed_in
from services.web.forms import holder_of, is_from_elsewhere
from services.web.json_writer import json_response
from services.web.language import gettext
from services.web.problems import Problem
from services.words import msgid

WHY = "who comes to sign in is nobody yet"
LONGEST_NAME = 60

blueprint = PageBlueprint("passkey_ceremonies", "services.gateway", service="gateway")


def _render(problem: Problem) -> Response:
    return json_response(problem.as_json(), problem.status, "application/problem+json")


blueprint.problem_renderer = _render


class CeremonyMalformed(CitizenError):
    """The body is no answer of an authenticator."""

    code = "gateway.ceremony_malformed"
    status = 400
    title = msgid("请求里没有通行密钥的回答，请按接口说明发送")


@blueprint.get("/.well-known/passkey-endpoints")
@public("password managers look here for where passkeys are added and managed")
def show_endpoints() -> Response:
    """W3C "A Well-Known URL for Relying Party Passkey Endpoints"."""
    base = current_settings().base_url
    return json_response({"enroll": f"{base}/my/account/passkeys/new", "manage": f"{base}{SECURITY}"})


@blueprint.post("/my/account/passkeys/options")
@signed_in(role=Role.GATEWAY)
def create_registration_options() -> Response:
    """Options for a new passkey of the signed-in account."""
    session, actor = current_session(), current_actor()
    _read_body()
    particulars = read_particulars(session, actor)
    options = passkeys.registration_options(
        session,
        actor,
        _party(),
        holder=holder_of(actor),
        # Masked: it is shown by the device, and may travel to its maker's cloud.
        user_name=particulars.phone or particulars.id_number or particulars.name,
    )
    return json_response(options)


@blueprint.post("/my/account/passkeys")
@signed_in(role=Role.GATEWAY)
def register_passkey() -> Response:
    """Keep the passkey that an authenticator made."""
    session, actor = current_session(), current_actor()
    body = _read_body()
    name = str(body.get("name") or "").strip()[:LONGEST_NAME] or gettext("通行密钥")
    passkey = passkeys.create_passkey(
        session, actor, _party(), holder=holder_of(actor), credential=_credential(body), name=name
    )
    wanted = next_page.open_next(session.keys, body.get("next"))
    back = SECURITY if wanted == next_page.HOME else wanted
    return json_response({"id": str(passkey), "next": back}, 201)


@blueprint.post("/sign-in/passkey/options")
@public(WHY, role=Role.GATEWAY)
def create_sign_in_options() -> Response:
    """Options for signing in with a passkey; they name nobody."""
    session = current_session()
    _read_body()
    options = passkeys.authentication_options(
        session, _party(), ceremony=Ceremony.SIGN_IN, holder=holder_of(current_actor())
    )
    return json_response(options)


@blueprint.post("/sign-in/passkey")
@public(WHY, role=Role.GATEWAY)
def verify_sign_in() -> AnyResponse:
    """Sign in with a passkey: alone, or as the second factor after a password."""
    session, actor = current_session(), current_actor()
    body = _read_body()
    waiting = _find_pending(session)
    shown = passkeys.verify_passkey(
        session,
        actor,
        _party(),
        ceremony=Ceremony.SIGN_IN,
        holder=holder_of(actor),
        credential=_credential(body),
    )
    is_second = waiting is not None and waiting.account == shown.account
    if not is_second and not shown.proof.is_user_verified and _needs_two_factors(session, shown.account):
        raise PasskeyNeedsPassword
    wanted = next_page.open_next(session.keys, body.get("next"))
    if is_second and waiting is not None and wanted == next_page.HOME:
        wanted = waiting.next_page
    answer = enter(
        session,
        shown.account,
        wanted,
        Proofs(password=is_second, passkey=shown.proof),
        response=json_response({"next": wanted}),
    )
    forget_cookie(answer, pending.NAME)
    return answer


@blueprint.post("/step-up/passkey/options")
@signed_in(role=Role.GATEWAY)
def create_step_up_options() -> Response:
    """Options for proving again who is there."""
    session, actor = current_session(), current_actor()
    _read_body()
    options = passkeys.authentication_options(
        session, _party(), ceremony=Ceremony.STEP_UP, holder=holder_of(actor)
    )
    return json_response(options)


@blueprint.post("/step-up/passkey")
@signed_in(role=Role.GATEWAY)
def verify_step_up() -> AnyResponse:
    """Prove again who is there; the session goes on, more surely, under a new id."""
    session, actor = current_session(), current_actor()
    body = _read_body()
    page = read_cookie(request, session.keys)
    account: UUID | None = actor.account
    shown = passkeys.verify_passkey(
        session,
        actor,
        _party(),
        ceremony=Ceremony.STEP_UP,
        holder=holder_of(actor),
        credential=_credential(body),
        account=account,
    )
    wanted = next_page.open_next(session.keys, body.get("next"))
    proofs = proofs_with_passkey(page.amr if page is not None else (), shown.proof)
    return enter(session, shown.account, wanted, proofs, response=json_response({"next": wanted}))


# Challenges are single use, so that nothing here does harm twice; what is sent is not even digested.
blueprint.unprotected = frozenset(
    f"{blueprint.name}.{view.__name__}"
    for view in (
        create_registration_options,
        register_passkey,
        create_sign_in_options,
        verify_sign_in,
        create_step_up_options,
        verify_step_up,
    )
)


def _read_body() -> dict[str, Any]:
    """The JSON body, possibly none, of a request of our own pages, or of no browser at all.

    Raises: CrossSiteRequest 403, UnsupportedMediaType 415, MalformedJson 400, CeremonyMalformed 400.
    """
    if is_from_elsewhere(request):
        raise CrossSiteRequest
    if not request.content_length and not request.mimetype:
        return {}
    body = request.get_json()
    if not isinstance(body, dict):
        raise CeremonyMalformed
    return body


def _credential(body: dict[str, Any]) -> dict[str, Any]:
    """The authenticator's answer: under `credential`, or the body itself."""
    credential = body.get("credential", body)
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise CeremonyMalformed
    return credential


def _find_pending(session: Session) -> pending.PendingSignIn | None:
    """Who got the password right in this browser a moment ago."""
    try:
        return pending.open_pending(session.keys, read_browser(pending.NAME), at=session.at)
    except SignInExpired:
        return None


def _needs_two_factors(session: Session, account: UUID) -> bool:
    row = store.find_account(session, account)
    return row is None or row.kind == ActorKind.STAFF.value or row.totp_sealed is not None


def _party() -> RelyingParty:
    settings = current_settings()
    parts = urlsplit(settings.base_url)
    return RelyingParty(f"{parts.scheme}://{parts.netloc}", gettext("市民服务"))
