"""Invented lifelong records: residents with check-ups, illnesses, laboratory values, medicines and vaccinations.

The same seed gives the same records. Bodies are of the size that hospitals' systems send, about 1.2 kB.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

ID_NUMBER_SYSTEM = "urn:oid:2.16.156.10011.1.3"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
TERMS = "http://terminology.hl7.org/CodeSystem/"
# LOINC code, name, unit, least and most, the laboratory's range, digits after the point.
MEASURED: Sequence[tuple[str, str, str, float, float, tuple[float, float] | None, int]] = (
    ("8480-6", "收缩压", "mm[Hg]", 96, 168, (90, 140), 0),
    ("8462-4", "舒张压", "mm[Hg]", 56, 104, (60, 90), 0),
    ("8867-4", "心率", "/min", 52, 110, (60, 100), 0),
    ("29463-7", "体重", "kg", 42, 96, None, 1),
    ("8302-2", "身高", "cm", 148, 190, None, 1),
    ("39156-5", "体重指数", "kg/m2", 17, 34, (18.5, 23.9), 1),
    ("8310-5", "体温", "Cel", 36, 39, (36.1, 37.2), 1),
    ("2339-0", "血糖", "mmol/L", 3.6, 11.8, (3.9, 6.1), 2),
    ("4548-4", "糖化血红蛋白", "%", 4.4, 9.6, (4.0, 6.0), 1),
    ("2093-3", "总胆固醇", "mmol/L", 3.1, 7.4, (2.9, 5.2), 2),
    ("2571-8", "甘油三酯", "mmol/L", 0.5, 4.1, (0.4, 1.7), 2),
    ("718-7", "血红蛋白", "g/L", 92, 172, (115, 175), 0),
    ("6690-2", "白细胞", "10*9/L", 2.8, 14.2, (3.5, 9.5), 2),
    ("2160-0", "肌酐", "umol/L", 44, 142, (57, 111), 0),
    ("1742-6", "丙氨酸氨基转移酶", "U/L", 8, 96, (9, 50), 0),
)
ILLNESSES = (
    ("I10", "38341003", "原发性高血压"), ("E11.9", "44054006", "2 型糖尿病"), ("J06.9", "54150009", "急性上呼吸道感染"),
    ("K29.5", "8493009", "慢性胃炎"), ("M54.5", "279039007", "腰痛"), ("J45.9", "195967001", "支气管哮喘"),
)  # fmt: skip
MEDICINES = (
    ("C08CA01", "氨氯地平片 5 mg", "每日一次，每次一片"), ("A10BA02", "二甲双胍片 0.5 g", "每日两次，每次一片，随餐"),
    ("A02BC01", "奥美拉唑肠溶胶囊 20 mg", "每日一次，早餐前一粒"), ("R03AC02", "沙丁胺醇气雾剂", "需要时吸入一揿"),
)  # fmt: skip
VACCINES = (("J07BB02", "流感疫苗"), ("J07AL01", "肺炎球菌疫苗"), ("J07BX03", "新型冠状病毒疫苗"))
ADVICE = (
    "建议低盐饮食，每日食盐不超过 5 克，每周中等强度运动三到五次，三个月后复查。",
    "标本状态良好，结果经双人复核。请结合临床表现综合判断，必要时复查。",
    "空腹采血，受检者状态平稳。本次结果与上次相比变化不大，继续观察。",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented resident."""

    name: str
    sex: str
    born_on: date
    id_number: str


def invent(number: int) -> Invented:
    """The resident of a number; all ID numbers differ and have their check character."""
    source = Random(f"resident-{number}")
    born_on = date(1935, 1, 1) + timedelta(days=number * 37 % 30_000)
    # 30,000 birthdays, 999 orders a day and district: enough for tens of millions.
    order, district = number // 30_000 % 999 + 1, 310101 + number % 9
    body = f"{district}{born_on:%Y%m%d}{order:03d}"
    check = "10X98765432"[sum(int(one) * weight for one, weight in zip(body, WEIGHTS, strict=True)) % 11]
    name = source.choice(SURNAMES) + "".join(source.sample(GIVEN, 2))
    return Invented(name, "female" if order % 2 == 0 else "male", born_on, body + check)


def life_of(number: int, count: int, *, start: date = date(2021, 3, 1)) -> Iterator[dict[str, Any]]:
    """A resident's Patient and, visit by visit, `count` records; they refer to each other by `urn:uuid`."""
    source, person = Random(f"life-{number}"), invent(number)
    patient = address(source)
    yield {"fullUrl": patient, "resource": patient_of(person)}
    made = 0
    day = start + timedelta(days=source.randint(0, 60))
    while made < count:
        visit = address(source)
        for entry in _visit(source, patient, visit, day):
            if made < count:
                made += 1
                yield entry
        day += timedelta(days=source.randint(6, 60))


