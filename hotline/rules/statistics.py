"""What is counted of tickets, and the rates that are published with what they are shares of. Pure.

An honest rate names everybody it is a share of: who could not be reached, who disputed the result and who gave no mark
stay in the denominator and are never counted as satisfied.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.words import msgid

# Of five; from this mark on somebody is satisfied.
SATISFIED = 4
# What may be compared: a column of the counts, and what it is called.
DIMENSIONS: Mapping[str, str] = {
    "day": msgid("日期"),
    "month": msgid("月份"),
    "hour": msgid("提交时间"),
    "district": msgid("地区"),
    "category": msgid("类别"),
    "unit": msgid("承办单位"),
}
# Each is a column of `hotline.daily_counts`.
MEASURES: Mapping[str, str] = {
    "filed": msgid("提交"),
    "open": msgid("办理中"),
    "contact_due": msgid("应联系"),
    "contact_met": msgid("按时联系"),
    "resolve_due": msgid("应办结"),
    "resolve_met": msgid("按时办结"),
    "done": msgid("单位说办好了"),
    "confirmed": msgid("市民确认办好"),
    "unreachable": msgid("没联系上市民"),
    "contested": msgid("市民不认可"),
    "marked": msgid("打了分"),
    "satisfied": msgid("满意（4 分以上）"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: `part` of `whole`, both measures, and what it says."""

    code: str
    title: str
    part: str
    whole: str


RATES: tuple[Rate, ...] = (
    Rate("response", msgid("响应率：按时联系市民"), "contact_met", "contact_due"),
    Rate("on_time", msgid("按时办结率"), "resolve_met", "resolve_due"),
    Rate("resolution", msgid("解决率：市民确认办好"), "confirmed", "done"),
    Rate("satisfaction", msgid("满意率：在全部办结里"), "satisfied", "done"),
    Rate("satisfaction_of_marked", msgid("满意率：只算打了分的"), "satisfied", "marked"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rate with its numbers; `per_mille` is None of nothing."""

    code: str
    title: str
    part: int
    whole: int

    @property
    def per_mille(self) -> int | None:
        """The share in thousandths, rounded half up."""
        return None if self.whole == 0 else (self.part * 2000 + self.whole) // (2 * self.whole)


def shares_of(counts: Mapping[str, int]) -> list[Share]:
    """Every rate of these counts."""
    return [
        Share(code=rate.code, title=rate.title, part=counts[rate.part], whole=counts[rate.whole])
        for rate in RATES
    ]


def total_of(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of several counts."""
    total = dict.fromkeys(MEASURES, 0)
    for row in rows:
        for name in MEASURES:
            total[name] += row[name]
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """One district in one hour: tickets that were due, and those of them that were late; `step` is 0 to 5."""

    district: str
    hour: int
    due: int
    late: int
    step: int

    @property
    def percent(self) -> int:
        """The late ones in a hundred that were due."""
        return round(100 * self.late / self.due) if self.due else 0


STEPS = (5, 10, 20, 35)


def heat_of(rows: Iterable[tuple[str, int, int, int]]) -> list[HeatCell]:
    """Cells of (district, hour, due, met); a cell of nothing has step 0, any other 1 to 5."""
    cells = []
    for district, hour, due, met in rows:
        late = due - met
        percent = 100 * late / due if due else 0
        step = 0 if due == 0 else 1 + sum(percent >= bound for bound in STEPS)
        cells.append(HeatCell(district=district, hour=hour, due=due, late=late, step=step))
    return cells


def worst_of(cells: Iterable[HeatCell]) -> HeatCell | None:
    """The cell with the greatest share of late tickets among those with any; more tickets go first."""
    late = [cell for cell in cells if cell.late]
    return max(late, key=lambda cell: (cell.late / cell.due, cell.due), default=None)
