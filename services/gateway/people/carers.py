"""People who act for others: asking somebody, taking it up, and its end at once, by either side or by the calendar.

An offer is kept whether the person named exists or not, and looks the same to who made it: the page is no way to find
out who has an account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import audit, clock, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import relations, residents
from services.gateway.oauth.ledger import append_about
from services.gateway.people import rate_limits
from services.gateway.people.delegation_states import OFFER_LIFE, DelegationState, state_of
from services.gateway.people.errors import CarerLastDayWrong, CarerServicesMissing
from services.gateway.people.id_number import parse_id_number
from services.gateway.people.person_name import is_same_name, parse_name
from services.gateway.people.relations import queue_end
from services.gateway.people.signed_in import resident_of
from services.gateway.people.usernames import mask_name
from services.gateway.store import carers as store
from services.gateway.store import people
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.vault import Shredded, blind_index, cipher_for
from services.words import msgid

PAGE = "/my/account/delegates"
LONGEST = timedelta(days=366)
OFFERED = NoticeKind(
    name="gateway.carer_offered",
    service="gateway",
    sentence=msgid("有人请您代他办事。打开这里，看看是谁、办什么，再决定接不接"),
)
ACCEPTED = NoticeKind(
    name="gateway.carer_accepted",
    service="gateway",
    sentence=msgid("您请的代办人接受了，现在可以替您办事。随时可以在这里停"),
)
ENDED = NoticeKind(
    name="gateway.carer_ended",
    service="gateway",
    sentence=msgid("一份代办停止了，马上生效"),
)
declare(OFFERED, ACCEPTED, ENDED)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A relation as one of the two sees it: `name` is the other's, as typed or masked."""

    id: UUID
    subject: UUID
    name: str
    relation: str
    services: tuple[str, ...]
    last_day: date | None
    state: DelegationState


def offer_carer(
    session: Session,
    actor: Actor,
    *,
    id_number: str,
    name: str,
    services: Iterable[str],
    until: date | None,
    known: Iterable[str],
    policy: str,
) -> None:
    """Ask somebody to act for the actor in some services until the end of a day.

    Access: the gateway's role; a resident for themselves.
    Effects: one relation offered; where the person exists, a message to them; audit rows.
    Raises: Denied 403; IdNumber..., NameWrong, CarerServicesMissing, CarerLastDayWrong 422; TooManyAttempts 429.
    """
    account = resident_of(actor)
    number = parse_id_number(id_number, on=clock.today()).value
    typed = parse_name(name)
    chosen = sorted(set(services) & set(known))
    if not chosen:
        raise CarerServicesMissing(field="services")
    today = clock.today()
    if until is None or not today < until <= today + LONGEST:
        raise CarerLastDayWrong(field="until")
    rate_limits.spend(
        session, [rate_limits.spending(session.keys, policy, rate_limits.CARER_OFFER, str(account))]
    )
    carer = _find_person(session, number, typed)
    is_somebody = carer is not None and carer != account
    relation_id = ids.new_id()
    people.add_relation(
        session,
        {
            "subject_id": carer if is_somebody else ids.new_id(),
            "id": relation_id,
            "for_subject_id": account,
            "relation": "carer",
            "starts_at": session.at,
            "ends_at": datetime.combine(until + timedelta(days=1), time(), clock.SHANGHAI),
            "state": DelegationState.OFFERED.value,
            "services": chosen,
            "name_sealed": cipher_for(session, account).seal(relations.c.name_sealed, relation_id, typed),
            "decided_at": None,
        },
    )
    details = {"relation": "carer", "state": DelegationState.OFFERED.value, "services": chosen}
    audit.append(session, actor, "gateway.relation.changed", subject_id=account, details=details)
    if is_somebody and carer is not None:
        audit.append(session, actor, "gateway.relation.changed", subject_id=carer, details=details)
        notify(session, actor, subject_id=carer, kind=OFFERED.name, facts={}, link=PAGE)


def list_given(session: Session, actor: Actor) -> list[Delegation]:
    """Whom the actor has asked to act for them. Access: the gateway's role; one's own."""
    account = resident_of(actor)
    cipher = cipher_for(session, account)
    found = []
    for row in store.list_given(session, account):
        name = (
            ""
            if row.name_sealed is None
            else cipher.unseal_text(relations.c.name_sealed, row.id, row.name_sealed)
        )
        found.append(_delegation(session, row, row.subject_id, name))
    return found


def list_held(session: Session, actor: Actor) -> list[Delegation]:
    """For whom the actor acts, or is asked to, with their names masked.

    Access: the gateway's role; the relations of the actor's own account.
    Effects: one audit row when names were unsealed.
    """
    account = resident_of(actor)
    found = []
    for row in store.list_held(session, account):
        name = _masked_name(session, row.for_subject_id)
        if name is not None:
            found.append(_delegation(session, row, row.for_subject_id, name))
    for subject in dict.fromkeys(one.subject for one in found):
        details = {"fields": ["name"]}
        audit.append(session, actor, "gateway.account.read", subject_id=subject, details=details)
    return found


