"""The words of a ticket's life: states, actions, and what an arrow may ask and cause. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from services.words import msgid

# How long a claim holds before another operator may take the ticket.
LEASE = timedelta(minutes=10)


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    TRIAGE = "triage"
    ANSWERED = "answered"
    DECLINED = "declined"
    TRANSFERRED = "transferred"
    DISPATCHED = "dispatched"
    OBJECTION = "objection"
    ADJUDICATION = "adjudication"
    SIGNED = "signed"
    WORKING = "working"
    WAITING_RESIDENT = "waiting_resident"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"


STATE_TITLES: Mapping[State, str] = {
    State.RECEIVED: msgid("已收到，等待受理"),
    State.TRIAGE: msgid("话务员正在受理"),
    State.ANSWERED: msgid("已直接答复"),
    State.DECLINED: msgid("不在受理范围，已说明去处"),
    State.TRANSFERRED: msgid("已转紧急救助"),
    State.DISPATCHED: msgid("已派给承办单位"),
    State.OBJECTION: msgid("承办单位有异议，正在审核"),
    State.ADJUDICATION: msgid("正在裁定由谁承办"),
    State.SIGNED: msgid("承办单位已签收"),
    State.WORKING: msgid("正在办理"),
    State.WAITING_RESIDENT: msgid("等您补充"),
    State.RESOLVED: msgid("单位说办好了，等您确认"),
    State.REOPENED: msgid("退回重办"),
    State.CLOSED: msgid("已办结"),
    State.MERGED: msgid("已并入另一件诉求，一起办"),
}


class Action(StrEnum):
    """What may be done to a ticket."""

    SUBMIT = "submit"
    CLAIM = "claim"
    RENEW = "renew"
    RELEASE = "release"
    EXPIRE = "expire"
    ANSWER = "answer"
    DECLINE = "decline"
    TRANSFER = "transfer"
    DISPATCH = "dispatch"
    SIGN = "sign"
    OBJECT = "object"
    UPHOLD = "uphold"
    OVERRULE = "overrule"
    ESCALATE = "escalate"
    APPOINT = "appoint"
    BACKSTOP = "backstop"
    CONTACT = "contact"
    START = "start"
    ASK_RESIDENT = "ask_resident"
    REPLY = "reply"
    RESUME = "resume"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    HAND_OVER = "hand_over"
    RESOLVE = "resolve"
    CALL_MISSED = "call_missed"
    CLOSE = "close"
    CLOSE_UNVERIFIED = "close_unverified"
    REOPEN = "reopen"
    REDISPATCH = "redispatch"
    DISPUTE = "dispute"
    # The same matter under two numbers: one ticket goes on for both and notes what it took in.
    MERGE = "merge"
    UNMERGE = "unmerge"
    ABSORB = "absorb"
    SEPARATE = "separate"
    # One mark of one to five for each ticket (一事一评).
    RATE = "rate"
    # A supervisor looked into a bad mark and lets the result stand.
    RECHECK = "recheck"
    SUPERVISE = "supervise"
    # An operator releases a description of the ticket for everybody to read; it is the note.
    PUBLISH = "publish"
    # The reporter adds something.
    SUPPLEMENT = "supplement"
    # Whoever works on it tells the reporter how it stands.
    INFORM = "inform"
    # How urgent it is was stated; the note says why.
    SET_URGENCY = "set_urgency"
    # Other units help the one that answers: it asks for them, a supervisor appoints, each says when its part is done.
    ASK_CO_UNITS = "ask_co_units"
    APPOINT_CO_UNITS = "appoint_co_units"
    REFUSE_CO_UNITS = "refuse_co_units"
    EXCUSE_CO_UNITS = "excuse_co_units"
    CONTRIBUTE = "contribute"
    FINISH_PART = "finish_part"
    # A picture was put to it.
    ATTACH = "attach"
    # A calendar was published that the ticket's provisional deadlines waited for.
    RECALCULATE = "recalculate"


class Need(StrEnum):
    """What must come with an action."""

    NOTE = "note"
    UNIT = "unit"
    # One of the emergency numbers 110, 119, 120, 122.
    SERVICE = "service"
    # Whole working days.
    DAYS = "days"
    # An article of the knowledge base that an answer rests on.
    ARTICLE = "article"
    # One to five.
    SCORE = "score"
    URGENCY = "urgency"
    CO_UNITS = "co_units"
    # Whoever says done while others still work on it says so.
    OPEN_PARTS_SAID = "open_parts_said"


class Guard(StrEnum):
    """What must be so before an arrow may be taken; each is a function of the ticket's own history."""

    HOLDS_CLAIM = "holds_claim"
    CLAIM_RAN_OUT = "claim_ran_out"
    MAY_OBJECT = "may_object"
    OBJECTED_TWICE_OR_TIME_OUT = "objected_twice_or_time_out"
    TIME_OUT = "time_out"
    ANOTHER_UNIT = "another_unit"
    ANOTHER_URGENCY = "another_urgency"
    CO_UNITS_MISSING = "co_units_missing"
    CO_UNITS_ASKED = "co_units_asked"
    CO_UNITS_THERE = "co_units_there"
    IS_HELPED = "is_helped"
    OWN_PART_OPEN = "own_part_open"
    HANDED_OVER_SELDOM = "handed_over_seldom"
    WAITED_SELDOM = "waited_seldom"
    NO_EXTENSION_ASKED = "no_extension_asked"
    EXTENSION_ASKED = "extension_asked"
    NOT_MISSED_TODAY = "not_missed_today"
    MISSED_ON_THREE_DAYS = "missed_on_three_days"
    WITHIN_15_DAYS = "within_15_days"
    NOT_SUPERVISED = "not_supervised"
    NOT_RATED = "not_rated"
    RATED_BADLY = "rated_badly"
    # Each bad mark is looked into once.
    NOT_RECHECKED = "not_rechecked"


class Effect(StrEnum):
    """What taking an arrow causes beside the new state; the fold of the history applies each."""

    TAKE_CLAIM = "take_claim"
    RENEW_CLAIM = "renew_claim"
    DROP_CLAIM = "drop_claim"
    SET_UNIT = "set_unit"
    # A merge puts the claim aside; undone, it is there again as it was.
    SET_CLAIM_ASIDE = "set_claim_aside"
    TAKE_CLAIM_BACK = "take_claim_back"
    COUNT_OBJECTION = "count_objection"
    # The department in charge may not object again.
    BAR_UNIT = "bar_unit"
    # No department may object again.
    BAR_ALL = "bar_all"
    COUNT_WAIT = "count_wait"
    COUNT_HANDOVER = "count_handover"
    ASK_EXTENSION = "ask_extension"
    SETTLE_EXTENSION = "settle_extension"
    COUNT_MISSED = "count_missed"
    FORGET_MISSED = "forget_missed"
    # The mark that came with it, if one did.
    RATE = "rate"
    FORGET_RATING = "forget_rating"
    NOTE_RECHECK = "note_recheck"
    SUPERVISE = "supervise"
    SET_URGENCY = "set_urgency"
    # A ruling names who helps; whoever it does not name is out.
    NAME_CO_UNITS = "name_co_units"
    ASK_CO_UNITS = "ask_co_units"
    ADD_CO_UNITS = "add_co_units"
    FORGET_ASKED = "forget_asked"
    DROP_CO_UNITS = "drop_co_units"
    FINISH_PART = "finish_part"
    REOPEN_PARTS = "reopen_parts"
