"""Takes one arrow of the state table: state, event, audit row and timers in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import holders_of
from hotline.actions.clocks import expected_at, keep_clocks, working_days_from
from hotline.actions.events import event_of, row_of_event, seal_note
from hotline.actions.needs import check, complete
from hotline.actions.sweeps import one_of_many
from hotline.actions.views import TicketView, view_of
from hotline.errors import ActionNotAllowed
from hotline.rules import (
    TIMERS,
    Action,
    Effect,
    Event,
    Facts,
    State,
    find_arrow,
    fold,
    next_of_itself,
)
from hotline.rules.history import Details, actor_digest, advance
from services import audit, jobs
from services.actor import Actor, system
from services.database.session import Session

TIMED = "hotline.take_timed_step"
# Shanghai, 沪府办[2018]62号: a re-check within three working days.
RECHECK_DAYS = 3
# These come with more than a step, and have use cases of their own.
OF_THEIR_OWN = frozenset(
    {
        Action.CLAIM,
        Action.PUBLISH,
        Action.ATTACH,
        Action.MERGE,
        Action.UNMERGE,
        Action.ABSORB,
        Action.SEPARATE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody wants done to a ticket, and what they bring."""

    action: Action
    note: str | None = None
    unit: str | None = None
    fence: int | None = None
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket's row with the history behind it."""

    ticket: Any
    facts: Facts
    events: list[Event]

    @property
    def head(self) -> bytes | None:
        """The digest of the newest event."""
        return self.events[-1].digest


def change_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: UUID,
    action: Action,
    note: str | None = None,
    unit: str | None = None,
    service: str | None = None,
    days: int | None = None,
    score: int | None = None,
    article: str | None = None,
    urgency: str | None = None,
    co_units: Collection[str] | None = None,
    despite_open_parts: bool = False,
    fence: int | None = None,
) -> TicketView:
    """Take one arrow of the state table.

    Shapes: `unit` is whom to dispatch to, `service` an emergency number, `days` whole working days, `score` a mark
        of 1 to 5, `article` the code of what an answer rests on, `urgency` how urgent the ticket is from now on,
        `co_units` who helps; whoever says done while a part of theirs is open says `despite_open_parts`; `fence` is the
        number of the claim under which an operator writes.
    Access: scope hotline:work for staff, hotline:create for the reporter; the table says who may take which.
    Effects: state, event, audit hotline.ticket.changed, the state's timer, what follows of itself.
    Raises: NotFound 404, ActionNotAllowed 409, Invalid 422 when something must come with it.
    """
    if action in OF_THEIR_OWN:
        raise ActionNotAllowed
    details = {
        name: value
        for name, value in (
            ("service", service),
            ("days", days),
            ("score", score),
            ("article", article),
            ("urgency", urgency),
            ("co_units", None if co_units is None else ",".join(sorted(set(co_units)))),
            ("open_parts", "said" if despite_open_parts else None),
        )
        if value is not None
    }
    step = Step(action=action, note=note, unit=unit, fence=fence, details=details)
    after = take_step(session, actor, standing_of(session, store.get_ticket(session, actor, ticket_id)), step)
    if after.facts.state is State.MERGED:
        _pass_on(session, actor, after.ticket, note)
    return view_of(session, actor, after.ticket, after.facts)


def take_timed_step(session: Session, actor: Actor, *, ticket_id: UUID, since: int) -> bool:
    """What happens by itself when a ticket has stood still: lease, ruling, reply that did not come.

    Access: the worker. Effects: as change_ticket, unless the ticket has moved since the timer was set.
    """
    standing = standing_of(session, store.get_ticket_by_id(session, ticket_id))
    if standing.facts.since != since or standing.facts.state not in TIMERS:
        return False
    action, _ = TIMERS[standing.facts.state]
    take_step(session, actor, standing, Step(action=action))
    return True


def _pass_on(session: Session, actor: Actor, ticket: Any, note: str | None) -> None:
    """What a merged ticket's reporter adds lands on the ticket that goes on for both, sealed for that one.

    Raises: ActionNotAllowed 409 when that ticket has ended: a new matter is a new ticket.
    """
    link = store.get_merge_link(session, ticket.id)
    session.raw("SELECT gateway.reach(%s)", (link.survivor_subject_id,))
    standing = standing_of(session, store.get_ticket_by_id(session, link.survivor_id))
    is_asked = standing.facts.state is State.WAITING_RESIDENT
    action = Action.REPLY if is_asked else Action.SUPPLEMENT
    take_step(session, actor, standing, Step(action=action, note=note, details={"from": ticket.number}))


def recalculate(session: Session, actor: Actor, *, at_once: int = 500) -> int:
    """Recompute provisional deadlines when a newer calendar knows their year; how many tickets moved.

    Access: the worker. Effects: an event in each ticket's history, its clocks, audit hotline.ticket.changed.
    """
    newest, moved = store.newest_calendar(session), 0
    for ticket in store.list_provisional(session, limit=at_once):
        with one_of_many(session, ticket.id, sweep="recalculate"):
            moved += _recalculate(session, actor, ticket, newest)
    return moved


