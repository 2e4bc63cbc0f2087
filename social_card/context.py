"""What an operator of the hotline may hear of somebody's card, with their consent: how far it is, never its number."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.database.roles import Role
from services.database.session import Session
from services.words import msgid
from social_card import store
from social_card.rules import STATE_TITLES, State

# A card that was frozen or refused says something of its holder: whoever works at the card's own desk sees that.
TOLD = frozenset(
    {State.APPLIED, State.IN_PRODUCTION, State.READY, State.ISSUED, State.ACTIVE, State.TEMP_LOST, State.LOST}
)


class CardInContext:
    """The card's side of `services.ports.CallerContext`."""

    sentences: Mapping[str, str] = {
        **{state.value: STATE_TITLES[state] for state in State if state in TOLD},
        "none": msgid("没有社会保障卡，也没有在申领"),
    }

    def read_codes(self, session: Session, *, subject_id: UUID) -> Sequence[str]:
        """Where the live card stands."""
        # The hotline's desk reaches the hotline's rows alone; this one statement is what the worker may do.
        with session.entered(Role.WORKER):
            state = store.find_live_state(session, subject_id)
        if state is None:
            return ("none",)
        return (state,) if state in self.sentences else ()
