"""`/step-up`: says why, takes a passkey or a code, and leads back to the very act.

Standard: RFC 9470. It leads on only after a proof, so it cannot go round in circles.
"""

from urllib.parse import quote, urlsplit

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.database.session import Session
from services.errors import CitizenError, NotFound
from services.gateway.people import acr, next_page
from services.gateway.people.pages.blueprint import blueprint, redrawn
from services.gateway.people.pages.entering import (
    enter,
    form_page,
    let_answer_reach_client,
)
from services.gateway.people.sessions import PageSession, read_cookie
from services.gateway.people.sign_in import verify_second_factor
from services.gateway.people.step_up import Means, list_means, open_need, seal_need
from services.web.current import current_actor, current_keys, current_session, current_settings
from services.web.declare import StepUp, signed_in
from services.web.language import gettext
from services.words import msgid

WHY = msgid("这一步要更可靠地知道是您本人")
VERIFY = f"{blueprint.name}.verify_step_up_code"
# Who would rather not goes back to the application with this in the address; see `oauth/pages.py`.
DECLINED = "step_up=declined"

blueprint.unrecorded |= {VERIFY}


@blueprint.get("/step-up")
@signed_in(role=Role.GATEWAY)
def show_step_up() -> AnyResponse:
    """Ask for a proof; whoever has shown enough already goes straight back."""
    session, actor = current_session(), current_actor()
    need = open_need(session.keys, request.args.get("need"))
    wanted = next_page.safe_next(request.args.get("next"))
    let_answer_reach_client(session, wanted)
    if acr.meets(actor.acr, need.acr) and acr.is_fresh(actor.auth_time, need.max_age, at=session.at):
        return redirect(wanted, 303)
    page = _page_session(session)
    return _page(need, wanted, list_means(session, page.account, page.amr, need.acr))


@blueprint.post("/step-up")
@signed_in(role=Role.GATEWAY)
def verify_step_up_code() -> AnyResponse:
    """Take a code of the authenticator, or a printed one; the session goes on, more surely, under a new id."""
    session = current_session()
    wanted = next_page.open_next(session.keys, request.form.get("next"))
    let_answer_reach_client(session, wanted)
    page = _page_session(session)
    verify_second_factor(
        session,
        current_actor(),
        account=page.account,
        code=request.form.get("otp", ""),
        policy=current_settings().throttle_policy,
    )
    return enter(session, page.account, wanted, acr.proofs_with_code(page.amr))


def _page(need: StepUp, wanted: str, means: Means, *, error: CitizenError | None = None) -> Response:
    keys = current_keys()
    return form_page(
        "gateway/step_up.html",
        error,
        why=gettext(need.why or WHY),
        means=means,
        wants_code=acr.meets(acr.ONE_TIME_PASSWORD, need.acr),
        next=next_page.seal_next(keys, wanted),
        need=seal_need(keys, need),
        here=quote(request.full_path, safe=""),
        way_out=_way_out(wanted),
    )


def _again(error: CitizenError) -> Response:
    """The same page; that there is a passkey besides, the form itself has said."""
    keys = current_keys()
    means = Means(passkey="passkey" in request.form, code=True)
    wanted = next_page.open_next(keys, request.form.get("next"))
    return _page(open_need(keys, request.form.get("need")), wanted, means, error=error)


redrawn[VERIFY] = _again


def _way_out(wanted: str) -> str:
    """Home; where an application waits, back to it without what it wanted."""
    if urlsplit(wanted).path != next_page.AUTHORIZATION:
        return next_page.HOME
    return f"{wanted}&{DECLINED}"


def _page_session(session: Session) -> PageSession:
    page = read_cookie(request, session.keys)
    if page is None:
        raise NotFound
    return page
