"""The facts that stop a card's use case."""

from services.errors import CitizenError, IllegalTransition
from services.words import msgid


class CardAlreadyHeld(CitizenError):
    """A resident has one live card at most."""

    code = "social_card.card_already_held"
    status = 409
    title = msgid("您已有一张在用或在办的卡，不用再申领。卡片页可以看状态")


class EventNotAllowed(IllegalTransition):
    """The card's state table has no such arrow from here, or not for this actor."""

    code = "social_card.event_not_allowed"
    title = msgid("这张卡现在不能这样办；卡片页写着现在的状态")


class CheckRefused(CitizenError):
    """A card that was shown opens nothing; each way says what to do next."""


class CodeNotRead(CheckRefused):
    """It is no code of a card, or not the whole of one."""

    code = "social_card.code_not_read"
    status = 422
    title = msgid("这不是社保卡的码，或没有扫全。请居民打开卡片页的“出示”，再扫一次")


class CodeExpired(CheckRefused):
    """Its minute is over."""

    code = "social_card.code_expired"
    status = 409
    title = msgid("这个码过了一分钟，已失效。请居民在手机上按“换一个新码”，再扫一次")


class CodeUsed(CheckRefused):
    """It was checked before."""

    code = "social_card.code_used"
    status = 409
    title = msgid("这个码已经用过，一个码只能验一次。请居民按“换一个新码”，再扫一次")
    keeps_effects = True


class CardNotInUse(CheckRefused):
    """The card is not active any more, or has changed since the code was made."""

    code = "social_card.card_not_in_use"
    status = 409
    title = msgid("这张卡已挂失或停用，不能用它看病。请居民到卡片页看状态，并用身份证件核对本人")
    keeps_effects = True
