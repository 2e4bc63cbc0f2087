"""What has happened to the demo's people: well, long ill, old, a child. Each story writes one file."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from health_file.demo import codes
from health_file.demo.chapters import (
    check_up,
    contract,
    family,
    flag,
    follow_ups,
    heart,
    plan,
    questions,
    stay,
)
from health_file.demo.chart import Chart
from health_file.display.front_page import EXTENSION
from health_file.rules import ID_NUMBER_SYSTEM
from services.demo.city import Resident

HAN = {"system": codes.ETHNIC_GROUPS, "code": "01", "display": "汉族"}
INSURANCE = ("城镇职工基本医疗保险", "城乡居民基本医疗保险")
SCHOOLING = (("20", "大学本科"), ("30", "大学专科"), ("60", "普通高级中学"), ("70", "初级中学"))
LOINC_YES = codes.Concept("从不吸烟", "Never smoker", "LA18978-9", codes.LOINC)
LOINC_NO = codes.Concept("现在吸烟", "Current every day smoker", "LA18976-3", codes.LOINC)
BLOOD = (
    codes.Concept("A 型", "Group A", "LA19710-5", codes.LOINC),
    codes.Concept("B 型", "Group B", "LA19709-7", codes.LOINC),
    codes.Concept("O 型", "Group O", "LA19708-9", codes.LOINC),
    codes.Concept("AB 型", "Group AB", "LA28449-9", codes.LOINC),
)
# Months of age, centimetres, kilograms.
GROWTH = (
    (1, 54, 4.4), (6, 67, 7.9), (12, 76, 9.7), (24, 88, 12.3), (36, 97, 14.6), (60, 111, 19.0), (84, 123, 24.1),
    (108, 134, 30.2), (132, 145, 37.5),
)  # fmt: skip
POSITIVE = codes.Concept("阳性", "Positive", "LA6576-8", codes.LOINC)


def open_file(chart: Chart) -> None:
    """The front page's Patient, and the blood group of an adult."""
    resident, source = chart.resident, chart.source
    age = (chart.today - resident.born_on).days // 365
    schooling = source.choice(SCHOOLING)
    more: list[dict[str, Any]] = [
        {"url": EXTENSION + "ethnic-group", "valueCoding": HAN},
        {"url": EXTENSION + "payment", "valueString": INSURANCE[0] if age > 18 else INSURANCE[1]},
    ]
    if age >= 18:
        coding = {"system": codes.EDUCATION, "code": schooling[0], "display": schooling[1]}
        more.append({"url": EXTENSION + "education", "valueCoding": coding})
    patient = chart.add(
        "Patient",
        extension=more,
        identifier=[{"use": "official", "system": ID_NUMBER_SYSTEM, "value": resident.id_number}],
        active=True,
        name=[{"use": "official", "text": resident.name}],
        telecom=[{"system": "phone", "value": resident.phone, "use": "mobile"}] if resident.phone else None,
        gender=resident.sex,
        birthDate=resident.born_on.isoformat(),
        address=[{"use": "home", "text": resident.address, "district": resident.district}],
        maritalStatus={"text": "已婚"} if age > 30 else None,
        generalPractitioner=[chart.practitioner],
    )
    chart.patient = {"reference": patient, "display": resident.name}
    if age >= 18:
        on = chart.today - timedelta(days=source.randint(900, 4000))
        chart.fact(codes.ABO, source.choice(BLOOD), on)
        chart.fact(codes.RHESUS, POSITIVE, on)


def tell_light(chart: Chart) -> None:
    """Somebody who comes rarely: one visit, two measurements, a word on allergies."""
    on = chart.today - timedelta(days=chart.source.randint(3, 300))
    chart.visit(on, codes.COLD)
    chart.pressure(chart.source.randint(98, 138), chart.source.randint(58, 88), on)
    chart.measure(codes.WEIGHT, chart.source.randint(180, 880) / 10, on, category="vital-signs")


def tell_well(chart: Chart) -> None:
    """An adult without long-term illness: yearly check-ups, a cold, smoking, family history."""
    source, today = chart.source, chart.today
    chart.allergy(codes.NO_ALLERGY, None, today - timedelta(days=700))
    weight = source.randint(52, 82)
    for year in range(3):
        on = today - timedelta(days=40 + 365 * year)
        check_up(chart, on, weight=weight + source.randint(-10, 10) / 10, height=source.randint(158, 180))
    chart.fact(
        codes.SMOKING,
        source.choice((LOINC_YES, LOINC_NO)),
        today - timedelta(days=40),
        category="social-history",
    )
    visit = chart.visit(today - timedelta(days=210), codes.COLD)
    chart.condition(codes.COLD, today - timedelta(days=210), ended=today - timedelta(days=200))
    chart.prescribed(codes.CEFUROXIME, today - timedelta(days=210), visit=visit)
    chart.vaccinated(codes.INFLUENZA, today - timedelta(days=45), 1)
    family(chart, "father", "父亲", codes.HYPERTENSION)


