"""Line plots: every mark stands where its number says, on round steps, and no number is changed."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.web.plots import BOTTOM, MOST_POINTS, TOP, Point, line_plot

START = date(2024, 1, 1)
numbers = st.decimals(-10_000, 10_000, places=2)


def points(*values, every=30):
    return [
        Point(START + timedelta(days=every * index), Decimal(value), str(value))
        for index, value in enumerate(values)
    ]


def test_higher_number_stands_higher_and_the_newest_is_marked() -> None:
    plot = line_plot([("糖化血红蛋白", points("7.8", "6.4", "7.1"))])
    marks = plot.lines[0].marks
    assert Decimal(marks[1].y) > Decimal(marks[2].y) > Decimal(marks[0].y)
    assert [one.is_newest for one in marks] == [False, False, True]
    assert [one.words for one in marks] == ["7.8", "6.4", "7.1"]


def test_steps_are_round_and_hold_everything() -> None:
    plot = line_plot([("a", points("6.4", "7.8"))], low=Decimal("4.0"), high=Decimal("7.0"))
    assert [one.value for one in plot.grid] == [Decimal(4), Decimal(5), Decimal(6), Decimal(7), Decimal(8)]
    assert plot.band.y == plot.grid[3].place
    assert plot.band.low_edge == plot.grid[0].place


def test_one_point_makes_no_plot() -> None:
    assert line_plot([("a", points("6.4"))]) is None
    assert line_plot([]) is None


def test_equal_numbers_and_one_day_make_a_plot_all_the_same() -> None:
    assert line_plot([("a", points("5", "5", "5"))]) is not None
    assert line_plot([("a", points("0", "0"))]) is not None
    assert line_plot([("a", points("5", "6", every=0))]).lines[0].marks[0].x.endswith("%")


def test_only_the_newest_twelve_are_drawn() -> None:
    plot = line_plot([("a", points(*range(1, 31)))])
    assert len(plot.lines[0].marks) == MOST_POINTS
    assert plot.lines[0].marks[-1].words == "30"


def test_open_range_reaches_the_edge_and_has_one_line() -> None:
    plot = line_plot([("a", points("1.2", "1.1"))], low=Decimal("1.00"))
    assert plot.band.y == str(TOP)
    assert plot.band.high_edge is None
    assert plot.band.low_edge is not None


@given(st.lists(numbers, min_size=2, max_size=30), st.none() | numbers, st.none() | numbers)
def test_marks_stay_inside_whatever_the_numbers(values, low, high) -> None:
    plot = line_plot([("a", points(*values))], low=low, high=high)
    for mark in plot.lines[0].marks:
        assert TOP <= Decimal(mark.y) <= BOTTOM
        assert 0 <= Decimal(mark.x.rstrip("%")) <= 100
    assert 2 <= len(plot.grid) <= 7
    assert len(plot.days) <= 3
