"""`/my/account`: who am I, how do I sign in, where am I signed in, whom have I let in."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from services.actor import Actor
from services.database.session import Session
from services.gateway.catalogue import current_catalogue
from services.gateway.oauth.authorization_details import limits_shown
from services.gateway.oauth.frontchannel_logout import Frame, list_frames, signed_out_response
from services.gateway.oauth.issuer import current_issuer
from services.gateway.people import consents, sessions
from services.gateway.people.pages.blueprint import blueprint
from services.gateway.people.persons import list_people, read_particulars
from services.gateway.people.roles import ROLES
from services.gateway.people.session_origins import list_places, mark_seen
from services.web.current import current_actor, current_session
from services.web.declare import signed_in
from services.web.language import current_language, gettext


@blueprint.get("/my/account")
@signed_in()
def show_account() -> str:
    """Who is signed in, and whose files they may open besides."""
    session, actor = current_session(), current_actor()
    _mark_seen()
    particulars = read_particulars(session, actor)
    return render_template(
        "gateway/account.html",
        particulars=particulars,
        roles=[gettext(ROLES[role].title) for role in particulars.roles if role in ROLES],
        people=list_people(session, actor),
    )


@blueprint.get("/my/account/devices")
@signed_in()
def show_devices() -> str:
    """Where the account is signed in, and since when it was not used there."""
    _mark_seen()
    places = list_places(current_session(), current_actor())
    return render_template("gateway/devices.html", places=places)


@blueprint.post("/my/account/devices/<uuid:session_id>/end")
@signed_in()
def end_device(session_id: UUID) -> Response:
    """Sign out in one place, with everything that was allowed from there."""
    session, actor = current_session(), current_actor()
    frames = _frames(session, actor) if session_id == actor.grant else ()
    sessions.end_session(session, actor, session_id, also_unattended=True)
    return _signed_out(frames) if session_id == actor.grant else redirect("/my/account/devices", 303)


@blueprint.post("/my/account/devices/end")
@signed_in()
def end_all_devices() -> Response:
    """Sign out everywhere."""
    session, actor = current_session(), current_actor()
    frames = _frames(session, actor)
    sessions.end_all_sessions(session, actor)
    return _signed_out(frames)


@blueprint.get("/my/account/consents")
@signed_in()
def show_consents() -> str:
    """Whom the reader has let in, to do what, since when."""
    session, actor = current_session(), current_actor()
    names = {person.subject: person.name for person in list_people(session, actor)}
    found = [_shown(consent, names) for consent in consents.list_consents(session, actor)]
    return render_template("gateway/consents.html", consents=found)


@blueprint.get("/my/account/consents/<uuid:consent_id>")
@signed_in()
def confirm_consent(consent_id: UUID) -> str:
    """What stops when this consent is withdrawn."""
    consent = consents.read_consent(current_session(), current_actor(), consent_id)
    return render_template("gateway/withdraw_consent.html", consent=_shown(consent, {}))


@blueprint.post("/my/account/consents/<uuid:consent_id>")
@signed_in()
def withdraw_consent(consent_id: UUID) -> Response:
    """Withdraw it."""
    consents.revoke_consent(current_session(), current_actor(), consent_id)
    return redirect("/my/account/consents", 303)


def _shown(consent: consents.StandingConsent, names: dict[UUID, str]) -> dict[str, Any]:
    """A consent in the reader's words."""
    catalogue = current_catalogue()
    scopes = [scope for scope in map(catalogue.find, consent.scopes) if scope is not None]
    return {
        "id": consent.id,
        "asker": consent.name_en if current_language() == "en" else consent.name,
        "for_name": names.get(consent.for_subject),
        "titles": [scope.shown(gettext) for scope in scopes],
        "limits": [
            (gettext(title), value)
            for detail in consent.details
            if detail["type"] in catalogue.detail_types
            for title, value in limits_shown(catalogue.detail_types[detail["type"]], detail)
        ],
        "given_at": consent.given_at,
        "used_at": consent.used_at,
    }


def _mark_seen() -> None:
    mark_seen(
        current_session(),
        current_actor(),
        user_agent=request.headers.get("User-Agent", ""),
        address=request.remote_addr or "",
    )


def _frames(session: Session, actor: Actor) -> tuple[Frame, ...]:
    """Whom this browser must tell that it is signed out."""
    if actor.account is None or actor.grant is None:
        return ()
    return list_frames(session, current_issuer().base_url, actor.account, [actor.grant])


def _signed_out(frames: tuple[Frame, ...]) -> Response:
    response = signed_out_response(frames, "/")
    sessions.clear_cookie(response)
    return response