def patient_of(person: Invented) -> dict[str, Any]:
    """The Patient resource of a resident."""
    return {
        "resourceType": "Patient",
        "identifier": [{"use": "official", "system": ID_NUMBER_SYSTEM, "value": person.id_number}],
        "active": True,
        "name": [
            {"use": "official", "text": person.name, "family": person.name[0], "given": [person.name[1:]]}
        ],
        "telecom": [{"system": "phone", "use": "mobile", "value": f"1{person.id_number[7:17]}"}],
        "gender": person.sex,
        "birthDate": person.born_on.isoformat(),
        "address": [
            {"use": "home", "text": "东岸区人民路 120 弄 8 号 602 室", "city": "东岸市", "country": "CN"}
        ],
        "maritalStatus": {"coding": [{"system": f"{TERMS}v3-MaritalStatus", "code": "M"}]},
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "zh-CN"}]}}],
    }


def _visit(source: Random, patient: str, visit: str, day: date) -> Iterator[dict[str, Any]]:
    about = {"subject": {"reference": patient}, "encounter": {"reference": visit}}
    at = datetime(day.year, day.month, day.day, source.randint(0, 9), source.randint(0, 59), tzinfo=UTC)
    yield {"fullUrl": visit, "resource": _encounter(source, patient, at)}
    code, snomed, illness = source.choice(ILLNESSES)
    condition = address(source)
    yield {
        "fullUrl": condition,
        "resource": {
            "resourceType": "Condition",
            "meta": {"profile": ["http://hl7.org/fhir/uv/ips/StructureDefinition/Condition-uv-ips"]},
            "identifier": [_identifier(source, "diagnoses")],
            "clinicalStatus": _concept(f"{TERMS}condition-clinical", "active", "活动"),
            "verificationStatus": _concept(f"{TERMS}condition-ver-status", "confirmed", "已确诊"),
            "category": [_concept(f"{TERMS}condition-category", "encounter-diagnosis", "就诊诊断")],
            "severity": _concept(SNOMED, "6736007", "中度"),
            "code": {
                "coding": [
                    {"system": ICD10, "code": code, "display": illness},
                    {"system": SNOMED, "code": snomed, "display": illness},
                ],
                "text": illness,
            },
            **about,
            "onsetDateTime": day.isoformat(),
            "recordedDate": _instant(at),
            "recorder": _practitioner(source),
            "note": [{"time": _instant(at), "text": source.choice(ADVICE)}],
        },
    }
    measured = [address(source) for _ in range(9)]
    for one, what in zip(measured, source.sample(MEASURED, 9), strict=True):
        yield {"fullUrl": one, "resource": _observation(source, about, what, at)}
    yield {
        "fullUrl": address(source),
        "resource": {
            "resourceType": "DiagnosticReport",
            "identifier": [_identifier(source, "reports")],
            "status": "final",
            "category": [_concept(f"{TERMS}v2-0074", "LAB", "检验")],
            "code": _concept(LOINC, "11502-2", "检验报告"),
            **about,
            "effectiveDateTime": _instant(at),
            "issued": _instant(at + timedelta(hours=3)),
            "performer": [_organisation()],
            "result": [{"reference": one} for one in measured],
            "conclusion": source.choice(ADVICE) + source.choice(ADVICE),
        },
    }
    if source.random() < 0.7:
        yield {"fullUrl": address(source), "resource": _medication(source, about, condition, at)}
    if source.random() < 0.2:
        yield {"fullUrl": address(source), "resource": _immunization(source, patient, visit, day)}


def _encounter(source: Random, patient: str, at: datetime) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "identifier": [_identifier(source, "visits")],
        "status": "finished",
        "class": {"system": f"{TERMS}v3-ActCode", "code": "AMB", "display": "门诊"},
        "type": [_concept(SNOMED, "185349003", "门诊就诊")],
        "serviceType": _concept(f"{TERMS}service-type", "124", "全科"),
        "subject": {"reference": patient},
        "participant": [
            {
                "type": [_concept(f"{TERMS}v3-ParticipationType", "PPRF", "主诊")],
                "period": {"start": _instant(at), "end": _instant(at + timedelta(minutes=25))},
                "individual": _practitioner(source),
            }
        ],
        "period": {"start": _instant(at), "end": _instant(at + timedelta(minutes=40))},
        "reasonCode": [{"text": "复诊配药，自诉近一周偶有头晕，无恶心呕吐，睡眠尚可，二便正常。"}],
        "hospitalization": {
            "dischargeDisposition": _concept(f"{TERMS}discharge-disposition", "home", "回家")
        },
        "serviceProvider": _organisation(),
    }


