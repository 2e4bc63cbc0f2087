"""What several lives have in common: check-ups, a stay, reports, a family doctor, plans."""

from datetime import date, timedelta
from typing import Any

from health_file.demo import codes
from health_file.demo.chart import Chart
from health_file.demo.documents import attachment, pdf, picture
from health_file.display.records import DISPLAY

CONTRACTS = "urn:citizen:episode-type"


def check_up(chart: Chart, on: date, *, weight: float, height: int, is_short: bool = False) -> None:
    """A check-up with its measurements."""
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
    report(chart, codes.CHECKUP_REPORT, on, found, "检验项目都已完成，数值请对照化验单上的参考范围。")


def follow_ups(chart: Chart) -> None:
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
            report(chart, codes.LIPIDS_REPORT, on, found, "血脂四项，数值见下。")
        if index % 4 == 3:
            chart.measure(codes.CREATININE, source.randint(58, 74), on, visit=visit)
            chart.measure(codes.URATE, source.randint(260, 410), on, visit=visit)
    chart.measure(codes.BMI, 24.6, today - timedelta(days=8), category="vital-signs")


def stay(chart: Chart) -> None:
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
    document(chart, codes.DISCHARGE_NOTE, "出院小结", on + timedelta(days=4), [
        attachment(summary.encode(), "text/plain", "出院小结.txt"),
    ])  # fmt: skip


def heart(chart: Chart, on: date) -> None:
    """An electrocardiogram as a picture and a PDF."""
    document(chart, codes.ECG_REPORT, "心电图", on, [
        attachment(picture(), "image/png", "心电图.png"),
        attachment(pdf(), "application/pdf", "心电图报告.pdf"),
    ])  # fmt: skip


def document(chart: Chart, kind: codes.Concept, words: str, on: date, files: list[dict[str, Any]]) -> None:
    """A document with the files that belong to it."""
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


def report(chart: Chart, what: codes.Concept, on: date, found: list[str], words: str) -> None:
    """A report on what was found."""
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


def contract(chart: Chart, since: date) -> None:
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


def family(chart: Chart, code: str, words: str, what: codes.Concept) -> None:
    """What a parent had."""
    role = {"system": f"{codes.TERMINOLOGY}/v3-RoleCode", "code": {"father": "FTH", "mother": "MTH"}[code]}
    chart.add(
        "FamilyMemberHistory",
        status="completed",
        patient=chart.patient,
        relationship={"coding": [{**role, "display": code}], "text": words},
        condition=[{"code": what.as_fhir(), "onsetString": "50 多岁"}],
    )


def plan(chart: Chart, words: str, about: str | None, steps: tuple[str, ...]) -> None:
    """What is meant to be done, step by step."""
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


def questions(chart: Chart, words: str, answers: tuple[tuple[str, str], ...]) -> None:
    """Questions somebody answered."""
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


def flag(chart: Chart, words: str) -> None:
    """What everybody who opens the file has to know."""
    chart.add(
        "Flag",
        status="active",
        category=[{"coding": [{"system": f"{codes.TERMINOLOGY}/flag-category", "code": "safety"}]}],
        code={"text": words},
        subject=chart.patient,
        period={"start": (chart.today - timedelta(days=300)).isoformat()},
        author=chart.practitioner,
    )
