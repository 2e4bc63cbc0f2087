"""Where the marks of a line plot stand: x in per cent, y in pixels, so that the drawing stretches and letters do not.

Pure. Values are Decimal from end to end: a number on the axis or in a label is the number that was measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

HEIGHT = 220
TOP = 28
BOTTOM = 172
LEFT, RIGHT = Decimal(12), Decimal(96)
MOST_POINTS = 12


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value: its day, the number, and the number as it is read."""

    on: date
    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in its place."""

    x: str
    y: str
    words: str
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A stroke from one mark to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series."""

    name: str
    marks: tuple[Mark, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A number or a day beside an axis; `is_middle` may be left out where it is narrow."""

    place: str
    value: Decimal | date
    is_middle: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The range that the laboratory gave, as far as the plot shows it; an open side has no edge."""

    y: str
    height: str
    low_edge: str | None
    high_edge: str | None


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Everything that the template draws."""

    lines: tuple[Line, ...]
    grid: tuple[Tick, ...]
    days: tuple[Tick, ...]
    band: Band | None
    height: int = HEIGHT


def line_plot(
    series: Sequence[tuple[str, Sequence[Point]]], *, low: Decimal | None = None, high: Decimal | None = None
) -> LinePlot | None:
    """Place the newest points of each series, oldest first, on one scale; None when there are not two to join.

    All series have the same unit: that is for the caller to see to.
    """
    shown = [(name, tuple(sorted(points, key=lambda one: one.on))[-MOST_POINTS:]) for name, points in series]
    everything = [point for _, points in shown for point in points]
    if not any(len(points) > 1 for _, points in shown):
        return None
    limits = [limit for limit in (low, high) if limit is not None]
    values = [point.value for point in everything]
    steps = _steps(min((*values, *limits)), max((*values, *limits)))
    scale = _Scale(steps[0], steps[-1], min(one.on for one in everything), max(one.on for one in everything))
    lines = tuple(_line(name, points, scale) for name, points in shown)
    grid = tuple(Tick(scale.y(step), step) for step in steps)
    return LinePlot(lines, grid, _days(everything, scale), _band(low, high, scale))


@dataclass(frozen=True, slots=True)
class _Scale:
    least: Decimal
    most: Decimal
    first: date
    last: date

    def y(self, value: Decimal) -> str:
        share = (value - self.least) / (self.most - self.least)
        return _short(BOTTOM - share * (BOTTOM - TOP))

    def x(self, on: date) -> str:
        span = (self.last - self.first).days
        share = Decimal((on - self.first).days) / span if span else Decimal(1)
        return f"{_short(LEFT + share * (RIGHT - LEFT))}%"


def _line(name: str, points: Sequence[Point], scale: _Scale) -> Line:
    marks = tuple(
        Mark(scale.x(point.on), scale.y(point.value), point.words, point is points[-1]) for point in points
    )
    strokes = tuple(Segment(before.x, before.y, after.x, after.y) for before, after in pairwise(marks))
    return Line(name, marks, strokes)


def _steps(least: Decimal, most: Decimal) -> list[Decimal]:
    """Round numbers (1, 2 or 5 times a power of ten) from below the least to above the most: three to six of them."""
    span = most - least or abs(most) or Decimal(1)
    power = Decimal(1).scaleb((span / 4).adjusted())
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * 4 >= span)
    first = (least / step).to_integral_value(ROUND_FLOOR)
    last = (most / step).to_integral_value(ROUND_CEILING)
    if first == last:
        last += 1
    return [step * number for number in range(int(first), int(last) + 1)]


def _days(points: Sequence[Point], scale: _Scale) -> tuple[Tick, ...]:
    found = sorted({point.on for point in points})
    ticks = [Tick(scale.x(found[0]), found[0])]
    if len(found) > 4:
        middle = min(found, key=lambda on: abs((on - scale.first) - (scale.last - on)))
        if middle not in {found[0], found[-1]}:
            ticks.append(Tick(scale.x(middle), middle, is_middle=True))
    if len(found) > 1:
        ticks.append(Tick(scale.x(found[-1]), found[-1]))
    return tuple(ticks)


def _band(low: Decimal | None, high: Decimal | None, scale: _Scale) -> Band | None:
    if low is None and high is None:
        return None
    top = scale.y(high) if high is not None else str(TOP)
    bottom = scale.y(low) if low is not None else str(BOTTOM)
    height = Decimal(bottom) - Decimal(top)
    if height <= 0:
        return None
    return Band(top, _short(height), None if low is None else bottom, None if high is None else top)


def _short(number: Decimal) -> str:
    return format(number.quantize(Decimal("0.1")).normalize(), "f")
