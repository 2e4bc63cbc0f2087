"""What must come with a step, and what is added to it from tables where nobody named it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hotline import store
from hotline.access import holders_of
from hotline.actions.routing import backstop_of, route_of
from hotline.errors import (
    ActionNotAllowed,
    ClaimNotHeld,
    ObjectionsSpent,
    PartsOpen,
    TooLateToDispute,
    UrgencyNeedsApproval,
)
from hotline.rules import Action, Arrow, Effect, Facts, Guard, Need
from hotline.rules.history import co_units_in, passes
from hotline.rules.units import UNITS
from hotline.rules.urgency import ON_APPROVAL, Urgency
from services import clock
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid
from services.words import msgid

if TYPE_CHECKING:
    from hotline.actions.steps import Step

EMERGENCY = frozenset({"110", "119", "120", "122"})
MOST_DAYS = 15
MOST_CO_UNITS = 5
MARKS = range(1, 6)
REFUSALS: Mapping[Guard, type[ActionNotAllowed]] = {
    Guard.HOLDS_CLAIM: ClaimNotHeld,
    Guard.MAY_OBJECT: ObjectionsSpent,
    Guard.WITHIN_15_DAYS: TooLateToDispute,
}


def complete(session: Session, actor: Actor, ticket: Any, facts: Facts, step: "Step") -> "Step":
    """The unit that follows from rule table and catalogue where nobody named one; the history says from which."""
    if step.unit is None and step.action is Action.DISPATCH:
        found = route_of(session, ticket)
        named = {"routing": found.version, "rule": found.rank, "backstops": found.backstops}
        decided = {name: value for name, value in named.items() if value is not None}
        return replace(step, unit=found.unit, details={**step.details, **decided})
    if step.action is Action.ANSWER and "article" in step.details:
        cited = store.find_article(session, str(step.details["article"]), None)
        if cited is not None and (cited.valid_until is None or cited.valid_until >= clock.today()):
            return replace(step, details={**step.details, "article_version": cited.version})
    if step.action in {Action.CONTRIBUTE, Action.FINISH_PART}:
        return replace(step, details={**step.details, "part": actor.unit or ""})
    if "open_parts" in step.details:
        # Which parts were open, not that somebody said so; nothing where none was.
        kept = {name: value for name, value in step.details.items() if name != "open_parts"}
        told = {"open_parts": ",".join(facts.open_parts)} if facts.open_parts else {}
        return replace(step, details={**kept, **told})
    if step.action is Action.BACKSTOP:
        unit, version = backstop_of(session, ticket)
        return replace(step, unit=unit, details={**step.details, "backstops": version})
    return step


def check(session: Session, actor: Actor, facts: Facts, arrow: Arrow, step: "Step") -> None:
    """Whether guards let a step through and what must come with it has come.

    Raises: ActionNotAllowed 409 as the guard's own kind, UrgencyNeedsApproval 409, Invalid 422 naming the field.
    """
    urgency = step.details.get("urgency")
    for guard in arrow.guards:
        if not passes(
            guard,
            facts,
            account=actor.account,
            unit=str(step.details.get("part", "")) or step.unit,
            at=session.at,
            urgency=None if urgency is None else str(urgency),
            co_units=co_units_in(step.details),
        ):
            raise REFUSALS.get(guard, ActionNotAllowed)
    if arrow.needs_claim and step.fence not in {None, facts.fence}:
        raise ClaimNotHeld
    if Need.NOTE in arrow.needs and not step.note:
        raise Invalid(field="/note", expected=msgid("写一句说明"))
    if Need.UNIT in arrow.needs and step.unit not in UNITS:
        raise Invalid(field="/unit", expected=", ".join(sorted(UNITS)))
    if Need.ARTICLE in arrow.needs and "article_version" not in step.details:
        raise Invalid(field="/article", expected=msgid("写明答复依据的知识库文章；过期的不能用"))
    if Need.SERVICE in arrow.needs and step.details.get("service") not in EMERGENCY:
        raise Invalid(field="/service", expected=", ".join(sorted(EMERGENCY)))
    _check_co_units(facts, arrow, step)
    if Need.URGENCY in arrow.needs:
        _check_urgency(actor, urgency)
    _check_score(arrow, step)
    if Need.DAYS in arrow.needs and not 1 <= int(step.details.get("days", 0)) <= MOST_DAYS:
        raise Invalid(field="/days", expected=f"1–{MOST_DAYS}")


def _check_co_units(facts: Facts, arrow: Arrow, step: "Step") -> None:
    """Units that are named must be ours; whoever says done while a part is open must have said that too."""
    named = co_units_in(step.details)
    is_named = bool({Effect.NAME_CO_UNITS} & set(arrow.effects)) or Need.CO_UNITS in arrow.needs
    if "co_units" in step.details and not is_named:
        raise Invalid(field="/co_units", expected=msgid("这一步不写协办单位"))
    is_short = Need.CO_UNITS in arrow.needs and not named
    if is_short or not named <= UNITS or len(named | set(facts.co_units) | facts.co_asked) > MOST_CO_UNITS:
        raise Invalid(field="/co_units", expected=f"1–{MOST_CO_UNITS}: {', '.join(sorted(UNITS))}")
    if Need.OPEN_PARTS_SAID in arrow.needs and facts.open_parts and "open_parts" not in step.details:
        raise PartsOpen(units=", ".join(facts.open_parts))


def _check_urgency(actor: Actor, urgency: str | int | None) -> None:
    if urgency not in list(Urgency):
        raise Invalid(field="/urgency", expected=", ".join(Urgency))
    if urgency in ON_APPROVAL and "supervisor" not in holders_of(actor):
        raise UrgencyNeedsApproval


def _check_score(arrow: Arrow, step: "Step") -> None:
    """A mark comes with what may carry one, and must come where it is asked for."""
    score = step.details.get("score")
    is_missing = score is None and Need.SCORE in arrow.needs
    is_wrong = score is not None and (Effect.RATE not in arrow.effects or int(score) not in MARKS)
    if is_missing or is_wrong:
        raise Invalid(field="/score", expected=f"{MARKS[0]}–{MARKS[-1]}")
