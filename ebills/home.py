"""What e-bills put on the home page."""

from ebills import actions
from ebills.titles import bill_title, days_left
from services import clock
from services.actor import Actor
from services.database.session import Session
from services.manifest import HomeCard, HomeLine, Urgency
from services.web.filters import civil_date, money
from services.web.language import gettext as _

SOON_DAYS = 10


def home_cards(session: Session, actor: Actor) -> list[HomeCard]:
    """The open bill that is due soonest."""
    if actor.subject is None:
        return []
    due = actions.read_next_due(session, actor)
    if due is None:
        return []
    today = clock.today()
    is_soon = (due.due_on - today).days <= SOON_DAYS
    return [
        HomeCard(
            title=bill_title(due.utility, due.period_to),
            fact=money(due.due_minor),
            line=_("%(date)s前缴", date=civil_date(due.due_on)),
            act=_("看账单"),
            url=f"/my/bills/{due.id}",
            tag=days_left(due.due_on, today),
            urgency=Urgency.DUE if is_soon else Urgency.PLAIN,
            due_on=due.due_on,
        )
    ]


def home_line(session: Session, actor: Actor) -> HomeLine:
    """How many bills are open."""
    count = 0 if actor.subject is None else actions.count_due(session, actor)
    line = _("待缴 %(count)d 张", count=count) if count else _("没有要缴的账单")
    return HomeLine(_("水电燃气账单"), "/my/bills", line)
