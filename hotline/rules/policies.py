"""The rules of time as versioned data: how long each clock has, by kind of ticket, urgency and channel. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotline.rules.calendar import Spans
from hotline.rules.urgency import Urgency
from services.words import msgid


class ClockKind(StrEnum):
    """What is waited for."""

    ACCEPT = "accept"
    SIGN = "sign"
    CONTACT = "contact"
    RESOLVE = "resolve"
    CALL_BACK = "call_back"


CLOCK_TITLES: Mapping[ClockKind, str] = {
    ClockKind.ACCEPT: msgid("受理"),
    ClockKind.SIGN: msgid("签收"),
    ClockKind.CONTACT: msgid("联系市民"),
    ClockKind.RESOLVE: msgid("办结"),
    ClockKind.CALL_BACK: msgid("回访"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What of a ticket its time depends on."""

    category: str = ""
    channel: str = ""
    urgency: Urgency = Urgency.ORDINARY


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long a clock has: minutes of working time, or of day and night; and who says so."""

    minutes: int
    is_day_and_night: bool
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """What some tickets have instead of the usual; an empty field means any. Only the clocks in `minutes` are meant."""

    minutes: Mapping[ClockKind, int]
    calendar: frozenset[ClockKind] = frozenset()
    categories: frozenset[str] = frozenset()
    urgencies: frozenset[Urgency] = frozenset()
    channels: frozenset[str] = frozenset()
    source: str = ""

    def fits(self, matter: Matter) -> bool:
        """Whether it is about such a ticket."""
        return all(
            not meant or one in meant
            for meant, one in (
                (self.categories, matter.category),
                (self.urgencies, matter.urgency),
                (self.channels, matter.channel),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules of time. Minutes; `calendar` names the clocks that run day and night.

    `rules` are asked in order before `minutes`: the first that fits and names a clock decides for it. `redo` is what a
    reopened ticket gets at most instead of a fresh full clock, `supervised` the most that is left from the moment
    somebody supervises it (None: supervision moves nothing); `pause_cap` ends a pause that nobody ends. `levels`
    are the rungs of the escalation ladder, in per cent of a clock's time.
    """

    version: int
    spans: Spans
    minutes: Mapping[ClockKind, int]
    calendar: frozenset[ClockKind]
    redo: int
    pause_cap: int
    levels: tuple[int, ...] = ()
    rules: tuple[TimeRule, ...] = ()
    supervised: int | None = None

    def allowance(self, kind: ClockKind, matter: Matter) -> Allowance:
        """How long this clock of such a ticket has."""
        for rule in self.rules:
            if kind in rule.minutes and rule.fits(matter):
                return Allowance(rule.minutes[kind], kind in rule.calendar, rule.source)
        return Allowance(self.minutes[kind], kind in self.calendar)

    def allowance_again(self, matter: Matter) -> Allowance:
        """How long a reopened ticket has to be resolved: never longer than it had the first time."""
        first = self.allowance(ClockKind.RESOLVE, matter)
        return first if first.is_day_and_night or first.minutes < self.redo else Allowance(self.redo, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line of what holds for a kind of ticket; `channel` is None for every one that has no line of its own."""

    urgency: Urgency
    channel: str | None
    kind: ClockKind
    allowance: Allowance


def told_of(policy: Policy, category: str) -> Iterator[Told]:
    """All that a policy says of a kind of ticket: every urgency and clock, and the channels where it differs."""
    channels = sorted({channel for rule in policy.rules for channel in rule.channels})
    for urgency in Urgency:
        for kind in ClockKind:
            usual = policy.allowance(kind, Matter(category=category, urgency=urgency))
            yield Told(urgency=urgency, channel=None, kind=kind, allowance=usual)
            for channel in channels:
                matter = Matter(category=category, urgency=urgency, channel=channel)
                here = policy.allowance(kind, matter)
                if here != usual:
                    yield Told(urgency=urgency, channel=channel, kind=kind, allowance=here)
