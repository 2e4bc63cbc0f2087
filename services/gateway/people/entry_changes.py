"""Changing how an account is entered: how sure we must be of whoever does it."""

from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import StepUpNeeded
from services.gateway.people import acr
from services.gateway.people.signed_in import account_of
from services.gateway.store import passkeys as store
from services.gateway.store import people
from services.web.declare import StepUp
from services.words import msgid

# Somebody must have proved lately who they are.
FRESH_SECONDS = 900
WHY_CHANGE = msgid("要改登录的办法，先再确认是您本人")
SECURITY = "/my/account/security"


def need_for_change(session: Session, actor: Actor) -> StepUp:
    """How sure we must be of somebody who changes how this account is entered.

    Whoever only knows the password may not add to, or take from, what was set up before they signed in.
    """
    account = account_of(actor)
    signed_in_at = actor.auth_time or session.at
    row = people.find_account(session, account)
    has_more = (row is not None and row.totp_sealed is not None) or any(
        passkey.created_at < signed_in_at for passkey in store.list_passkeys(session, account)
    )
    return StepUp(acr.ONE_TIME_PASSWORD if has_more else acr.PASSWORD, FRESH_SECONDS, WHY_CHANGE)


def check_sure_for_change(session: Session, actor: Actor) -> None:
    """Raises: StepUpNeeded when the actor proved who they are too weakly or too long ago for a change."""
    need = need_for_change(session, actor)
    is_fresh = acr.is_fresh(actor.auth_time, need.max_age, at=session.at)
    if not is_fresh or not acr.meets(actor.acr, need.acr):
        raise StepUpNeeded(need)
