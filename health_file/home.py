"""What the health file puts on the home page."""

from health_file import store
from services.actor import Actor
from services.clock import SHANGHAI
from services.database.session import Session
from services.manifest import HomeLine
from services.web.filters import civil_date
from services.web.language import gettext as _


def home_line(session: Session, actor: Actor) -> HomeLine:
    """When the newest record arrived."""
    count, newest = store.count_resources(session, actor)
    if not count or newest is None:
        line = _("还没有记录")
    else:
        line = _("最新的记录：%(date)s", date=civil_date(newest.astimezone(SHANGHAI).date()))
    return HomeLine(_("健康档案"), "/my/health", line)
