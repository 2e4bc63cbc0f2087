"""The demo city's cards: most people's in use, and some in every other state."""

from collections.abc import Iterator

from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.demo.city import City
from social_card import actions
from social_card.rules import Event

USED = (Event.APPROVE, Event.PRODUCED, Event.HAND_OVER, Event.ACTIVATE)
# The way to each state; most residents take the first.
PATHS: tuple[tuple[Event, ...], ...] = (
    USED, USED, USED, (), USED, (Event.APPROVE,), USED, (Event.REJECT,), USED, (Event.APPROVE, Event.PRODUCED),
    USED, USED[:3], USED, (*USED, Event.REPORT_TEMP_LOSS), USED, (*USED, Event.REPORT_FORMAL_LOSS), USED,
    (*USED, Event.FREEZE), USED, (*USED, Event.CANCEL),
)  # fmt: skip
HOLDERS = frozenset({Event.WITHDRAW, Event.ACTIVATE, Event.REPORT_TEMP_LOSS})


def seed(session: Session, city: City) -> Iterator[str]:
    """Apply for everybody with an account and walk each card to its state."""
    member = next(one for one in city.staff_in("officer") if one.unit == "CARD")
    officer = Actor(
        kind=ActorKind.STAFF,
        account=member.subject_id,
        relation=Relation.STAFF,
        roles=frozenset(member.roles),
        unit=member.unit,
    )
    adults = city.adults()
    for index, resident in enumerate(adults):
        holder = Actor(kind=ActorKind.RESIDENT, account=resident.subject_id, subject=resident.subject_id)
        pickup = f"{resident.district}社保卡服务网点"
        card = actions.create_application(session, holder, pickup=pickup)
        for event in PATHS[index % len(PATHS)]:
            actor = holder if event in HOLDERS else officer
            actions.change_card(session, actor, card_id=card.id, event=event)
        if index % 20 == 0:
            yield f"cards {index}/{len(adults)}"
