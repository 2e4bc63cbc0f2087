"""What must come with a step, and what is added to it from tables where nobody named it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hotline import store
from hotline.actions.routing import route_of
from hotline.errors import (
    ActionNotAllowed,
    ClaimNotHeld,
    ObjectionsSpent,
    TooLateToDispute,
    UrgencyNeedsApproval,
)
from hotline.rules import Action, Arrow, Effect, Facts, Guard, Need
from hotline.rules.catalogue import BACKSTOP, UNITS
from hotline.rules.history import passes
from hotline.rules.urgency import ON_APPROVAL, Urgency
from services import clock
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid
from services.state_table import holders_of
from services.words import msgid

if TYPE_CHECKING:
    from hotline.actions.steps import Step

EMERGENCY = frozenset({"110", "119", "120", "122"})
MOST_DAYS = 15
MARKS = range(1, 6)
REFUSALS: Mapping[Guard, type[ActionNotAllowed]] = {
    Guard.HOLDS_CLAIM: ClaimNotHeld,
    Guard.MAY_OBJECT: ObjectionsSpent,
    Guard.WITHIN_15_DAYS: TooLateToDispute,
}


def complete(session: Session, ticket: Any, step: "Step") -> "Step":
    """The unit that follows from rule table and catalogue where nobody named one; the history says from which."""
    if step.unit is None and step.action is Action.DISPATCH:
        found = route_of(session, ticket)
        decided = {"routing": found.version} | ({} if found.rank is None else {"rule": found.rank})
        return replace(step, unit=found.unit, details={**step.details, **decided})
    if step.action is Action.ANSWER and "article" in step.details:
        cited = store.find_article(session, str(step.details["article"]), None)
        if cited is not None and (cited.valid_until is None or cited.valid_until >= clock.today()):
            return replace(step, details={**step.details, "article_version": cited.version})
    return replace(step, unit=BACKSTOP) if step.action is Action.BACKSTOP else step


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
            unit=step.unit,
            at=session.at,
            urgency=None if urgency is None else str(urgency),
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
    if Need.URGENCY in arrow.needs:
        _check_urgency(actor, urgency)
    _check_score(arrow, step)
    if Need.DAYS in arrow.needs and not 1 <= int(step.details.get("days", 0)) <= MOST_DAYS:
        raise Invalid(field="/days", expected=f"1–{MOST_DAYS}")


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
