"""The messages that the hotline sends."""

from services.notices.kinds import NoticeKind, declare
from services.words import msgid

TICKET_FILED = NoticeKind(
    "hotline.ticket_filed",
    "hotline",
    msgid("已收到您的诉求，编号 %(number)s，查询码 %(code)s"),
)
NOTICE_KINDS = (TICKET_FILED,)

declare(*NOTICE_KINDS)
