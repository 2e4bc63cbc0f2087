"""Home: what needs this person now, the five services with a line of state, the newest messages."""

from collections.abc import Sequence
from datetime import date

from flask import render_template

from services import clock, notices
from services.actor import Actor
from services.clock import SHANGHAI
from services.database.session import Session
from services.manifest import HomeCard, Manifest
from services.web.filters import civil_date, lunar
from services.web.language import current_language
from services.web.language import gettext as _

MOST_TASKS = 5
MOST_MESSAGES = 3


def render_home(session: Session, actor: Actor, manifests: Sequence[Manifest], *, name: str = "") -> str:
    """The home page of a signed-in resident."""
    manifests = [one for one in manifests if actor.services is None or one.name in actor.services]
    tasks = [card for manifest in manifests for card in manifest.home_cards(session, actor)]
    tasks.sort(key=_by_due_date)
    lines = [manifest.home_line(session, actor) for manifest in manifests if manifest.home_line]
    today = clock.today()
    return render_template(
        "web/home.html",
        greeting=_greeting(name),
        today=civil_date(today),
        lunar=lunar(today) if current_language() != "en" else "",
        tasks=tasks[:MOST_TASKS],
        lines=lines,
        messages=notices.list_messages(session, actor, limit=MOST_MESSAGES),
    )


def _by_due_date(card: HomeCard) -> tuple[bool, date]:
    return card.due_on is None, card.due_on or date.max


def _greeting(name: str) -> str:
    hour = clock.now().astimezone(SHANGHAI).hour
    if hour < 11:
        words = _("上午好")
    elif hour < 18:
        words = _("下午好")
    else:
        words = _("晚上好")
    if not name:
        return words
    return _("%(name)s，%(words)s", name=name, words=words)
