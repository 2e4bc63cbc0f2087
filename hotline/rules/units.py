"""The units that answer for tickets, by what they do and where. Pure.

A duty that each district carries out has a unit in every district; the city's own unit takes what lies in no district
that we know. Other duties are the city's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.words import msgid


class Duty(StrEnum):
    """What a unit does for residents."""

    WORKS = "works"
    GREENING = "greening"
    HOUSING = "housing"
    ENFORCEMENT = "enforcement"
    ENVIRONMENT = "environment"
    TRAFFIC = "traffic"
    TRANSPORT = "transport"
    WATER = "water"
    POWER = "power"
    GAS = "gas"
    MARKET = "market"
    LABOUR = "labour"
    HEALTH = "health"
    EDUCATION = "education"
    CONDUCT = "conduct"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, what it does, and the district that it does it in; none for the whole city."""

    code: str
    title: str
    duty: Duty
    district: str | None = None


UNIT_TABLE = (
    Unit("WORKS-DA", msgid("东岸区市政所"), Duty.WORKS, "东岸区"),
    Unit("WORKS-XP", msgid("西浦区市政所"), Duty.WORKS, "西浦区"),
    Unit("WORKS-LG", msgid("临港区市政所"), Duty.WORKS, "临港区"),
    Unit("WORKS-NY", msgid("南苑区市政所"), Duty.WORKS, "南苑区"),
    Unit("WORKS", msgid("市路政设施中心"), Duty.WORKS),
    Unit("GREEN-DA", msgid("东岸区绿化市容所"), Duty.GREENING, "东岸区"),
    Unit("GREEN-XP", msgid("西浦区绿化市容所"), Duty.GREENING, "西浦区"),
    Unit("GREEN-LG", msgid("临港区绿化市容所"), Duty.GREENING, "临港区"),
    Unit("GREEN-NY", msgid("南苑区绿化市容所"), Duty.GREENING, "南苑区"),
    Unit("GREEN", msgid("市绿化市容局"), Duty.GREENING),
    Unit("HOUSING-DA", msgid("东岸区房管所"), Duty.HOUSING, "东岸区"),
    Unit("HOUSING-XP", msgid("西浦区房管所"), Duty.HOUSING, "西浦区"),
    Unit("HOUSING-LG", msgid("临港区房管所"), Duty.HOUSING, "临港区"),
    Unit("HOUSING-NY", msgid("南苑区房管所"), Duty.HOUSING, "南苑区"),
    Unit("HOUSING", msgid("市房屋管理局"), Duty.HOUSING),
    Unit("ENFORCE-DA", msgid("东岸区城管中队"), Duty.ENFORCEMENT, "东岸区"),
    Unit("ENFORCE-XP", msgid("西浦区城管中队"), Duty.ENFORCEMENT, "西浦区"),
    Unit("ENFORCE-LG", msgid("临港区城管中队"), Duty.ENFORCEMENT, "临港区"),
    Unit("ENFORCE-NY", msgid("南苑区城管中队"), Duty.ENFORCEMENT, "南苑区"),
    Unit("ENFORCE", msgid("市城管执法总队"), Duty.ENFORCEMENT),
    Unit("ENVIRONMENT", msgid("市生态环境局"), Duty.ENVIRONMENT),
    Unit("TRAFFIC", msgid("市交警总队"), Duty.TRAFFIC),
    Unit("TRANSPORT", msgid("市公共交通中心"), Duty.TRANSPORT),
    Unit("WATER", msgid("市供排水中心"), Duty.WATER),
    Unit("POWER", msgid("市供电服务中心"), Duty.POWER),
    Unit("GAS", msgid("市燃气服务中心"), Duty.GAS),
    Unit("MARKET", msgid("市市场监管局"), Duty.MARKET),
    Unit("LABOUR", msgid("市人力资源和社会保障局"), Duty.LABOUR),
    Unit("HEALTH", msgid("市卫生健康委"), Duty.HEALTH),
    Unit("EDUCATION", msgid("市教育委员会"), Duty.EDUCATION),
    Unit("CONDUCT", msgid("市政务服务办"), Duty.CONDUCT),
)
# What a duty is called.
DUTY_TITLES: Mapping[Duty, str] = {
    Duty.WORKS: msgid("市政设施"),
    Duty.GREENING: msgid("绿化市容"),
    Duty.HOUSING: msgid("房屋管理"),
    Duty.ENFORCEMENT: msgid("城管执法"),
    Duty.ENVIRONMENT: msgid("生态环境"),
    Duty.TRAFFIC: msgid("道路交通管理"),
    Duty.TRANSPORT: msgid("公共交通"),
    Duty.WATER: msgid("供排水"),
    Duty.POWER: msgid("供电"),
    Duty.GAS: msgid("燃气"),
    Duty.MARKET: msgid("市场监管"),
    Duty.LABOUR: msgid("人力资源和社会保障"),
    Duty.HEALTH: msgid("卫生健康"),
    Duty.EDUCATION: msgid("教育"),
    Duty.CONDUCT: msgid("政务服务"),
}
DESK = "HOTLINE"
UNITS = frozenset(unit.code for unit in UNIT_TABLE)
# What people call the units.
UNIT_TITLES: Mapping[str, str] = {DESK: msgid("市民热线")} | {unit.code: unit.title for unit in UNIT_TABLE}
_BY_DUTY: Mapping[tuple[Duty, str | None], str] = {
    (unit.duty, unit.district): unit.code for unit in UNIT_TABLE
}


def unit_for(duty: Duty, district: str) -> str:
    """The district's own unit for a duty; the city's where the district has none, or is none that we know."""
    return _BY_DUTY.get((duty, district)) or _BY_DUTY[duty, None]
