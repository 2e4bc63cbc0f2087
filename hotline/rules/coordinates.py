"""Places on the map: WGS-84, the shifted GCJ-02 of Chinese maps, and mistakes that people make. Pure.

GCJ-02 shifts a point inside China by some 100 to 700 metres; its formula is known from published
implementations, not from a standard. The way back is found by iteration: the shift changes by less than a
hundredth of a step, so that each round gains two digits.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from services.errors import Invalid
from services.words import msgid

# The Krasovsky ellipsoid, on which the shift is reckoned.
AXIS = 6_378_245.0
FLATNESS = 0.00669342162296594323
# Where the shift applies.
SOUTH, NORTH, WEST, EAST = 0.8293, 55.8271, 72.004, 137.8347
CLOSE_ENOUGH = 1e-12
MOST_ROUNDS = 20


class CoordinateSystem(StrEnum):
    """How the numbers of a place were measured."""

    WGS_84 = "WGS-84"
    GCJ_02 = "GCJ-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in WGS-84, with the numbers as they were received."""

    latitude: float
    longitude: float
    received_as: CoordinateSystem
    received: tuple[float, float]


def point_of(latitude: float, longitude: float, system: CoordinateSystem = CoordinateSystem.WGS_84) -> Point:
    """A place as somebody sent it.

    Raises: Invalid 422 for numbers that are no place, with a hint where the two were exchanged.
    """
    if is_swapped(latitude, longitude):
        raise Invalid(field="/lat", expected=msgid("纬度和经度写反了：lat 写纬度，long 写经度"))
    if not (math.isfinite(latitude) and abs(latitude) <= 90):
        raise Invalid(field="/lat", expected=msgid("纬度在 -90 到 90 之间"))
    if not (math.isfinite(longitude) and abs(longitude) <= 180):
        raise Invalid(field="/long", expected=msgid("经度在 -180 到 180 之间"))
    received = (latitude, longitude)
    if system is CoordinateSystem.GCJ_02:
        latitude, longitude = to_wgs84(latitude, longitude)
    return Point(latitude=latitude, longitude=longitude, received_as=system, received=received)


def is_swapped(latitude: float, longitude: float) -> bool:
    """Whether the numbers are a place in China only when they are exchanged."""
    return _is_shifted(longitude, latitude) and not _is_shifted(latitude, longitude)


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """Where maps of GCJ-02 show a place of WGS-84; outside China nothing is shifted."""
    if not _is_shifted(latitude, longitude):
        return latitude, longitude
    north, east = _shift(latitude, longitude)
    return latitude + north, longitude + east


def to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """The place of WGS-84 that maps of GCJ-02 show here, to less than a millimetre."""
    if not _is_shifted(latitude, longitude):
        return latitude, longitude
    found = (latitude, longitude)
    for _ in range(MOST_ROUNDS):
        north, east = _shift(*found)
        better = (latitude - north, longitude - east)
        if max(abs(better[0] - found[0]), abs(better[1] - found[1])) < CLOSE_ENOUGH:
            return better
        found = better
    return found


def _is_shifted(latitude: float, longitude: float) -> bool:
    return SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    """How many degrees north and east a place is shifted."""
    y, x = latitude - 35.0, longitude - 105.0
    root = math.sqrt(abs(x))
    common = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radians = math.radians(latitude)
    magic = 1 - FLATNESS * math.sin(radians) ** 2
    metres_north = AXIS * (1 - FLATNESS) / (magic * math.sqrt(magic))
    metres_east = AXIS / math.sqrt(magic) * math.cos(radians)
    return math.degrees(north / metres_north), math.degrees(east / metres_east)
