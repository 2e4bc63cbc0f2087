"""Tickets walked along the state table, with nothing but the rules."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hotline.rules import Action, Arrow, Event, Facts, State, fold
from hotline.rules.history import advance, digest_of

NUMBER = "261126000001"
FIRST = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
OPERATOR, OFFICER, RESIDENT = UUID(int=1), UUID(int=2), UUID(int=3)
ACCOUNTS = {"operator": OPERATOR, "supervisor": OPERATOR, "officer": OFFICER, "resident": RESIDENT}


@dataclass
class Walked:
    """A history and what it adds up to."""

    events: list[Event] = field(default_factory=list)
    at: datetime = FIRST

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
            )
        )

    @property
    def facts(self) -> Facts:
        return fold(self.events)

    def take(
        self, action: Action, arrow: Arrow, *, by: str, unit: str | None = None, **details: int
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