def _observation(
    source: Random, about: dict[str, Any], what: tuple[Any, ...], at: datetime
) -> dict[str, Any]:
    code, name, unit, least, most, usual, digits = what
    value = round(source.uniform(least, most), digits)
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]},
        "identifier": [_identifier(source, "results")],
        "status": "final",
        "category": [_concept(f"{TERMS}observation-category", "laboratory", "检验")],
        "code": {"coding": [{"system": LOINC, "code": code, "display": name}], "text": name},
        **about,
        "effectiveDateTime": _instant(at),
        "issued": _instant(at + timedelta(hours=2)),
        "performer": [_practitioner(source), _organisation()],
        "valueQuantity": {
            "value": int(value) if digits == 0 else value,
            "unit": unit,
            "system": UCUM,
            "code": unit,
        },
        "note": [{"text": source.choice(ADVICE)}],
        "method": _concept(SNOMED, "702873001", "自动分析仪法"),
    }
    if usual:
        low, high = ({"value": bound, "unit": unit, "system": UCUM, "code": unit} for bound in usual)
        found["referenceRange"] = [{"low": low, "high": high, "text": f"{usual[0]}–{usual[1]} {unit}"}]
        letter = "L" if value < usual[0] else "H" if value > usual[1] else "N"
        found["interpretation"] = [_concept(f"{TERMS}v3-ObservationInterpretation", letter, letter)]
    return found


def _medication(source: Random, about: dict[str, Any], condition: str, at: datetime) -> dict[str, Any]:
    code, name, dose = source.choice(MEDICINES)
    return {
        "resourceType": "MedicationRequest",
        "identifier": [_identifier(source, "prescriptions")],
        "status": "active",
        "intent": "order",
        "category": [_concept(f"{TERMS}medicationrequest-category", "outpatient", "门诊")],
        "medicationCodeableConcept": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": code, "display": name}],
            "text": name,
        },
        **about,
        "authoredOn": _instant(at),
        "requester": _practitioner(source),
        "reasonReference": [{"reference": condition}],
        "dosageInstruction": [
            {
                "sequence": 1,
                "text": dose,
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "route": _concept(SNOMED, "26643006", "口服"),
                "doseAndRate": [
                    {"doseQuantity": {"value": 1, "unit": "片", "system": UCUM, "code": "{tbl}"}}
                ],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 2,
            "quantity": {"value": 28, "unit": "片", "system": UCUM, "code": "{tbl}"},
            "expectedSupplyDuration": {"value": 28, "unit": "d", "system": UCUM, "code": "d"},
        },
        "note": [{"text": source.choice(ADVICE)}],
    }


def _immunization(source: Random, patient: str, visit: str, day: date) -> dict[str, Any]:
    code, name = source.choice(VACCINES)
    return {
        "resourceType": "Immunization",
        "identifier": [_identifier(source, "vaccinations")],
        "status": "completed",
        "vaccineCode": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": code, "display": name}],
            "text": name,
        },
        "patient": {"reference": patient},
        "encounter": {"reference": visit},
        "occurrenceDateTime": day.isoformat(),
        "primarySource": True,
        "lotNumber": f"{source.randint(10**7, 10**8)}",
        "expirationDate": (day + timedelta(days=400)).isoformat(),
        "site": _concept(SNOMED, "368208006", "左上臂"),
        "route": _concept(SNOMED, "78421000", "肌内注射"),
        "doseQuantity": {"value": 0.5, "unit": "mL", "system": UCUM, "code": "mL"},
        "performer": [{"actor": _practitioner(source)}],
        "protocolApplied": [{"doseNumberPositiveInt": 1}],
    }


def address(source: Random) -> str:
    """A `urn:uuid` as systems number the entries of a Bundle."""
    return UUID(int=source.getrandbits(128), version=4).urn


def _concept(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def _identifier(source: Random, kind: str) -> dict[str, Any]:
    return {"system": f"https://his.clinic.example/{kind}", "value": f"{source.getrandbits(52)}"}


def _practitioner(source: Random) -> dict[str, Any]:
    number = source.randint(1, 400)
    return {
        "identifier": {"system": "https://his.clinic.example/staff", "value": f"{number}"},
        "display": f"医师 {number}",
    }


def _organisation() -> dict[str, Any]:
    return {
        "identifier": {"system": "https://city.example/units", "value": "CL-HP"},
        "display": "和平社区卫生中心",
    }


def _instant(at: datetime) -> str:
    return at.isoformat()
