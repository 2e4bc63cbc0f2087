"""Who treats the person now, and saying that a unit does not, after a question."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from health_file import access, actions
from health_file.pages.blueprint import address, blueprint, open_file, page
from health_file.pages.parties import name_of_unit
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _
from services.words import msgid

KINDS = {
    "encounter": msgid("正在就诊"),
    "episode": msgid("正在治疗"),
    "family-doctor": msgid("家庭医生"),
    "card": msgid("出示了社保卡"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A unit that treats the person, in words."""

    unit: str
    name: str
    why: str
    opened_by: str
    starts_at: datetime
    ends_at: datetime


def treating_lines() -> list[Line]:
    """The units that may read now because they treat the person."""
    found = actions.list_treating_units(current_session(), current_actor())
    return [
        Line(
            one.unit,
            one.name,
            _(KINDS[one.kind]) if one.kind in KINDS else "",
            one.opened_by,
            one.starts_at,
            one.ends_at,
        )
        for one in found
    ]


@blueprint.get("/my/health/readers/reject")
@scopes(access.CONSENT)
def ask_reject() -> str:
    """Whether this unit does not treat the person."""
    unit = _unit()
    return page("reject", open_file(), whom=name_of_unit(unit), action=address("/readers/reject", unit=unit))


@blueprint.post("/my/health/readers/reject")
@scopes(access.CONSENT)
def reject_unit() -> AnyResponse:
    """End what the unit may read by treating the person."""
    actions.reject_unit(current_session(), current_actor(), unit=_unit())
    return redirect(address("/readers"), 303)


def _unit() -> str:
    unit = request.args.get("unit")
    if not unit:
        raise NotFound
    return unit
