"""The facts that stop a hotline use case."""

from services.errors import CitizenError, IllegalTransition
from services.words import msgid


class TicketAlreadyClaimed(CitizenError):
    """Another operator holds the ticket; exactly one of those who try at once wins."""

    code = "hotline.ticket_already_claimed"
    status = 409
    title = msgid("这件诉求刚被别人领取，请选下一件")


class ActionNotAllowed(IllegalTransition):
    """The state table has no such arrow from here, or not for this actor."""

    code = "hotline.action_not_allowed"
    title = msgid("这件诉求现在不能这样办；刷新后看看最新状态")


class TrackingCodeUnknown(CitizenError):
    """No ticket has this number and code together."""

    code = "hotline.tracking_code_unknown"
    status = 404
    title = msgid("没有查到。请核对诉求编号和查询码")
