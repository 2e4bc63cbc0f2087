"""Results: the newest of each kind, and the course of one with its plot and the table behind it."""

from collections.abc import Sequence
from typing import Any

from health_file import access, actions
from health_file.display import Result, Series, newest_of_each, series_of
from health_file.display.results import by_unit
from health_file.fhir.query import Results, SortKey, parse
from health_file.pages.blueprint import File, address, blueprint, file_of, one_page, open_file, page
from health_file.pages.parties import escaped
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _
from services.web.plots import MOST_POINTS, Point, line_plot

MOST_OF_ONE = 100


@blueprint.route("/my/health/results")
@scopes(access.READ)
def list_results() -> str:
    """The newest of each measure, beside the laboratory's range."""
    file = open_file("Observation")
    newest = newest_of_each(file.results)
    counts = {one.code: sum(other.code == one.code for other in file.results) for one in newest if one.code}
    listed = one_page(newest, lambda number: address("/results", page=number))
    return page("results", file, counts=counts, **listed)


@blueprint.route("/my/health/results/<string:code>")
@scopes(access.READ)
def show_results(code: str) -> str:
    """The course of one measure: a sentence, a plot for each unit, the table."""
    whose = open_file()
    query = parse("Observation", [("code", escaped(code))], base_url="")
    newest = Results(count=MOST_OF_ONE, sort=(SortKey("date", is_descending=True),), total="none")
    found = actions.search_resources(current_session(), current_actor(), [query], newest)
    if not found.views:
        raise NotFound
    bodies = [*whose.bodies, *((view.id, view.body) for view in found.views)]
    file = file_of(bodies, is_whole=found.place is None)
    results = file.results
    listed = one_page(results, lambda number: address(f"/results/{code}", page=number))
    return page(
        "result",
        file,
        title=results[0].name,
        newest=results[0],
        charts_shown=chart_of(results, file),
        **listed,
    )


def chart_of(results: Sequence[Result], file: File) -> list[dict[str, Any]]:
    """One chart for each unit: its sentence, its plot, and the series that it draws."""
    return [_chart(number, group, file) for number, group in enumerate(by_unit(series_of(results)), start=1)]


def _chart(number: int, group: Sequence[Series], file: File) -> dict[str, Any]:
    first = group[0]
    newest = first.newest
    drawn = [
        (
            one.name,
            [
                Point(day.civil, value.number, value.words)
                for day, value in one.points
                if value.number is not None
            ],
        )
        for one in group[:2]
    ]
    is_alone = len(group) == 1
    low, high = (newest.low, newest.high) if is_alone else (None, None)
    return {
        "id": f"plot-{number}",
        "title": first.name if is_alone else _joined(one.name for one in group[:2]),
        "number": newest.words if is_alone else _together(group[:2]),
        "sentence": _sentence(first, file) if is_alone else _sentences(group, file),
        "description": _description(group[:2]),
        "plot": line_plot(drawn, low=low, high=high),
        "unit": first.unit,
        "band": _("参考范围 %(range)s", range=newest.range) if is_alone and newest.range else "",
        "series": group,
        "day": first.points[-1][0].words(file.reader),
        "maker": next(
            (one.maker for one in file.results if one.day == first.points[-1][0] and one.maker), ""
        ),
    }


def _together(group: Sequence[Series]) -> str:
    """128/80 mmHg: two numbers of one unit."""
    numbers = "/".join(format(one.newest.number, "f") for one in group if one.newest.number is not None)
    return f"{numbers} {group[0].unit}".strip()


def _where(one: Series, file: File) -> str:
    day = one.points[-1][0]
    maker = next((found.maker for found in file.results if found.day == day and found.maker), "")
    return " · ".join(part for part in (day.words(file.reader), maker) if part)


def _sentences(group: Sequence[Series], file: File) -> str:
    return " ".join(f"{one.name} {one.newest.words}{_('，')}{_sentence(one, file)}" for one in group[:2])


def _sentence(one: Series, file: File) -> str:
    """In or out of the laboratory's range, and how far from the value before: the finding, without a judgement."""
    parts = [one.newest.standing(file.reader)]
    if len(one.points) > 1:
        (before_day, before), (_newest_day, newest) = one.points[-2:]
        if newest.number is not None and before.number is not None:
            difference = newest.number - before.number
            facts = {"day": before_day.words(file.reader), "difference": format(abs(difference), "f")}
            if difference < 0:
                parts.append(_("比%(day)s低 %(difference)s", **facts))
            elif difference > 0:
                parts.append(_("比%(day)s高 %(difference)s", **facts))
            else:
                parts.append(_("和%(day)s一样", day=facts["day"]))
    told = _("，").join(part for part in parts if part)
    return f"{told}{_('。')}" if told else ""


def _description(group: Sequence[Series]) -> str:
    """What the picture shows: highest, lowest, newest."""
    told = []
    for one in group:
        values = [value for _, value in one.points[-MOST_POINTS:]]
        numbered = [(value.number, value.words) for value in values if value.number is not None]
        told.append(
            _(
                "%(name)s：最高 %(highest)s，最低 %(lowest)s，最新 %(newest)s",
                name=one.name,
                highest=max(numbered)[1],
                lowest=min(numbered)[1],
                newest=values[-1].words,
            )
        )
    return _("；").join(told)


def _joined(names: Any) -> str:
    return _("和").join(names)
