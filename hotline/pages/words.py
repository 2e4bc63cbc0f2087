"""What the pages call things, and how they read what is sent."""

from collections.abc import Mapping
from typing import Any

from hotline.actions.needs import EMERGENCY
from hotline.rules import CATEGORIES, STATE_TITLES, Action
from hotline.rules.catalogue import GROUP_TITLES
from hotline.rules.policies import CLOCK_TITLES
from hotline.rules.questions import Question
from hotline.rules.units import UNIT_TABLE, UNIT_TITLES
from hotline.rules.urgency import URGENCY_TITLES
from services.errors import Invalid
from services.web.language import gettext as _
from services.words import msgid

QUEUE_LENGTH = 50
SERVICES: Mapping[str, str] = {
    "110": msgid("110 公安"),
    "119": msgid("119 火警"),
    "120": msgid("120 急救"),
    "122": msgid("122 交通事故"),
}
# What a form says beside the field that is wrong.
FAULTS: Mapping[str, str] = {
    "note": msgid("写一句说明"),
    "unit": msgid("选一个承办单位"),
    "article": msgid("选答复依据的知识库文章；过期的不能用"),
    "service": msgid("选一个紧急救助电话"),
    "days": msgid("写 1 到 15 的整数"),
    "score": msgid("选 1 到 5 分"),
    "template": msgid("选一个模板"),
    "urgency": msgid("选一个紧急程度"),
    "co_units": msgid("选一到五个协办单位；别的步骤不选"),
}
# Steps whose new state does not say what was done.
DEEDS: Mapping[Action, str] = {
    Action.RENEW: msgid("话务员多保留十分钟"),
    Action.RELEASE: msgid("话务员放回队列"),
    Action.EXPIRE: msgid("保留时间到了，放回队列"),
    Action.UPHOLD: msgid("异议成立，重新派单"),
    Action.OVERRULE: msgid("异议不成立，退回办理"),
    Action.APPOINT: msgid("督办人员定了承办单位"),
    Action.BACKSTOP: msgid("到时没有裁定，按兜底规则派单"),
    Action.CONTACT: msgid("已联系市民"),
    Action.ASK_EXTENSION: msgid("申请延期"),
    Action.GRANT_EXTENSION: msgid("同意延期"),
    Action.REFUSE_EXTENSION: msgid("不同意延期"),
    Action.HAND_OVER: msgid("转给别的单位"),
    Action.CALL_MISSED: msgid("回访没打通"),
    Action.CLOSE_UNVERIFIED: msgid("三天都没打通，办结"),
    Action.DISPUTE: msgid("市民不认可结果"),
    Action.UNMERGE: msgid("并在一起的分开了"),
    Action.ABSORB: msgid("另一件相同的诉求并进来，一起办"),
    Action.SEPARATE: msgid("并进来的那一件分开了"),
    Action.RATE: msgid("市民打了分"),
    Action.SUPERVISE: msgid("已督办"),
    Action.PUBLISH: msgid("公开说明"),
    Action.SUPPLEMENT: msgid("市民补充"),
    Action.INFORM: msgid("给市民的回复"),
    Action.ASK_CO_UNITS: msgid("请求协办"),
    Action.APPOINT_CO_UNITS: msgid("指定协办单位"),
    Action.REFUSE_CO_UNITS: msgid("不同意协办"),
    Action.EXCUSE_CO_UNITS: msgid("不再协办"),
    Action.CONTRIBUTE: msgid("部门之间的说明"),
    Action.FINISH_PART: msgid("协办的部分办完了"),
    Action.ATTACH: msgid("放了一张照片"),
    Action.RECALCULATE: msgid("放假安排公布了，时限重新算过"),
}


def words() -> dict[str, object]:
    """What codes are called in the reader's language."""
    return {
        "marks": {
            "5": _("5 分，很满意"),
            "4": _("4 分，满意"),
            "3": _("3 分，一般"),
            "2": _("2 分，不满意"),
            "1": _("1 分，很不满意"),
        },
        "states": {state.value: _(title) for state, title in STATE_TITLES.items()},
        "categories": {code: _(category.title) for code, category in CATEGORIES.items()},
        "clocks": {kind.value: _(title) for kind, title in CLOCK_TITLES.items()},
        "category_groups": _category_groups(),
        "deeds": {action.value: _(title) for action, title in DEEDS.items()},
        "units": {unit.code: _(unit.title) for unit in UNIT_TABLE},
        "unit_titles": {unit: _(title) for unit, title in UNIT_TITLES.items()},
        "urgencies": {urgency.value: _(title) for urgency, title in URGENCY_TITLES.items()},
        "services": {number: _(SERVICES[number]) for number in sorted(EMERGENCY)},
    }


def _category_groups() -> list[tuple[str, dict[str, str]]]:
    """The kinds under their headings, as a list to choose from shows them."""
    return [
        (
            _(title),
            {one.code: _(one.title) for one in CATEGORIES.values() if one.group is group},
        )
        for group, title in GROUP_TITLES.items()
    ]


def fault_beside(refused: Invalid) -> dict[str, str]:
    """The field of a form that is wrong, and what to do. Raises: what was refused, where no field of ours is wrong."""
    field = (refused.field or "").lstrip("/")
    if field not in FAULTS:
        raise refused
    return {field: _(FAULTS[field])}


def answers_shown(asked: Mapping[str, Question], given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers as people read them."""
    shown = []
    for code, answer in given.items():
        question = asked.get(code)
        values = answer if isinstance(answer, list) else [answer]
        options = {} if question is None or question.options is None else question.options
        text = "、".join(_(options[value]) if value in options else value for value in values)
        shown.append((code if question is None else _(question.title), text))
    return shown


def action_of(given: str) -> Action:
    """The action that a button names. Raises: Invalid 422."""
    try:
        return Action(given)
    except ValueError:
        raise Invalid(field="/action", expected=", ".join(Action)) from None


def whole_number(given: str | None, field: str) -> int | None:
    """The whole number of a field, or None when it is empty. Raises: Invalid 422."""
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Invalid(field=field, expected=_("写一个整数"))
    return int(given)
