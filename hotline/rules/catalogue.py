"""The kinds of tickets, what each is about, who answers for it, and the public number. Pure.

The catalogue is data with a version: what changes here changes `CATALOGUE_CHANGED`, by which Open311 clients know that
what they keep is old (Service Discovery, `changeset`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hotline.rules.units import Duty
from services.words import msgid

CATALOGUE_CHANGED = "2026-11-27T12:00:00+08:00"


class Group(StrEnum):
    """Under what heading a kind is looked for."""

    STREETS = "streets"
    SURROUNDINGS = "surroundings"
    HOMES = "homes"
    TRAVEL = "travel"
    SUPPLY = "supply"
    MARKET = "market"
    WORK_AND_HEALTH = "work_and_health"
    ANYTHING = "anything"


GROUP_TITLES: Mapping[Group, str] = {
    Group.STREETS: msgid("道路与公共设施"),
    Group.SURROUNDINGS: msgid("环境与市容"),
    Group.HOMES: msgid("住房与物业"),
    Group.TRAVEL: msgid("交通出行"),
    Group.SUPPLY: msgid("水电燃气"),
    Group.MARKET: msgid("消费与食品"),
    Group.WORK_AND_HEALTH: msgid("就业、社保、医疗和教育"),
    Group.ANYTHING: msgid("其他"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of ticket: what it is called, what belongs to it, by which words people look for it, whose duty it is.

    `duty` is None where the kind does not say whose it is: the district's backstop takes it.
    """

    code: str
    title: str
    description: str
    keywords: str
    group: Group
    duty: Duty | None


