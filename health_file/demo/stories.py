"""What has happened to the demo's people: well, long ill, old, a child. Each story writes one file."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from health_file.demo import codes
from health_file.demo.chart import Chart
from health_file.demo.documents import attachment, pdf, picture
from health_file.display.front_page import EXTENSION
from health_file.display.records import DISPLAY
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
CONTRACTS = "urn:citizen:episode-type"
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
        _check_up(chart, on, weight=weight + source.randint(-10, 10) / 10, height=source.randint(158, 180))
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
    _family(chart, "father", "父亲", codes.HYPERTENSION)


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
    _contract(chart, date(today.year - 3, 3, 1))
    _follow_ups(chart)
    _stay(chart)
    _heart(chart, today - timedelta(days=130))
    chart.fact(codes.SMOKING, LOINC_YES, today - timedelta(days=40), category="social-history")
    _plan(
        chart,
        "糖尿病随访计划",
        diabetes,
        ("每天走路 30 分钟", "每三个月查一次糖化血红蛋白", "少油少盐，主食定量"),
    )
    _family(chart, "mother", "母亲", codes.DIABETES)
    _family(chart, "father", "父亲", codes.STROKE)
    _questions(
        chart,
        "糖尿病随访问卷",
        (("这两周有没有出冷汗、手抖？", "没有"), ("每周走路几天？", "5 天"), ("漏吃药吗？", "偶尔")),
    )
    for year in range(3):
        chart.vaccinated(codes.INFLUENZA, date(today.year - year, 10, 12) - timedelta(days=365), 1)
    if source.random() < 0.5:
        _flag(chart, "有青霉素过敏，用药前先问")


def tell_old(chart: Chart) -> None:
    """Over 65: check-ups of the old, a knee, vaccines, a risk of falling."""
    today = chart.today
    chart.allergy(codes.NO_ALLERGY, None, today - timedelta(days=500))
    chart.condition(codes.HYPERTENSION, date(today.year - 12, 4, 1))
    chart.condition(codes.KNEE, date(today.year - 6, 10, 1))
    chart.takes(codes.AMLODIPINE, date(today.year - 12, 4, 10))
    _contract(chart, date(today.year - 5, 6, 1))
    for half in range(6):
        on = today - timedelta(days=20 + 182 * half)
        _check_up(chart, on, weight=62 - half * 0.4, height=158, is_short=bool(half % 2))
    chart.vaccinated(codes.PNEUMOCOCCUS, date(today.year - 4, 11, 2), 1)
    chart.vaccinated(codes.ZOSTER, date(today.year - 2, 5, 8), 1)
    chart.vaccinated(codes.INFLUENZA, today - timedelta(days=35), 1)
    _flag(chart, "容易跌倒，走路要有人扶")
    answers = (("自己吃饭", "能"), ("自己洗澡", "要人帮一点"), ("记性比去年", "差一些"), ("心情", "还好"))
    _questions(chart, "老年人生活自理能力评估", answers)
    _plan(chart, "防跌倒计划", None, ("浴室装扶手", "每周两次坐站练习"))
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


def _check_up(chart: Chart, on: date, *, weight: float, height: int, is_short: bool = False) -> None:
    source = chart.source
    visit = chart.visit(on, codes.Concept("健康体检"))
    chart.pressure(source.randint(108, 142), source.randint(64, 92), on, visit=visit)
    chart.measure(codes.WEIGHT, weight, on, visit=visit, category="vital-signs")
    if is_short:
        return
    chart.measure(codes.BMI, weight / (height / 100) ** 2, on, visit=visit, category="vital-signs")
    found = [
        chart.measure(measure, source.uniform(least, most), on, visit=visit)
        for measure, least, most in (
            (codes.GLUCOSE, 4.4, 6.4),
            (codes.CHOLESTEROL, 3.9, 5.6),
            (codes.CREATININE, 52, 94),
            (codes.HAEMOGLOBIN, 118, 152),
        )
    ]
    _report(chart, codes.CHECKUP_REPORT, on, found, "检验项目都已完成，数值请对照化验单上的参考范围。")


def _follow_ups(chart: Chart) -> None:
    """Every quarter for three years: HbA1c, sugar, pressure, weight; lipids twice a year; a visit now open."""
    source, today = chart.source, chart.today
    course = (7.8, 7.6, 7.4, 7.1, 7.0, 7.1, 6.9, 6.8, 6.8, 6.6, 6.6, 6.4)
    for index, value in enumerate(course):
        on = today - timedelta(days=8 + 91 * (len(course) - 1 - index))
        is_newest = index == len(course) - 1
        visit = chart.visit(on, codes.DIABETES, status="in-progress" if is_newest else "finished")
        chart.measure(codes.HBA1C, value, on, visit=visit)
        chart.measure(codes.GLUCOSE, value - source.randint(2, 8) / 10, on, visit=visit)
        chart.pressure(source.randint(124, 146), source.randint(74, 92), on, visit=visit)
        chart.measure(
            codes.WEIGHT,
            72.5 - index * 0.5 + source.randint(-4, 4) / 10,
            on,
            visit=visit,
            category="vital-signs",
        )
        if index % 2:
            found = [
                chart.measure(measure, start - index * step + source.randint(-9, 9) / 100, on, visit=visit)
                for measure, start, step in (
                    (codes.CHOLESTEROL, 5.9, 0.11),
                    (codes.LDL, 3.9, 0.1),
                    (codes.HDL, 1.08, -0.01),
                    (codes.TRIGLYCERIDE, 2.1, 0.05),
                )
            ]
            _report(chart, codes.LIPIDS_REPORT, on, found, "血脂四项，数值见下。")
        if index % 4 == 3:
            chart.measure(codes.CREATININE, source.randint(58, 74), on, visit=visit)
            chart.measure(codes.URATE, source.randint(260, 410), on, visit=visit)
    chart.measure(codes.BMI, 24.6, today - timedelta(days=8), category="vital-signs")


def _stay(chart: Chart) -> None:
    """A broken wrist two years ago: emergency, operation, discharge summary."""
    on = date(chart.today.year - 2, 1, 17)
    visit = chart.visit(on, codes.FRACTURE, kind="IMP")
    chart.condition(codes.FRACTURE, on, ended=on + timedelta(days=90))
    chart.add(
        "Procedure",
        status="completed",
        code={"text": "桡骨骨折闭合复位、石膏固定"},
        subject=chart.patient,
        encounter={"reference": visit},
        performedDateTime=on.isoformat(),
        performer=[{"actor": chart.practitioner}],
        bodySite=[{"text": "右手腕"}],
    )
    summary = (
        "出院小结\n\n右手腕骨折，手法复位后石膏固定 6 周。\n拆石膏后右手活动正常。\n\n以上内容为演示数据。\n"
    )
    _document(chart, codes.DISCHARGE_NOTE, "出院小结", on + timedelta(days=4), [
        attachment(summary.encode(), "text/plain", "出院小结.txt"),
    ])  # fmt: skip


def _heart(chart: Chart, on: date) -> None:
    """An electrocardiogram as a picture and a PDF."""
    _document(chart, codes.ECG_REPORT, "心电图", on, [
        attachment(picture(), "image/png", "心电图.png"),
        attachment(pdf(), "application/pdf", "心电图报告.pdf"),
    ])  # fmt: skip


def _document(chart: Chart, kind: codes.Concept, words: str, on: date, files: list[dict[str, Any]]) -> None:
    chart.add(
        "DocumentReference",
        status="current",
        docStatus="final",
        type=kind.as_fhir(),
        subject=chart.patient,
        date=f"{on.isoformat()}T10:00:00+08:00",
        author=[chart.practitioner],
        custodian=chart.organisation,
        description=words,
        content=[{"attachment": one} for one in files],
    )


def _report(chart: Chart, what: codes.Concept, on: date, found: list[str], words: str) -> None:
    chart.add(
        "DiagnosticReport",
        status="final",
        category=[{"coding": [{"system": f"{codes.TERMINOLOGY}/v2-0074", "code": "LAB"}]}],
        code=what.as_fhir(),
        subject=chart.patient,
        effectiveDateTime=on.isoformat(),
        issued=f"{on.isoformat()}T16:30:00+08:00",
        performer=[chart.organisation],
        result=[{"reference": one} for one in found],
        conclusion=words,
    )


def _contract(chart: Chart, since: date) -> None:
    """The contract with a family doctor."""
    chart.add(
        "EpisodeOfCare",
        status="active",
        type=[
            {
                "coding": [
                    {"system": CONTRACTS, "code": "family-doctor", "display": "Family doctor contract"}
                ],
                "text": "家庭医生签约",
            }
        ],
        patient=chart.patient,
        managingOrganization=chart.organisation,
        careManager=chart.practitioner,
        period={"start": since.isoformat()},
    )


def _family(chart: Chart, code: str, words: str, what: codes.Concept) -> None:
    role = {"system": f"{codes.TERMINOLOGY}/v3-RoleCode", "code": {"father": "FTH", "mother": "MTH"}[code]}
    chart.add(
        "FamilyMemberHistory",
        status="completed",
        patient=chart.patient,
        relationship={"coding": [{**role, "display": code}], "text": words},
        condition=[{"code": what.as_fhir(), "onsetString": "50 多岁"}],
    )


def _plan(chart: Chart, words: str, about: str | None, steps: tuple[str, ...]) -> None:
    chart.add(
        "CarePlan",
        status="active",
        intent="plan",
        title=words,
        subject=chart.patient,
        period={"start": (chart.today - timedelta(days=100)).isoformat()},
        author=chart.practitioner,
        addresses=None if about is None else [{"reference": about}],
        activity=[{"detail": {"status": "in-progress", "description": step}} for step in steps],
    )


def _questions(chart: Chart, words: str, answers: tuple[tuple[str, str], ...]) -> None:
    chart.add(
        "QuestionnaireResponse",
        questionnaire=f"https://citizen.example/fhir/Questionnaire/{len(words)}",
        status="completed",
        subject=chart.patient,
        authored=f"{(chart.today - timedelta(days=20)).isoformat()}T09:30:00+08:00",
        item=[
            {"linkId": str(number), "text": question, "answer": [{"valueString": answer}]}
            for number, (question, answer) in enumerate(answers, start=1)
        ],
        _questionnaire={"extension": [{"url": DISPLAY, "valueString": words}]},
    )


def _flag(chart: Chart, words: str) -> None:
    chart.add(
        "Flag",
        status="active",
        category=[{"coding": [{"system": f"{codes.TERMINOLOGY}/flag-category", "code": "safety"}]}],
        code={"text": words},
        subject=chart.patient,
        period={"start": (chart.today - timedelta(days=300)).isoformat()},
        author=chart.practitioner,
    )


def story_of(resident: Resident, today: date, *, is_long_ill: bool) -> Callable[[Chart], None]:
    """The story that fits somebody's age."""
    age = (today - resident.born_on).days // 365
    if age < 14:
        return tell_child
    if age >= 65:
        return tell_old
    return tell_long_ill if is_long_ill else tell_well
