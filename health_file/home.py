"""What the health file puts on the home page."""

from health_file import store
from services.actor import Actor
from services.clock import SHANGHAI
from services.database.session import Session
from services.manifest import HomeLine
from services.web.language import gettext as _


def home_line(session: Session, actor: Actor) -> HomeLine:
    """When the newest record arrived."""
    count, newest = store.count_resources(session, actor)
    if not count or newest is None:
        line = _("还没有记录")
    else:
        on = newest.astimezone(SHANGHAI)
        line = _("%(month)d月%(day)d日有新的记录", month=on.month, day=on.day)
    return HomeLine(_("健康档案"), "/my/health", line)
