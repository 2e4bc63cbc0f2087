"""The demo city's businesses: registered by their representatives, most of them confirmed."""

from collections.abc import Iterator

from legal_id import actions
from legal_id.rules import Event
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.demo.city import City

# The way of each business; most are confirmed and in business.
PATHS: tuple[tuple[Event, ...], ...] = (
    (Event.CONFIRM,), (Event.CONFIRM,), (), (Event.CONFIRM,), (Event.CONFIRM, Event.SUSPEND), (Event.CONFIRM,),
    (Event.REFUSE,), (Event.CONFIRM,), (Event.CONFIRM, Event.REVOKE_LICENCE), (Event.CONFIRM,),
    (Event.CONFIRM, Event.MOVE_OUT), (Event.CONFIRM,), (Event.CONFIRM, Event.REVOKE_LICENCE, Event.DEREGISTER),
)  # fmt: skip


def seed(session: Session, city: City) -> Iterator[str]:
    """Register every business and walk it to its status."""
    member = next(one for one in city.staff_in("officer") if one.unit == "REGISTER")
    officer = Actor(
        kind=ActorKind.STAFF,
        account=member.subject_id,
        relation=Relation.STAFF,
        roles=frozenset(member.roles),
        unit=member.unit,
    )
    for index, firm in enumerate(city.legal_persons):
        representative = Actor(
            kind=ActorKind.RESIDENT, account=firm.representative, subject=firm.representative
        )
        actions.create_legal_person(
            session,
            representative,
            uscc=firm.uscc,
            name=firm.name,
            name_en=firm.name_en,
            address=firm.address,
            contact=f"021-5{index:07d}",
        )
        for event in PATHS[index % len(PATHS)]:
            actor = representative if event in {Event.SUSPEND, Event.RESUME} else officer
            actions.change_legal_person(session, actor, uscc=firm.uscc, event=event)
        if index % 10 == 0:
            yield f"businesses {index}/{len(city.legal_persons)}"