def tell_long_ill(chart: Chart) -> None:
    """Diabetes and high blood pressure, followed by a family doctor for three years: every kind of record."""
    source, today = chart.source, chart.today
    began = date(today.year - 3, 2, 1)
    chart.allergy(codes.PENICILLIN, codes.RASH, date(today.year - 7, 5, 1), criticality="high")
    chart.allergy(codes.SEAFOOD, codes.ITCH, date(today.year - 4, 8, 1))
    diabetes = chart.condition(codes.DIABETES, began)
    chart.condition(codes.HYPERTENSION, date(today.year - 5, 9, 1))
    chart.condition(codes.LIPIDS, date(today.year - 2, 3, 1))
    chart.condition(codes.GASTRITIS, date(today.year - 4, 3, 1), ended=date(today.year - 4, 6, 1))
    chart.takes(codes.METFORMIN, began)
    chart.takes(codes.AMLODIPINE, date(today.year - 5, 9, 10))
    chart.takes(codes.ATORVASTATIN, date(today.year - 2, 3, 5))
    chart.takes(codes.OMEPRAZOLE, date(today.year - 4, 3, 5), until=date(today.year - 4, 6, 1))
    contract(chart, date(today.year - 3, 3, 1))
    follow_ups(chart)
    stay(chart)
    heart(chart, today - timedelta(days=130))
    chart.fact(codes.SMOKING, LOINC_YES, today - timedelta(days=40), category="social-history")
    plan(
        chart,
        "糖尿病随访计划",
        diabetes,
        ("每天走路 30 分钟", "每三个月查一次糖化血红蛋白", "少油少盐，主食定量"),
    )
    family(chart, "mother", "母亲", codes.DIABETES)
    family(chart, "father", "父亲", codes.STROKE)
    questions(
        chart,
        "糖尿病随访问卷",
        (("这两周有没有出冷汗、手抖？", "没有"), ("每周走路几天？", "5 天"), ("漏吃药吗？", "偶尔")),
    )
    for year in range(3):
        chart.vaccinated(codes.INFLUENZA, date(today.year - year, 10, 12) - timedelta(days=365), 1)
    if source.random() < 0.5:
        flag(chart, "有青霉素过敏，用药前先问")


def tell_old(chart: Chart) -> None:
    """Over 65: check-ups of the old, a knee, vaccines, a risk of falling."""
    today = chart.today
    chart.allergy(codes.NO_ALLERGY, None, today - timedelta(days=500))
    chart.condition(codes.HYPERTENSION, date(today.year - 12, 4, 1))
    chart.condition(codes.KNEE, date(today.year - 6, 10, 1))
    chart.takes(codes.AMLODIPINE, date(today.year - 12, 4, 10))
    contract(chart, date(today.year - 5, 6, 1))
    for half in range(6):
        on = today - timedelta(days=20 + 182 * half)
        check_up(chart, on, weight=62 - half * 0.4, height=158, is_short=bool(half % 2))
    chart.vaccinated(codes.PNEUMOCOCCUS, date(today.year - 4, 11, 2), 1)
    chart.vaccinated(codes.ZOSTER, date(today.year - 2, 5, 8), 1)
    chart.vaccinated(codes.INFLUENZA, today - timedelta(days=35), 1)
    flag(chart, "容易跌倒，走路要有人扶")
    answers = (("自己吃饭", "能"), ("自己洗澡", "要人帮一点"), ("记性比去年", "差一些"), ("心情", "还好"))
    questions(chart, "老年人生活自理能力评估", answers)
    plan(chart, "防跌倒计划", None, ("浴室装扶手", "每周两次坐站练习"))
    chart.visit(today - timedelta(days=9), codes.KNEE, kind="HH")


def tell_child(chart: Chart) -> None:
    """A child: the vaccines of the national programme, growth, check-ups."""
    resident, today = chart.resident, chart.today
    for months, vaccine, dose in codes.CHILDREN_VACCINES:
        on = resident.born_on + timedelta(days=round(months * 30.44) + chart.source.randint(0, 6))
        if on < today:
            chart.vaccinated(vaccine, on, dose)
    months_old = (today - resident.born_on).days / 30.44
    for months, height, weight in GROWTH:
        on = resident.born_on + timedelta(days=round(months * 30.44))
        if months <= months_old:
            tall = height + chart.source.randint(-2, 2)
            heavy = weight + chart.source.randint(-5, 5) / 10
            chart.measure(codes.HEIGHT, tall, on, category="vital-signs")
            chart.measure(codes.WEIGHT, heavy, on, category="vital-signs")
    for role, words in (("MTH", "母亲"), ("FTH", "父亲")):
        chart.add(
            "RelatedPerson",
            active=True,
            patient=chart.patient,
            relationship=[
                {"coding": [{"system": f"{codes.TERMINOLOGY}/v3-RoleCode", "code": role}], "text": words}
            ],
        )
    chart.allergy(codes.PEANUT, codes.BREATHLESS, resident.born_on + timedelta(days=500), criticality="high")
    chart.visit(today - timedelta(days=60), codes.COLD)
    if months_old > 140:
        seen = today - timedelta(days=18)
        chart.visit(seen, codes.ANXIETY, label="PSY")
        chart.condition(codes.ANXIETY, seen, label="PSY")


def keep_secret(chart: Chart) -> None:
    """An illness of the mind: labelled restricted, and kept from most who may see the rest."""
    on = chart.today - timedelta(days=75)
    chart.visit(on, codes.ANXIETY, label="PSY")
    chart.condition(codes.ANXIETY, on, label="PSY")
    chart.takes(codes.SERTRALINE, on, label="PSY")


def story_of(resident: Resident, today: date, *, is_long_ill: bool) -> Callable[[Chart], None]:
    """The story that fits somebody's age."""
    age = (today - resident.born_on).days // 365
    if age < 14:
        return tell_child
    if age >= 65:
        return tell_old
    return tell_long_ill if is_long_ill else tell_well
