"""The messages that e-bills send."""

from services.notices.kinds import NoticeKind, declare
from services.words import msgid

BILLS_ARRIVED = NoticeKind(
    "ebills.bills_arrived",
    "ebills",
    msgid("新账单到了：%(count)s 张，共 %(amount)s 元，最早 %(due_on)s 前缴"),
)
NOTICE_KINDS = (BILLS_ARRIVED,)

declare(*NOTICE_KINDS)
