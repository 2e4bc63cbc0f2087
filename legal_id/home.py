"""What legal-person ID puts on the home page."""

from legal_id import store
from services.actor import Actor
from services.database.session import Session
from services.manifest import HomeLine
from services.web.language import gettext as _


def home_line(session: Session, actor: Actor) -> HomeLine:
    """For how many businesses the reader may act."""
    count = len(store.list_represented(session, actor.account, limit=99, after=None)) if actor.account else 0
    line = _("您代表 %(count)d 家企业办事", count=count) if count else _("查企业，或登记您的企业")
    return HomeLine(_("企业身份"), "/business", line)
