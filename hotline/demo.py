"""The demo city's tickets: one for each state and more, through the same actions as everywhere."""

from collections.abc import Iterator
from uuid import UUID

from hotline import actions
from hotline.rules import TRANSITIONS, Action, State
from hotline.rules.calls import CallEvent
from hotline.rules.channels import Channel
from services.actor import Actor, ActorKind, Relation, system
from services.database.session import Session
from services.demo.accounts import open311_api_key
from services.demo.city import City, StaffMember

SENTENCES = (
    ("street_light", "小区门口的路灯三天没亮了，晚上老人出门看不清路。"),
    ("road", "人行道上的井盖松了，自行车骑过去会响，怕有人摔倒。"),
    ("greening", "行道树的枝条碰到了二楼窗户，请修剪一下。"),
    ("noise", "楼下工地夜里十一点还在施工，孩子睡不着。"),
    ("housing", "电梯又停了，十二楼的老人下不来，物业说在等零件。"),
    ("other", "公交站的时刻表看不清，字太小，希望换大一点的。"),
)
# The way to each state, as the actions that lead there. A reopened ticket goes back to its department at once.
SENT = (Action.CLAIM, Action.DISPATCH)
WORKED = (*SENT, Action.SIGN, Action.START)
PATHS: dict[State, tuple[Action, ...]] = {
    State.RECEIVED: (),
    State.TRIAGE: (Action.CLAIM,),
    State.ANSWERED: (Action.CLAIM, Action.ANSWER),
    State.DECLINED: (Action.CLAIM, Action.DECLINE),
    State.TRANSFERRED: (Action.CLAIM, Action.TRANSFER),
    State.DISPATCHED: SENT,
    State.OBJECTION: (*SENT, Action.OBJECT),
    State.ADJUDICATION: (*SENT, Action.OBJECT, Action.UPHOLD, Action.DISPATCH, Action.OBJECT),
    State.SIGNED: (*SENT, Action.SIGN),
    State.WORKING: WORKED,
    State.WAITING_RESIDENT: (*WORKED, Action.ASK_RESIDENT),
    State.RESOLVED: (*WORKED, Action.RESOLVE),
    State.REOPENED: (*WORKED, Action.RESOLVE, Action.REOPEN),
    State.CLOSED: (*WORKED, Action.RESOLVE, Action.CLOSE),
}
NOTES = {
    Action.ANSWER: "已告知办理地点和所需材料。",
    Action.DECLINE: "这件事由法院受理，已说明立案窗口的地址和电话。",
    Action.OBJECT: "这一段道路不归我单位养护，附养护分界图。",
    Action.UPHOLD: "分界图属实，重新核对承办单位。",
    Action.ASK_RESIDENT: "请补充一下具体的楼号。",
    Action.RESOLVE: "维修人员已到现场处理完毕。",
    Action.REOPEN: "晚上看过，还是不亮。",
}
CALLS = (
    ("1", "13900000011", (CallEvent.STARTED,)),
    ("2", "13900000012", (CallEvent.STARTED, CallEvent.ANSWERED, CallEvent.ENDED)),
    ("3", "13900000013", (CallEvent.STARTED, CallEvent.MISSED)),
    ("4", "13900000013", (CallEvent.STARTED, CallEvent.MISSED)),
)


def seed(session: Session, city: City) -> Iterator[str]:
    """File tickets and walk each to its state."""
    adults = city.adults()
    operator = staff_actor(city.staff_in("operator")[0])
    officers = {member.unit: staff_actor(member) for member in city.staff_in("officer")}
    for member in city.staff_in("operator"):
        actions.create_channel_key(
            session,
            system("hotline.demo"),
            channel=Channel.OPEN311,
            title=f"Open311 {member.username}",
            key=open311_api_key(member.username),
            account_id=member.subject_id,
        )
    for round_number in range(3):
        for index, (state, path) in enumerate(PATHS.items()):
            resident = adults[(round_number * len(PATHS) + index) % len(adults)]
            category, text = SENTENCES[(round_number + index) % len(SENTENCES)]
            reporter = Actor(
                kind=ActorKind.RESIDENT, account=resident.subject_id, subject=resident.subject_id
            )
            filed = actions.create_ticket(
                session,
                reporter,
                category=category,
                text=text,
                district=resident.district,
                place=resident.address,
                channel="phone",
            )
            for action in path:
                _take(session, filed.id, action, operator, officers, reporter)
            yield f"{state.value} {round_number + 1}/3"
    _merge_two(session, reporter, operator)
    _mark_badly(session, adults[0].subject_id, operator, officers)
    _take_calls(session)
    supervisor = staff_actor(city.staff_in("supervisor")[0])
    _help_with_one(session, reporter, operator, officers, supervisor)
    _state_an_emergency(session, reporter, operator)


