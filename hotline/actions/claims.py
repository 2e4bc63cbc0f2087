"""Claims: a lease of ten minutes with a fence. Of many who try at once exactly one wins."""

from datetime import datetime
from uuid import UUID

from hotline import store
from hotline.access import holders_of
from hotline.actions.steps import Standing, Step, standing_of, take_step
from hotline.actions.views import TicketView, view_of
from hotline.errors import ActionNotAllowed, QueueEmpty, TicketAlreadyClaimed
from hotline.rules import Action, State
from services.actor import Actor, system
from services.clock import SHANGHAI
from services.database.session import Session


def claim_ticket(session: Session, actor: Actor, *, ticket_id: UUID) -> TicketView:
    """Claim a waiting ticket, or one whose lease ran out.

    Access: scope hotline:claim; operators.
    Effects: claim with the next fence, event, audit hotline.ticket.claimed, the lease's timer.
    Raises: NotFound 404, TicketAlreadyClaimed 409 which says by whom and until when, ActionNotAllowed 409.
    """
    _check_operator(actor)
    ticket = store.get_ticket(session, actor, ticket_id)
    try:
        return _claim(session, actor, standing_of(session, ticket))
    except ActionNotAllowed:
        # Either the state forbids it, or somebody was first: then the row says who.
        now = store.get_ticket(session, actor, ticket_id)
        if now.claimed_by is None or now.claimed_until <= session.at:
            raise
        raise TicketAlreadyClaimed(
            seat=seat_of(now.claimed_by), until=_clock_time(now.claimed_until)
        ) from None


def claim_next(session: Session, actor: Actor) -> TicketView:
    """Claim the ticket that has waited longest; emergencies come first, then supervised ones.

    Access: scope hotline:claim; operators. Effects: as claim_ticket.
    Raises: QueueEmpty 404.
    """
    _check_operator(actor)
    ticket = store.lock_next(session, actor)
    if ticket is None:
        raise QueueEmpty
    return _claim(session, actor, standing_of(session, ticket))


def seat_of(account: UUID) -> str:
    """How the desk names an operator: the end of the account's id, never a person's name."""
    return account.hex[-4:].upper()


def _claim(session: Session, actor: Actor, standing: Standing) -> TicketView:
    if standing.facts.state is State.TRIAGE:
        standing = take_step(session, system("hotline.machine"), standing, Step(action=Action.EXPIRE))
    after = take_step(session, actor, standing, Step(action=Action.CLAIM))
    return view_of(session, actor, after.ticket, after.facts)


def _check_operator(actor: Actor) -> None:
    if actor.account is None or not holders_of(actor) & {"operator"}:
        raise ActionNotAllowed


def _clock_time(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M}"
