"""What everybody may read of tickets: a description that an operator releases, and until then kind and district."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.steps import Step, standing_of, take_step
from hotline.actions.views import TicketView, point_in, view_of
from hotline.errors import NotForEverybody
from hotline.rules import Action
from hotline.rules.texts import one_line, tidy
from services import vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid, NotFound
from services.words import msgid

# GeoReport v2: a description has at most 4,000 characters.
MOST_PUBLIC = 4000


def publish_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: UUID,
    text: str,
    place: str = "",
    with_point: bool = False,
) -> TicketView:
    """Release a description for everybody; what the reporter wrote stays sealed.

    Shapes: `text` 1..4000 and `place` 0..500 characters, in the operator's own words; `with_point` shows where it
        is on the map too. Publishing again takes the place of what was published.
    Access: scope hotline:work; operators and supervisors.
    Effects: event `publish` whose note is the text, the public row, audit hotline.ticket.changed.
    Raises: NotFound 404, NotForEverybody 409 for confidential and anonymous tickets, Invalid 422.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    if ticket.is_confidential or ticket.is_anonymous:
        raise NotForEverybody
    shown, where = tidy(text).text, one_line(place).text
    if not shown or len(shown) > MOST_PUBLIC:
        raise Invalid(field="/text", expected=msgid("写一句说明"))
    after = take_step(session, actor, standing_of(session, ticket), Step(action=Action.PUBLISH, note=shown))
    point = point_in(vault.cipher_for(session, ticket.subject_id), ticket) if with_point else None
    values = {
        "text": shown,
        "place": where or None,
        "latitude": None if point is None else point["latitude"],
        "longitude": None if point is None else point["longitude"],
    }
    store.publish_request(session, ticket.number, values)
    store.set_public_text(session, ticket, shown)
    return view_of(session, actor, store.get_ticket_by_id(session, ticket_id), after.facts)


def list_public_requests(
    session: Session,
    *,
    numbers: Collection[str] | None = None,
    categories: Collection[str] | None = None,
    states: Collection[str] | None = None,
    between: tuple[datetime, datetime],
    limit: int,
    offset: int = 0,
) -> Sequence[Any]:
    """Public requests, newest first. Access: everybody; the table holds nothing of a person."""
    return store.list_public_requests(
        session,
        numbers=numbers,
        categories=categories,
        states=states,
        between=between,
        limit=limit,
        offset=offset,
    )


def get_public_request(session: Session, *, number: str) -> Any:
    """One public request. Access: everybody. Raises: NotFound 404, for confidential and anonymous ones too."""
    found = list_public_requests(session, numbers=[number], between=(session.at, session.at), limit=1)
    if not found:
        raise NotFound
    return found[0]
