"""Counts for everybody at `/hotline/statistics`, and what is late for supervisors at `/console/wall`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import render_template, request

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.words import words
from hotline.rules.statistics import DIMENSIONS, MEASURES, RATES, HeatCell, heat_of, worst_of
from services import clock
from services.database.roles import Role
from services.errors import CitizenError
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.filters import month
from services.web.language import gettext as _

# Hours stand together in bands, so that the picture fits a page.
BAND = 3
MONTHS = 366


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the picture: its step, and the words in it."""

    step: int
    words: str


@blueprint.route("/hotline/statistics")
@public("counts of tickets, in which no person is", role=Role.RESIDENT)
def show_statistics() -> str | tuple[str, int]:
    """Volumes, the rates with their denominators, the heat map, the categories with the most late tickets."""
    session, status, error = current_session(), 200, None
    by = request.args.get("by", "category")
    first, last = _day("first"), _day("last")
    try:
        found = actions.read_statistics(session, dimension=by, first=first, last=last)
    except CitizenError as refused:
        status, error = refused.status, _("日期最多跨 366 天，先写开始的一天，再写最后一天")
        by, first, last = "category", None, None
        found = actions.read_statistics(session, dimension=by)
    months = actions.read_statistics(session, dimension="month", first=None, last=found.last)
    heat = _bands(actions.read_heat(session, first=found.first, last=found.last))
    page = render_template(
        "hotline/statistics.html",
        found=found,
        by=by,
        error=error,
        months=[(month(str(row.value)), row.counts["filed"]) for row in months.rows],
        heat=_rows(heat),
        bands=_headings(),
        worst=worst_of(heat),
        band=BAND,
        dimensions={code: _(title) for code, title in DIMENSIONS.items()},
        measures={code: _(title) for code, title in MEASURES.items()},
        rates={rate.code: _(rate.title) for rate in RATES},
        **words(),
    )
    return page if status == 200 else (page, status)


@blueprint.route("/console/wall")
@scopes(access.WORK)
def show_wall() -> str:
    """What is late, where, since when."""
    session, actor = current_session(), current_actor()
    heat = _bands(actions.read_heat(session))
    return render_template(
        "hotline/wall.html",
        late=actions.list_late(session, actor),
        escalations=actions.list_escalations(session, actor),
        # Of supervisors alone; whoever else works on tickets sees the rest of the wall.
        rechecks=actions.list_rechecks(session, actor) if "supervisor" in actor.roles else None,
        heat=_rows(heat),
        bands=_headings(),
        worst=worst_of(heat),
        band=BAND,
        actor=actor,
        now=clock.now(),
        **words(),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _bands(cells: Iterable[HeatCell]) -> list[HeatCell]:
    """The cells of neighbouring hours as one; `hour` is the first of them."""
    sums: dict[tuple[str, int], list[int]] = {}
    for cell in cells:
        total = sums.setdefault((cell.district, cell.hour - cell.hour % BAND), [0, 0])
        total[0] += cell.due
        total[1] += cell.due - cell.late
    return heat_of((district, hour, due, met) for (district, hour), (due, met) in sorted(sums.items()))


def _rows(cells: Sequence[HeatCell]) -> list[tuple[str, list[Cell]]]:
    """(district, a cell for every band of the day); an empty one says that nothing was due."""
    rows = []
    for district, group in groupby(cells, key=lambda one: one.district):
        by_hour = {cell.hour: cell for cell in group}
        found = [by_hour.get(hour) for hour in range(0, 24, BAND)]
        rows.append(
            (
                district or _("没有写地区"),
                [
                    Cell(cell.step, f"{cell.percent} %") if cell and cell.due else Cell(0, "–")
                    for cell in found
                ],
            )
        )
    return rows


def _headings() -> list[str]:
    return [f"{hour}–{hour + BAND}" for hour in range(0, 24, BAND)]
