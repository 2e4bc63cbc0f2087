"""Tickets walked along the state table, with nothing but the rules."""

import importlib.util
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hotline.rules import Action, Arrow, Effect, Event, Facts, Need, State, fold
from hotline.rules.history import Details, advance, digest_of
from hotline.rules.policies import Policy
from hotline.rules.publications import policy_in
from services.settings import CHECKOUT

NUMBER = "261126000001"
FIRST = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
OPERATOR, OFFICER, RESIDENT = UUID(int=1), UUID(int=2), UUID(int=3)
ACCOUNTS = {"operator": OPERATOR, "supervisor": OPERATOR, "officer": OFFICER, "resident": RESIDENT}


@dataclass
class Walked:
    """A history and what it adds up to."""

    events: list[Event] = field(default_factory=list)
    at: datetime = FIRST
    filed: Details = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._add(
            Event(
                sequence=1,
                at=self.at,
                action=Action.SUBMIT,
                from_state=None,
                to_state=State.RECEIVED,
                by="resident",
                actor="a",
                account=RESIDENT,
                unit="HOTLINE",
                details=self.filed,
            )
        )

    @property
    def facts(self) -> Facts:
        return fold(self.events)

    def take(
        self, action: Action, arrow: Arrow, *, by: str, unit: str | None = None, **details: str | int
    ) -> Facts:
        """One more event, as an actor of this kind would cause it."""
        before = self.facts
        event = Event(
            sequence=before.sequence + 1,
            at=self.at,
            action=action,
            from_state=before.state,
            to_state=arrow.to,
            by=by,
            actor=by,
            account=ACCOUNTS.get(by),
            unit=unit or before.unit,
            details=details,
        )
        after = advance(before, event)
        self._add(event)
        return after

    def wait(self, span: timedelta) -> None:
        self.at += span

    def _add(self, event: Event) -> None:
        previous = self.events[-1].digest if self.events else None
        self.events.append(replace(event, digest=digest_of(NUMBER, event, previous)))


def brought(arrow: Arrow, **given: str | int) -> dict[str, str | int]:
    """Of what somebody has at hand, what this step asks for."""
    asked = {
        Need.DAYS: "days",
        Need.SCORE: "score",
        Need.URGENCY: "urgency",
        Need.CO_UNITS: "co_units",
        Effect.NAME_CO_UNITS: "co_units",
        Effect.FINISH_PART: "part",
    }
    return {name: given[name] for what, name in asked.items() if what in {*arrow.needs, *arrow.effects}}


def revision(name: str) -> Any:
    """A migration as a module, for the data that it brings."""
    (path,) = (CHECKOUT / "migrations" / "versions").glob(f"*_{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def third_policy() -> Policy:
    """The rules of time by kind, urgency and channel, as the migration publishes them."""
    first = revision("hotline_keep_clocks").POLICY
    return policy_in(3, {**first, **revision("hotline_time_by_urgency").CHANGED})