def accept_offer(session: Session, actor: Actor, relation_id: UUID) -> None:
    """Take up an offer; what stood between the two before is replaced by it.

    Effects: the relation stands until its day, of which a job reminds; older ones end with their grants; audit rows,
        a message to the other.
    Raises: NotFound 404 when there is no such offer any longer.
    """
    account = resident_of(actor)
    state = DelegationState.STANDING
    row = store.decide(session, account, relation_id, state.value, session.at - OFFER_LIFE)
    if row is None:
        raise NotFound
    for old in store.end_others(session, account, row.for_subject_id, relation_id):
        _end_derived(session, actor, old)
    _append(session, actor, row, state)
    queue_end(session, actor, account, relation_id, row.ends_at)
    notify(session, actor, subject_id=row.for_subject_id, kind=ACCEPTED.name, facts={}, link=PAGE)


def decline_offer(session: Session, actor: Actor, relation_id: UUID) -> None:
    """Say no to an offer. Effects: audit rows. Raises: NotFound 404."""
    account = resident_of(actor)
    state = DelegationState.DECLINED
    row = store.decide(session, account, relation_id, state.value, session.at - OFFER_LIFE)
    if row is None:
        raise NotFound
    _append(session, actor, row, state)


def end_given(session: Session, actor: Actor, relation_id: UUID) -> None:
    """End what somebody may do for the actor, or take the offer back.

    Effects: every consent and grant that came of it is refused from the next request on; audit rows, a message.
    Raises: NotFound 404.
    """
    row = store.end_given(session, resident_of(actor), relation_id)
    if row is None:
        raise NotFound
    _finish(session, actor, row, told=row.subject_id)


def end_held(session: Session, actor: Actor, relation_id: UUID) -> None:
    """End what the actor does for somebody. Effects, Raises: as `end_given`."""
    row = store.end_held(session, resident_of(actor), relation_id)
    if row is None:
        raise NotFound
    _finish(session, actor, row, told=row.for_subject_id)


def end_due_relation(session: Session, actor: Actor, *, relation_id: str) -> None:
    """The job of one relation's last instant: a child turned 14, or a carer's last day is over.

    Every request asks for itself whether a relation stands; this ends what came of it, and says so.
    """
    row = None if actor.subject is None else store.end_due(session, actor.subject, UUID(relation_id))
    if row is not None:
        _finish(session, actor, row, told=row.subject_id)


def _finish(session: Session, actor: Actor, row: Row[Any], *, told: UUID) -> None:
    _end_derived(session, actor, row)
    _append(session, actor, row, DelegationState.ENDED)
    if people.has_account(session, told):
        notify(session, actor, subject_id=told, kind=ENDED.name, facts={}, link=PAGE)


def _end_derived(session: Session, actor: Actor, row: Row[Any]) -> None:
    ended = store.revoke_derived(session, row.subject_id, row.for_subject_id, row.relation)
    for grant in ended:
        details = {"client": grant.client_id, "grant": str(grant.id), "reason": "relation_ended"}
        append_about(session, actor, "gateway.grant.revoked", row.subject_id, row.for_subject_id, details)


def _append(session: Session, actor: Actor, row: Row[Any], state: DelegationState) -> None:
    details = {"relation": row.relation, "state": state.value, "services": list(row.services or ())}
    append_about(session, actor, "gateway.relation.changed", row.subject_id, row.for_subject_id, details)


def _find_person(session: Session, number: str, name: str) -> UUID | None:
    """The resident with an account who has this number and this name."""
    subject = people.find_subject_by_username(session, blind_index(session, "id_number", number))
    account = people.find_account(session, subject or _NOBODY)
    row = people.find_resident(session, subject or _NOBODY)
    if subject is None or account is None or row is None:
        return None
    try:
        known = cipher_for(session, subject).unseal_text(residents.c.name_sealed, subject, row["name_sealed"])
    except Shredded:
        return None
    return subject if is_same_name(known, name) else None


def _masked_name(session: Session, subject: UUID) -> str | None:
    row = people.find_resident(session, subject)
    if row is None:
        return None
    try:
        cipher = cipher_for(session, subject)
    except Shredded:
        return None
    return mask_name(cipher.unseal_text(residents.c.name_sealed, subject, row["name_sealed"]))


def _delegation(session: Session, row: Row[Any], subject: UUID, name: str) -> Delegation:
    return Delegation(
        id=row.id,
        subject=subject,
        name=name,
        relation=row.relation,
        services=tuple(row.services or ()),
        last_day=_last_day(row.ends_at),
        state=state_of(row, session.at),
    )


def _last_day(ends_at: datetime | None) -> date | None:
    """The last whole day before an end, in Shanghai."""
    if ends_at is None:
        return None
    return (ends_at - timedelta(seconds=1)).astimezone(clock.SHANGHAI).date()