CATEGORIES: Mapping[str, Category] = {
    category.code: category
    for category in (
        Category(
            "street_light",
            msgid("路灯与公共照明"),
            msgid("路灯不亮、常亮、闪烁，灯杆歪斜或破损"),
            msgid("路灯,灯杆,照明,不亮"),
            Group.STREETS,
            Duty.WORKS,
        ),
        Category(
            "road",
            msgid("道路与井盖"),
            msgid("路面坑洼、人行道破损、井盖松动或缺失"),
            msgid("道路,坑洼,井盖,人行道,盲道"),
            Group.STREETS,
            Duty.WORKS,
        ),
        Category(
            "drainage",
            msgid("积水与下水道"),
            msgid("雨后积水、下水道堵塞、污水外溢"),
            msgid("积水,下水道,堵塞,污水,排水"),
            Group.STREETS,
            Duty.WORKS,
        ),
        Category(
            "greening",
            msgid("绿化与市容"),
            msgid("树枝遮挡、倒伏、虫害，公园和绿地的维护"),
            msgid("绿化,树木,修剪,公园,虫害"),
            Group.SURROUNDINGS,
            Duty.GREENING,
        ),
        Category(
            "rubbish",
            msgid("垃圾与保洁"),
            msgid("垃圾堆放、清运不及时、道路和公厕不干净"),
            msgid("垃圾,保洁,清运,公厕,分类"),
            Group.SURROUNDINGS,
            Duty.GREENING,
        ),
        Category(
            "noise",
            msgid("噪声扰民"),
            msgid("施工、广场、商铺或装修的声音影响休息"),
            msgid("噪声,噪音,施工,装修,广场舞"),
            Group.SURROUNDINGS,
            Duty.ENFORCEMENT,
        ),
        Category(
            "pollution",
            msgid("油烟与污染"),
            msgid("油烟、异味、扬尘、河道水质和烟囱排放"),
            msgid("油烟,异味,扬尘,河道,污染"),
            Group.SURROUNDINGS,
            Duty.ENVIRONMENT,
        ),
        Category(
            "street_trade",
            msgid("占道与违章搭建"),
            msgid("占道经营、乱设广告、违章搭建"),
            msgid("占道,摊位,广告,违建,搭建"),
            Group.SURROUNDINGS,
            Duty.ENFORCEMENT,
        ),
        Category(
            "housing",
            msgid("物业与房屋"),
            msgid("电梯停运、房屋渗漏、物业费和维修资金"),
            msgid("物业,电梯,漏水,维修资金,房屋"),
            Group.HOMES,
            Duty.HOUSING,
        ),
        Category(
            "parking",
            msgid("车辆停放"),
            msgid("违法停车、占用消防通道或盲道、共享单车乱放"),
            msgid("停车,消防通道,共享单车,车位"),
            Group.TRAVEL,
            Duty.TRAFFIC,
        ),
        Category(
            "signals",
            msgid("信号灯与标线"),
            msgid("信号灯故障、标志标线不清、路口秩序"),
            msgid("红绿灯,信号灯,标线,路口"),
            Group.TRAVEL,
            Duty.TRAFFIC,
        ),
        Category(
            "transit",
            msgid("公交与地铁"),
            msgid("班次、站点、车况和服务"),
            msgid("公交,地铁,站台,班次,出租车"),
            Group.TRAVEL,
            Duty.TRANSPORT,
        ),
        Category(
            "water",
            msgid("自来水"),
            msgid("停水、水压低、水质和抄表"),
            msgid("停水,水压,水质,水表"),
            Group.SUPPLY,
            Duty.WATER,
        ),
        Category(
            "power",
            msgid("供电"),
            msgid("停电、电压不稳、电表和线路"),
            msgid("停电,电压,电表,跳闸"),
            Group.SUPPLY,
            Duty.POWER,
        ),
        Category(
            "gas",
            msgid("燃气"),
            msgid("停气、燃气表和安检；闻到气味先离开再打 110"),
            msgid("燃气,煤气,停气,安检"),
            Group.SUPPLY,
            Duty.GAS,
        ),
        Category(
            "consumer",
            msgid("消费纠纷"),
            msgid("退款、价格、预付卡和售后"),
            msgid("退款,价格,预付卡,售后,投诉商家"),
            Group.MARKET,
            Duty.MARKET,
        ),
        Category(
            "food",
            msgid("食品药品安全"),
            msgid("变质食品、无证经营、药店和餐馆卫生"),
            msgid("食品,药品,过期,餐馆,卫生"),
            Group.MARKET,
            Duty.MARKET,
        ),
        Category(
            "wages",
            msgid("工资与劳动"),
            msgid("拖欠工资、劳动合同、加班和工伤"),
            msgid("欠薪,工资,合同,加班,工伤"),
            Group.WORK_AND_HEALTH,
            Duty.LABOUR,
        ),
        Category(
            "social_security",
            msgid("社保与社保卡"),
            msgid("参保、缴费、待遇和社保卡"),
            msgid("社保,医保,养老金,社保卡"),
            Group.WORK_AND_HEALTH,
            Duty.LABOUR,
        ),
        Category(
            "clinics",
            msgid("看病就医"),
            msgid("挂号、就诊秩序、收费和医疗服务"),
            msgid("医院,挂号,门诊,收费,疫苗"),
            Group.WORK_AND_HEALTH,
            Duty.HEALTH,
        ),
        Category(
            "schools",
            msgid("学校与托育"),
            msgid("入学、校园周边、培训机构和托育"),
            msgid("学校,入学,幼儿园,培训,托育"),
            Group.WORK_AND_HEALTH,
            Duty.EDUCATION,
        ),
        Category(
            "conduct",
            msgid("窗口服务与作风"),
            msgid("办事窗口的效率、态度和收费"),
            msgid("窗口,态度,效率,证件,办事"),
            Group.ANYTHING,
            Duty.CONDUCT,
        ),
        Category(
            "consult",
            msgid("咨询，想问清楚一件事"),
            msgid("政策、办事条件、材料、地点和时间"),
            msgid("咨询,政策,材料,地点,时间"),
            Group.ANYTHING,
            None,
        ),
        Category(
            "opinion",
            msgid("意见和建议"),
            msgid("对城市管理和公共服务的意见、建议和表扬"),
            msgid("意见,建议,表扬"),
            Group.ANYTHING,
            None,
        ),
        Category(
            "other",
            msgid("其他，我来描述"),
            msgid("选不准的都放这里，话务员会分好类"),
            msgid("其他"),
            Group.ANYTHING,
            None,
        ),
    )
}


def ticket_number(on: date, order: int) -> str:
    """The public number: the civil date and a running number."""
    return f"{on:%y%m%d}{order:06d}"
