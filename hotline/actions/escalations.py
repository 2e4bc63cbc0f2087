"""The escalation ladder: what happens as a clock's time is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.clocks import is_duty, policy_of
from hotline.actions.steps import Standing, Step, show_live, standing_of, take_step
from hotline.actions.sweeps import one_of_many
from hotline.actions.warnings import Reached, warn_staff
from hotline.rules import Action
from hotline.rules.urgency import Urgency
from services import audit
from services.actor import Actor
from services.database.session import Session

# From this level on the system supervises the ticket.
SUPERVISED_FROM = 150
SHOWN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationView:
    """A clock that reached a level and runs on; codes only."""

    ticket_id: UUID
    number: str
    category: str
    district: str
    unit: str
    kind: str
    level: int
    reached_at: datetime


def escalate(session: Session, actor: Actor, *, at_once: int = 500) -> int:
    """Take every running clock up the levels that have come, each once and in order; how many were taken.

    Access: the worker. Effects: rows of escalations, which the unit's desk shows; messages to the unit's staff and
        the supervisors; the live queue; audit hotline.clock.escalated; at 150 % the ticket becomes supervised, by an
        event in its history. Out of duty hours only clocks that run day and night are looked at. A ticket that
        cannot be taken is left as it is, with an alarm in the log.
    """
    taken, reached = 0, list[Reached]()
    for clock in store.lock_due_levels(session, is_duty=is_duty(session), limit=at_once):
        with one_of_many(session, clock.id, sweep="escalate"):
            # A clock of the same ticket may have moved it in this sweep.
            standing = standing_of(session, store.get_ticket_by_id(session, clock.id))
            count, level = _climb(session, actor, clock, standing)
            taken += count
            if count:
                reached.append(_reached(standing, level))
    warn_staff(session, actor, reached)
    return taken


def list_escalations(session: Session, actor: Actor, *, limit: int = 20) -> Sequence[EscalationView]:
    """Which clocks stand at which level: a notice to the unit that answers, and to the desk.

    Access: scope hotline:work; a department its own. No text of a reporter is opened.
    """
    rows = store.list_escalations(session, actor, since=session.at - SHOWN_FOR, limit=limit)
    return [
        EscalationView(
            ticket_id=row.ticket_id,
            number=row.number,
            category=row.category,
            district=row.district,
            unit=row.unit,
            kind=row.kind,
            level=row.level,
            reached_at=row.reached_at,
        )
        for row in rows
    ]


def _reached(standing: Standing, level: int) -> Reached:
    ticket, facts = standing.ticket, standing.facts
    return Reached(
        ticket_id=ticket.id,
        number=ticket.number,
        unit=facts.unit,
        level=level,
        is_emergency=facts.urgency is Urgency.EMERGENCY,
    )


def _climb(session: Session, actor: Actor, clock: Any, standing: Standing) -> tuple[int, int]:
    """The levels of one clock that have come: how many were taken, and the last."""
    levels, taken, level = policy_of(session, standing.events).levels, 0, 0
    for place in range(clock.reached, len(levels)):
        reached_at = clock.levels_at[place]
        if reached_at is None or reached_at > session.at:
            break
        level = levels[place]
        if store.add_escalation(session, clock, level, reached_at):
            taken += 1
            details = {"ticket_id": str(clock.id), "clock": clock.kind, "level": level}
            audit.append(
                session, actor, "hotline.clock.escalated", subject_id=clock.subject_id, details=details
            )
        store.set_level(session, clock, reached=place + 1, level=level)
    if level >= SUPERVISED_FROM and not standing.facts.is_supervised:
        take_step(session, actor, standing, Step(action=Action.SUPERVISE, details={"level": level}))
    elif taken:
        show_live(session, standing.ticket, standing.facts)
    return taken, level