def _mark_badly(session: Session, account: UUID, operator: Actor, officers: dict[str, Actor]) -> None:
    """One ticket that everybody may read of, and that its reporter marks with a one."""
    reporter = Actor(kind=ActorKind.RESIDENT, account=account, subject=account)
    category, text = SENTENCES[0]
    filed = actions.create_ticket(
        session, reporter, category=category, text=text, district="东岸区", place="", channel="web"
    )
    for action in PATHS[State.RESOLVED]:
        _take(session, filed.id, action, operator, officers, reporter)
    actions.publish_ticket(session, operator, ticket_id=filed.id, text="小区门口的路灯不亮", place="和平路")
    actions.change_ticket(session, reporter, ticket_id=filed.id, action=Action.CLOSE, score=1)


def _take_calls(session: Session) -> None:
    """One who rings, one who was heard, one who called twice and was not answered."""
    phone = system("hotline.demo")
    for call_id, caller, events in CALLS:
        for event in events:
            actions.record_call(
                session,
                phone,
                event=event,
                call_id=call_id,
                caller=caller,
                seat="A7" if call_id == "1" else None,
            )


def _help_with_one(
    session: Session, reporter: Actor, operator: Actor, officers: dict[str, Actor], supervisor: Actor
) -> None:
    """Branches before a lamp: one unit answers, another has done its part, a third is still at it."""
    filed = actions.create_ticket(
        session,
        reporter,
        category="street_light",
        text="梧桐树的枝条挡住了路灯，小区围墙也压歪了灯杆。",
        district="东岸区",
        place="",
        channel="phone",
    )
    for action in WORKED:
        _take(session, filed.id, action, operator, officers, reporter)
    for actor, action, note, co_units in (
        (supervisor, Action.APPOINT_CO_UNITS, "树和围墙各由本行业的单位一起办。", ("GREEN-DA", "HOUSING-DA")),
        (officers["GREEN-DA"], Action.FINISH_PART, "挡灯的枝条已经修剪。", None),
        (officers["HOUSING-DA"], Action.CONTRIBUTE, "已通知物业，周五前扶正围墙。", None),
    ):
        actions.change_ticket(session, actor, ticket_id=filed.id, action=action, note=note, co_units=co_units)


def _state_an_emergency(session: Session, reporter: Actor, operator: Actor) -> None:
    """What cannot wait, stated by whoever took the call, and sent on."""
    filed = actions.create_ticket(
        session,
        reporter,
        category="gas",
        text="楼道里燃气味很重，有人头晕。",
        district="东岸区",
        place="和平路 12 号",
        channel="phone",
    )
    actions.claim_ticket(session, operator, ticket_id=filed.id)
    actions.change_ticket(
        session,
        operator,
        ticket_id=filed.id,
        action=Action.SET_URGENCY,
        urgency="emergency",
        note="有人不舒服，燃气还在漏。",
    )
    actions.change_ticket(session, operator, ticket_id=filed.id, action=Action.DISPATCH)


def _merge_two(session: Session, reporter: Actor, operator: Actor) -> None:
    """The same matter reported twice: the second goes on under the first one's number."""
    category, text = SENTENCES[0]
    first, second = (
        actions.create_ticket(
            session, reporter, category=category, text=text, district="东岸区", place="", channel="phone"
        )
        for _ in range(2)
    )
    actions.claim_ticket(session, operator, ticket_id=second.id)
    actions.merge_ticket(session, operator, ticket_id=second.id, into=first.number)


def staff_actor(member: StaffMember) -> Actor:
    """A member of staff as an actor."""
    return Actor(
        kind=ActorKind.STAFF,
        account=member.subject_id,
        relation=Relation.STAFF,
        roles=frozenset(member.roles),
        unit=member.unit,
    )


def _take(
    session: Session,
    ticket_id: UUID,
    action: Action,
    operator: Actor,
    officers: dict[str, Actor],
    reporter: Actor,
) -> None:
    if action is Action.CLAIM:
        actions.claim_ticket(session, operator, ticket_id=ticket_id)
        return
    allowed = next(arrow.actors for (_, name), arrow in TRANSITIONS.items() if name is action)
    actor = operator if "operator" in allowed and "resident" not in allowed else reporter
    if "officer" in allowed:
        view, _ = actions.read_ticket(session, operator, ticket_id=ticket_id)
        actor = officers[view.unit]
    service = "120" if action is Action.TRANSFER else None
    actions.change_ticket(
        session,
        actor,
        ticket_id=ticket_id,
        action=action,
        note=NOTES.get(action),
        service=service,
        article="where-to-go" if action is Action.ANSWER else None,
    )
