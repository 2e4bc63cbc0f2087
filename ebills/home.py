"""What e-bills put on the home page."""

from ebills import store
from ebills.rules import UTILITY_TITLES, Utility
from services import clock
from services.actor import Actor
from services.database.session import Session
from services.manifest import HomeCard, HomeLine, Urgency
from services.web.filters import civil_date, money, money_words
from services.web.language import gettext as _

SOON_DAYS = 10


def home_cards(session: Session, actor: Actor) -> list[HomeCard]:
    """The open bills that are due soonest."""
    if actor.subject is None:
        return []
    billers = store.list_billers(session)
    cards = []
    for row in store.list_due(session, actor.subject, 3):
        days = (row.due_on - clock.today()).days
        utility = _(UTILITY_TITLES[Utility(billers[row.biller].utility)])
        cards.append(
            HomeCard(
                title=_("%(month)d 月%(utility)s", month=row.period_to.month, utility=utility),
                fact=money(row.amount_minor),
                line=_("%(date)s前缴", date=civil_date(row.due_on)),
                act=_("看 %(amount)s 的账单", amount=money_words(row.amount_minor)),
                url=f"/my/bills/{row.id}",
                tag=_("还有 %(days)d 天", days=days) if days >= 0 else _("已过期 %(days)d 天", days=-days),
                urgency=Urgency.DUE if days <= SOON_DAYS else Urgency.PLAIN,
                due_on=row.due_on,
            )
        )
    return cards


def home_line(session: Session, actor: Actor) -> HomeLine:
    """How many bills are open."""
    count = store.sum_due(session, actor.subject)[0] if actor.subject else 0
    line = _("待缴 %(count)d 张", count=count) if count else _("没有要缴的账单")
    return HomeLine(_("水电燃气账单"), "/my/bills", line)
