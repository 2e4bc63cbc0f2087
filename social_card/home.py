"""What the social card puts on the home page."""

from services.actor import Actor
from services.database.session import Session
from services.manifest import HomeCard, HomeLine
from services.web.language import gettext as _
from social_card import store
from social_card.rules import FINAL, STATE_TITLES, State


def home_cards(session: Session, actor: Actor) -> list[HomeCard]:
    """A card that waits to be collected or activated."""
    waiting = (State.READY, State.ISSUED)
    rows = store.list_cards(session, actor, limit=1, after=None, states=waiting)
    return [
        HomeCard(
            title=_("社会保障卡"),
            fact=_("去领卡") if row.state == State.READY else _("启用新卡"),
            line=_(STATE_TITLES[State(row.state)]),
            act=_("看看怎么办"),
            url="/my/card",
        )
        for row in rows
    ]


def home_line(session: Session, actor: Actor) -> HomeLine:
    """The state of the live card."""
    rows = store.list_cards(session, actor, limit=5, after=None)
    live = next((row for row in rows if State(row.state) not in FINAL), None)
    line = _(STATE_TITLES[State(live.state)]) if live else _("还没有卡，可以申领")
    return HomeLine(_("社会保障卡"), "/my/card", line)
