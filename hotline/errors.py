"""The facts that stop a hotline use case."""

from services.errors import CitizenError, IllegalTransition
from services.words import msgid


class TicketAlreadyClaimed(CitizenError):
    """Another operator holds the ticket; exactly one of those who try at once wins."""

    code = "hotline.ticket_already_claimed"
    status = 409
    title = msgid("这件诉求由席位 %(seat)s 在办，保留到 %(until)s。请选下一件")


class ActionNotAllowed(IllegalTransition):
    """The state table has no such arrow from here, or not for this actor."""

    code = "hotline.action_not_allowed"
    title = msgid("这件诉求现在不能这样办；刷新后看看最新状态")


class ClaimNotHeld(ActionNotAllowed):
    """Whoever writes holds no live claim on the ticket, or an older one than the newest."""

    code = "hotline.claim_not_held"
    title = msgid("您没有领取这件诉求，或保留时间已过，什么也没有改。请重新领取")


class ObjectionsSpent(ActionNotAllowed):
    """The department has objected as often as it may, or its objection was overruled."""

    code = "hotline.objections_spent"
    title = msgid("贵单位对这件诉求不能再提异议，请签收办理")


class PartsOpen(ActionNotAllowed):
    """A unit that helps has not said that its part is done; whoever says done says that too."""

    code = "hotline.parts_open"
    title = msgid("协办单位 %(units)s 还没有办完自己的部分。确实已经办好，就写明不等协办")


class UrgencyNeedsApproval(ActionNotAllowed):
    """That a ticket is complex, and has the longest time, is for a supervisor to say."""

    code = "hotline.urgency_needs_approval"
    title = msgid("复杂件要由督办人员批准，请申请延期或转请督办")


class TooLateToDispute(ActionNotAllowed):
    """A ticket may be disputed for 15 days after it ended."""

    code = "hotline.too_late_to_dispute"
    title = msgid("办结已超过 15 天。请提交一件新的诉求，写上这个编号")


class ContextNotGranted(CitizenError):
    """The resident consented to nothing that holds now, for this reader and this ticket or call."""

    code = "hotline.context_not_granted"
    status = 403
    title = msgid("市民没有授权，或授权已到期。可以请市民在页面上授权，或念 8 位数")


class ContextCodeRefused(CitizenError):
    """No code of these digits lives, or the call has ended. The guess is counted."""

    code = "hotline.context_code_refused"
    status = 422
    title = msgid("这 8 位数不对，或已用过、已过期。请市民再做一个")
    keeps_effects = True


class TooManyContextCodes(CitizenError):
    """Too many wrong codes lately."""

    code = "hotline.too_many_context_codes"
    status = 429
    title = msgid("试的次数太多，请过几分钟再试")


class QueueEmpty(CitizenError):
    """No ticket waits to be claimed."""

    code = "hotline.queue_empty"
    status = 404
    title = msgid("现在没有等着的诉求")


class TrackingCodeUnknown(CitizenError):
    """No ticket has this number and code together."""

    code = "hotline.tracking_code_unknown"
    status = 404
    title = msgid("没有查到。请核对诉求编号和查询码")


class NotForEverybody(ActionNotAllowed):
    """A confidential or anonymous ticket is never published."""

    code = "hotline.not_for_everybody"
    title = msgid("保密或匿名的诉求不能对外公开")


class NotesFull(CitizenError):
    """A ticket carries a bounded number of internal notes."""

    code = "hotline.notes_full"
    status = 409
    title = msgid("一件诉求最多写 200 条内部备注")


class SearchTooBroad(CitizenError):
    """Nothing to look for, or more than the index holds together."""

    code = "hotline.search_too_broad"
    status = 422
    title = msgid("写 1 到 8 个词，每个词最多 64 个字，词与词之间空一格")


class SavedViewsFull(CitizenError):
    """Everybody keeps a bounded number of searches."""

    code = "hotline.saved_views_full"
    status = 409
    title = msgid("最多存 30 个常用查询，请先删掉不用的")


class SignatureRefused(CitizenError):
    """A message is signed by no key of ours, or was signed more than five minutes ago."""

    code = "hotline.signature_refused"
    status = 403
    title = msgid("签名不对或已过期，什么也没有收下")


class PictureTooLarge(CitizenError):
    """A picture has more bytes or more pixels than are taken."""

    code = "hotline.picture_too_large"
    status = 413
    title = msgid("照片最大 10 MB。请缩小后再发")


class NoPicture(CitizenError):
    """The first bytes are those of no picture that is taken."""

    code = "hotline.no_picture"
    status = 415
    title = msgid("只收 JPEG、PNG 和 WebP 照片")


class PictureBroken(CitizenError):
    """A picture cannot be read to its end."""

    code = "hotline.picture_broken"
    status = 422
    title = msgid("这张照片打不开，请换一张或重新拍")


class PicturesFull(CitizenError):
    """A ticket carries a bounded number of pictures."""

    code = "hotline.pictures_full"
    status = 409
    title = msgid("一件诉求最多放 %(most)d 张照片")


class MergeNotPossible(CitizenError):
    """A ticket goes on for another only when it is open, another one, and the other goes on for none."""

    code = "hotline.merge_not_possible"
    status = 409
    title = msgid("不能这样并单：要并入一件还在办的诉求，而且这一件自己没有并入过别的")
