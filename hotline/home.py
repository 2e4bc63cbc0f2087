"""What the hotline puts on the home page."""

from hotline import store
from hotline.rules import CATEGORIES, State
from services.actor import Actor
from services.database.session import Session
from services.manifest import HomeCard, HomeLine, Urgency
from services.web.language import gettext as _


def home_cards(session: Session, actor: Actor) -> list[HomeCard]:
    """Tickets that wait for the reader: a department says done, or asks for more."""
    waiting = frozenset({State.RESOLVED, State.WAITING_RESIDENT})
    rows = store.list_tickets(session, actor, limit=3, after=None, states=waiting)
    return [
        HomeCard(
            title=_(CATEGORIES[row.category].title),
            fact=_("真的办好了吗？") if row.state == State.RESOLVED else _("请补充一下"),
            line=_("诉求 %(number)s", number=row.number),
            act=_("回答一下"),
            url=f"/my/tickets/{row.id}",
            tag=_("单位说办好了") if row.state == State.RESOLVED else _("等您补充"),
            urgency=Urgency.PLAIN,
        )
        for row in rows
    ]


def home_line(session: Session, actor: Actor) -> HomeLine:
    """How many tickets are open."""
    count = store.count_open(session, actor)
    line = _("%(count)d 件办理中", count=count) if count else _("没有办理中的诉求")
    return HomeLine(_("市民热线"), "/my/tickets", line)
