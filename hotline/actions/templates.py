"""Answer templates: what staff begin a reply with, and what fills their places."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.clocks import expected_at
from hotline.actions.views import clocks_by_ticket
from hotline.models import tickets
from hotline.rules import CATEGORIES
from hotline.rules.templates import Filled, Place, Purpose, check_texts, fill
from hotline.rules.texts import check_code
from hotline.rules.units import UNIT_TITLES
from services import audit, vault
from services.actor import Actor
from services.clock import SHANGHAI
from services.database.session import Session
from services.errors import Denied, Invalid, NotFound
from services.web.preconditions import PreconditionFailed

MOST_LISTED = 200
# What the column holds.
VERSIONS = range(1, 2**31)


def list_templates(
    session: Session,
    actor: Actor,
    *,
    purposes: Collection[str] | None = None,
    category: str | None = None,
    with_retired: bool = False,
) -> Sequence[Any]:
    """The newest version of each template, those of the category before those for all; at most 200.

    Access: scope hotline:work; staff.
    """
    _check_staff(actor)
    return store.list_templates(
        session, purposes=purposes, category=category, with_retired=with_retired, limit=MOST_LISTED
    )


def read_template(session: Session, actor: Actor, *, code: str, version: int | None = None) -> Any:
    """One version of a template, the newest where none is named.

    Access: scope hotline:work; staff. Raises: NotFound 404.
    """
    _check_staff(actor)
    if version is not None and version not in VERSIONS:
        raise NotFound
    found = store.find_template(session, code, version)
    if found is None:
        raise NotFound
    return found


def write_template(
    session: Session,
    actor: Actor,
    *,
    code: str,
    seen: int,
    purpose: Purpose,
    title: str,
    title_en: str,
    text: str,
    text_en: str,
    category: str | None = None,
    is_retired: bool = False,
) -> Any:
    """Write the next version of a template; a retired one is offered to nobody and may come back.

    Shapes: `seen` is the version that the writer has read, 0 for a new one; places in the texts are of `rules.Place`.
    Access: scope hotline:work; supervisors. Effects: a version, audit hotline.template.written.
    Raises: Denied 403, Invalid 422 for a place that nobody fills, PreconditionFailed 412 when somebody wrote first.
    """
    if "supervisor" not in actor.roles:
        raise Denied
    if category is not None and category not in CATEGORIES:
        raise Invalid(field="/category", expected=", ".join(CATEGORIES))
    check_code(code)
    check_texts(text, text_en)
    newest = store.find_template(session, code, None)
    if (0 if newest is None else newest.version) != seen:
        raise PreconditionFailed
    values = {
        "code": code,
        "version": seen + 1,
        "purpose": purpose.value,
        "category": category,
        "title": title,
        "title_en": title_en,
        "text": text,
        "text_en": text_en,
        "is_retired": is_retired,
        "written_by": actor.account,
        "written_at": session.at,
    }
    if not store.add_template(session, values):
        raise PreconditionFailed
    details: dict[str, str | int] = {"code": code, "version": seen + 1}
    audit.append(session, actor, "hotline.template.written", details=details)
    return read_template(session, actor, code=code)


def fill_template(
    session: Session,
    actor: Actor,
    *,
    ticket_id: UUID,
    code: str,
    is_english: bool,
    say: Callable[[str], str],
) -> Filled:
    """A template's newest version filled for a ticket, to be read over and changed before it is sent.

    Shapes: `say` puts a marked sentence into the language that is wanted.
    Access: scope hotline:work; staff who see the ticket. Effects: audit hotline.ticket.read for the place.
    Raises: NotFound 404, also for a template that was retired.
    """
    _check_staff(actor)
    template = store.find_template(session, code, None)
    if template is None or template.is_retired:
        raise NotFound
    ticket = store.get_ticket(session, actor, ticket_id)
    due_at = expected_at(clocks_by_ticket(session, [ticket.id])[ticket.id])
    cipher = vault.cipher_for(session, ticket.subject_id)
    values = {
        Place.NUMBER: ticket.number,
        Place.CATEGORY: say(CATEGORIES[ticket.category].title),
        Place.DISTRICT: ticket.district,
        Place.PLACE: cipher.unseal_text(tickets.c.place_sealed, ticket.id, ticket.place_sealed),
        Place.UNIT: say(UNIT_TITLES.get(ticket.unit, ticket.unit)),
        Place.FILED_ON: ticket.created_at.astimezone(SHANGHAI).date(),
        Place.DUE_ON: None if due_at is None else due_at.astimezone(SHANGHAI).date(),
    }
    filled = fill(template.text_en if is_english else template.text, values, say, is_english=is_english)
    event = "hotline.sealed_ticket.read" if ticket.is_confidential else "hotline.ticket.read"
    details = {"ticket_id": str(ticket.id), "fields": ["place"]}
    audit.append(session, actor, event, subject_id=ticket.subject_id, details=details)
    return filled


def _check_staff(actor: Actor) -> None:
    if not actor.roles:
        raise Denied
