"""How urgent a ticket is: stated by whoever answers for it, never guessed. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from services.words import msgid


class Urgency(StrEnum):
    """What a ticket's time goes by, beside its kind and its channel."""

    ORDINARY = "ordinary"
    # Somebody or something is in danger: minutes, by day and by night.
    EMERGENCY = "emergency"
    # More than one department's or one week's work.
    COMPLEX = "complex"


URGENCY_TITLES: Mapping[Urgency, str] = {
    Urgency.ORDINARY: msgid("普通"),
    Urgency.EMERGENCY: msgid("紧急"),
    Urgency.COMPLEX: msgid("复杂"),
}
# 沪府办〔2018〕62号: a complex matter has 15 working days on approval; only a supervisor states it.
ON_APPROVAL = frozenset({Urgency.COMPLEX})
