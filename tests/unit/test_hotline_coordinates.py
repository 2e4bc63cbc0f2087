"""GCJ-02 and back: exact to less than a millimetre inside China, untouched outside, exchanged numbers found."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.rules.coordinates import CoordinateSystem, is_swapped, point_of, to_gcj02, to_wgs84
from services.errors import Invalid

METRE = 1 / 111_000
INSIDE = st.tuples(st.floats(1.5, 55.0), st.floats(73.0, 137.0))


@given(INSIDE)
def test_there_and_back_differs_by_less_than_a_millimetre(place: tuple[float, float]) -> None:
    back = to_wgs84(*to_gcj02(*place))
    assert max(abs(back[0] - place[0]), abs(back[1] - place[1])) < METRE / 1000


@given(INSIDE)
def test_shift_inside_china_is_bounded(place: tuple[float, float]) -> None:
    shifted = to_gcj02(*place)
    metres = (
        math.hypot(shifted[0] - place[0], (shifted[1] - place[1]) * math.cos(math.radians(place[0]))) / METRE
    )
    assert metres < 1500


def test_shift_at_a_known_place_is_what_maps_show() -> None:
    # Tiananmen: the pair is given by several published converters.
    shifted = to_gcj02(39.907333, 116.391083)
    assert shifted == pytest.approx((39.908737, 116.397325), abs=2e-5)


@pytest.mark.parametrize("place", [(48.8584, 2.2945), (-33.86, 151.2), (35.68, 139.76)])
def test_place_outside_china_is_untouched(place: tuple[float, float]) -> None:
    assert to_gcj02(*place) == place
    assert to_wgs84(*place) == place


def test_exchanged_numbers_are_found_and_said() -> None:
    assert is_swapped(121.47, 31.23)
    assert not is_swapped(31.23, 121.47)
    with pytest.raises(Invalid) as caught:
        point_of(121.47, 31.23)
    assert "反" in caught.value.facts["expected"]


def test_point_keeps_what_was_received() -> None:
    point = point_of(31.23, 121.47, CoordinateSystem.GCJ_02)
    assert point.received == (31.23, 121.47)
    assert point.latitude != 31.23


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.inf)])
def test_numbers_that_are_no_place_are_refused(place: tuple[float, float]) -> None:
    with pytest.raises(Invalid):
        point_of(*place)
