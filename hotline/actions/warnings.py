"""Who hears that a ticket's time runs out: the inboxes of the unit that answers, and of the supervisors."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from hotline.rules.units import DESK
from services import vault
from services.actor import Actor
from services.database.session import Session
from services.gateway.directory import list_staff_accounts
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

# From this level on a ticket is late, and the supervisors hear of it; of an emergency they hear at every level.
LATE_FROM = 100
# Only what cannot wait for somebody to look goes out by SMS too.
NEAR = NoticeKind(
    name="hotline.time_runs_out",
    service="hotline",
    sentence=msgid("%(count)s 件诉求的时限快到了，最急的 %(number)s 已用 %(level)s%% 时间"),
    channels=(),
)
LATE = NoticeKind(
    name="hotline.time_ran_out",
    service="hotline",
    sentence=msgid("%(count)s 件诉求超时了，最久的 %(number)s 已用 %(level)s%% 时间"),
    channels=(),
)
EMERGENCY = NoticeKind(
    name="hotline.emergency_waits",
    service="hotline",
    sentence=msgid("紧急诉求在等：%(count)s 件到了提醒的一级，最急的 %(number)s 已用 %(level)s%% 时间"),
    channels=("sms",),
)
declare(NEAR, LATE, EMERGENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A ticket of which a clock has just reached a level."""

    ticket_id: UUID
    number: str
    unit: str
    level: int
    is_emergency: bool

    @property
    def is_for_supervisors(self) -> bool:
        """Whether the unit alone hears of it, or the supervisors too."""
        return self.is_emergency or self.level >= LATE_FROM


def warn_staff(session: Session, actor: Actor, reached: Sequence[Reached]) -> None:
    """One message a person and sweep, however many tickets: a full inbox is read by nobody.

    Access: the worker. Effects: messages to the staff of each unit (at the desk its operators), and to all
        supervisors for what is late or an emergency.
    """
    supervised = [one for one in reached if one.is_for_supervisors]
    told = set(list_staff_accounts(session, role="supervisor")) if supervised else set[UUID]()
    for account in sorted(told):
        _warn(session, actor, account, supervised)
    for unit in sorted({one.unit for one in reached}):
        role = "operator" if unit == DESK else "officer"
        theirs = [one for one in reached if one.unit == unit]
        for account in list_staff_accounts(session, role=role, unit=unit):
            if account not in told:
                _warn(session, actor, account, theirs)


def _warn(session: Session, actor: Actor, account: UUID, reached: Iterable[Reached]) -> None:
    tickets = {one.ticket_id: one for one in sorted(reached, key=_weight)}
    worst = list(tickets.values())[-1]
    kind = EMERGENCY if worst.is_emergency else LATE if worst.level >= LATE_FROM else NEAR
    facts = {"count": str(len(tickets)), "number": worst.number, "level": str(worst.level)}
    link = f"/console/hotline/{worst.ticket_id}" if len(tickets) == 1 else "/console/desk"
    # An account whose key was destroyed has no inbox.
    with suppress(vault.Shredded):
        notify(session, actor, subject_id=account, kind=kind.name, facts=facts, link=link)


def _weight(one: Reached) -> tuple[bool, int, str]:
    return one.is_emergency, one.level, one.number