def _recalculate(session: Session, actor: Actor, ticket: Any, newest: int) -> bool:
    standing = standing_of(session, ticket)
    known = max(int(event.details.get("calendar", 0)) for event in standing.events)
    if known >= newest:
        return False
    take_step(session, actor, standing, Step(action=Action.RECALCULATE, details={"calendar": newest}))
    return True


def standing_of(session: Session, ticket: Any) -> Standing:
    """A ticket with what its events add up to. Raises: HistoryBroken when they do not."""
    events = [event_of(row) for row in store.list_events(session, ticket.id, ticket.subject_id)]
    # Events that were committed after the row was read belong to the next reader.
    events = [event for event in events if event.sequence <= ticket.version]
    return Standing(ticket, fold(events), events)


def take_step(session: Session, actor: Actor, standing: Standing, step: Step) -> Standing:
    """Take one arrow, and then what follows of itself."""
    after = _take_one(session, actor, standing, step)
    following = next_of_itself(after.facts.state, after.facts.times_objected)
    if following is None:
        return after
    return take_step(session, system("hotline.machine"), after, Step(action=following))


def _take_one(session: Session, actor: Actor, standing: Standing, given: Step) -> Standing:
    ticket, facts = standing.ticket, standing.facts
    holders = holders_of(actor, facts)
    arrow = find_arrow(facts.state, given.action, holders)
    if arrow is None:
        raise ActionNotAllowed
    step = complete(session, actor, ticket, facts, given)
    check(session, actor, facts, arrow, step)
    sealed = seal_note(session, ticket, facts.sequence + 1, step.note)
    event = Event(
        sequence=facts.sequence + 1,
        at=session.at,
        action=step.action,
        from_state=facts.state,
        to_state=arrow.to,
        by=min(arrow.actors & holders),
        actor=actor_digest(ticket.id, actor.label),
        account=actor.account,
        unit=(step.unit or facts.unit) if Effect.SET_UNIT in arrow.effects else facts.unit,
        details=step.details,
        note_digest=None if sealed is None else sealed[1],
    )
    after = advance(facts, event)
    row = row_of_event(actor, ticket, event, None if sealed is None else sealed[0], standing.head)
    moved = store.move_ticket(session, facts, after, row, needs_claim=arrow.needs_claim)
    if moved is None:
        raise ActionNotAllowed
    events = [*standing.events, replace(event, digest=row["digest"])]
    clocks = keep_clocks(session, ticket, events)
    store.move_public_request(
        session, ticket.number, state=after.state.value, unit=after.unit, expected_at=expected_at(clocks)
    )
    show_live(session, ticket, after)
    _announce(session, actor, ticket, after, event)
    _follow_mark(session, ticket, facts, after, event)
    return Standing(moved, after, events)


def _follow_mark(session: Session, ticket: Any, before: Facts, after: Facts, event: Event) -> None:
    """A bad mark is to be looked into within three working days; what takes it back or looks into it settles that."""
    if after.is_rated_badly and not before.is_rated_badly:
        due_at = working_days_from(session, session.at, RECHECK_DAYS)
        store.add_recheck(
            session, ticket, sequence=event.sequence, unit=after.unit, score=after.score, due_at=due_at
        )
    elif before.is_rated_badly and (after.is_rechecked or not after.is_rated_badly):
        store.settle_recheck(session, ticket, event.action.value)


def show_live(session: Session, ticket: Any, after: Facts) -> None:
    """How the ticket now stands, for screens that show the queue live."""
    store.add_queue_change(
        session,
        {
            "ticket_id": ticket.id,
            "number": ticket.number,
            "category": ticket.category,
            "district": ticket.district,
            "state": after.state.value,
            "unit": after.unit,
            "co_units": sorted(after.co_units),
            "version": after.sequence,
            "holder": after.holder,
        },
    )


def _announce(session: Session, actor: Actor, ticket: Any, after: Facts, event: Event) -> None:
    """The audit row and the timer of the state that was entered."""
    name = "hotline.ticket.claimed" if event.action is Action.CLAIM else "hotline.ticket.changed"
    details = {"ticket_id": str(ticket.id), "action": event.action.value, "to": event.to_state.value}
    audit.append(session, actor, name, subject_id=ticket.subject_id, details=details)
    if "article_version" in event.details:
        store.add_citation(
            session,
            ticket.id,
            sequence=event.sequence,
            code=str(event.details["article"]),
            version=int(event.details["article_version"]),
        )
    if after.since == event.sequence and State(after.state) in TIMERS:
        _, time = TIMERS[after.state]
        jobs.enqueue(
            session,
            actor,
            TIMED,
            subject_id=ticket.subject_id,
            run_at=session.at + time,
            ticket_id=str(ticket.id),
            since=event.sequence,
        )
