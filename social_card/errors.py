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
