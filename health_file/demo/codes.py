"""The codes of the demo's records: each concept in Chinese, with the English display of its code system.

LOINC, ATC, ICD-10 and CVX codes are free to use; SNOMED CT codes are of the Global Patient Set (CC BY 4.0) only.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
# Chinese code tables by the identifiers that WS/T 483 gives them.
ETHNIC_GROUPS = "urn:oid:2.16.156.10011.2.3.3.3"
EDUCATION = "urn:oid:2.16.156.10011.2.3.3.6"
OCCUPATION = "urn:oid:2.16.156.10011.2.3.3.7"


class Concept(NamedTuple):
    """A coded concept; without a system it is text alone."""

    zh: str
    en: str = ""
    code: str = ""
    system: str = ""

    def as_fhir(self) -> dict[str, Any]:
        """A CodeableConcept: Chinese as its text, English as the display of its code."""
        if not self.system:
            return {"text": self.zh}
        return {"coding": [{"system": self.system, "code": self.code, "display": self.en}], "text": self.zh}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a laboratory or a nurse measures: the concept, unit, digits and the laboratory's range."""

    what: Concept
    unit: str
    ucum: str
    digits: int
    low: str = ""
    high: str = ""


class Medicine(NamedTuple):
    """A medicine, how it is taken, and the count of times a day."""

    what: Concept
    dose: str
    unit: str
    times: int
    words: str


def _loinc(code: str, zh: str, en: str) -> Concept:
    return Concept(zh, en, code, LOINC)


def _icd(code: str, zh: str, en: str) -> Concept:
    return Concept(zh, en, code, ICD10)


def _atc(code: str, zh: str, en: str) -> Concept:
    return Concept(zh, en, code, ATC)


def _cvx(code: str, zh: str, en: str) -> Concept:
    return Concept(zh, en, code, CVX)


GLUCOSE = Measure(_loinc("14771-0", "空腹血糖", "Fasting glucose"), "mmol/L", "mmol/L", 1, "3.9", "6.1")
HBA1C = Measure(_loinc("4548-4", "糖化血红蛋白", "Hemoglobin A1c"), "%", "%", 1, "4.0", "7.0")
CHOLESTEROL = Measure(_loinc("14647-2", "总胆固醇", "Total cholesterol"), "mmol/L", "mmol/L", 2, "", "5.20")
LDL = Measure(_loinc("22748-8", "低密度脂蛋白胆固醇", "LDL cholesterol"), "mmol/L", "mmol/L", 2, "", "3.40")
HDL = Measure(_loinc("14646-4", "高密度脂蛋白胆固醇", "HDL cholesterol"), "mmol/L", "mmol/L", 2, "1.00", "")
TRIGLYCERIDE = Measure(_loinc("14927-8", "甘油三酯", "Triglyceride"), "mmol/L", "mmol/L", 2, "", "1.70")
CREATININE = Measure(_loinc("14682-9", "肌酐", "Creatinine"), "μmol/L", "umol/L", 0, "41", "97")
URATE = Measure(_loinc("14933-6", "尿酸", "Urate"), "μmol/L", "umol/L", 0, "155", "428")
HAEMOGLOBIN = Measure(_loinc("718-7", "血红蛋白", "Hemoglobin"), "g/L", "g/L", 0, "115", "175")
WEIGHT = Measure(_loinc("29463-7", "体重", "Body weight"), "kg", "kg", 1)
HEIGHT = Measure(_loinc("8302-2", "身高", "Body height"), "cm", "cm", 0)
BMI = Measure(_loinc("39156-5", "体质指数", "Body mass index"), "kg/m²", "kg/m2", 1, "18.5", "23.9")
HEART_RATE = Measure(_loinc("8867-4", "心率", "Heart rate"), "次/分", "/min", 0, "60", "100")
SYSTOLIC = Measure(_loinc("8480-6", "收缩压", "Systolic blood pressure"), "mmHg", "mm[Hg]", 0, "90", "140")
DIASTOLIC = Measure(_loinc("8462-4", "舒张压", "Diastolic blood pressure"), "mmHg", "mm[Hg]", 0, "60", "90")
PRESSURE = _loinc("85354-9", "血压", "Blood pressure")
ABO = _loinc("883-9", "ABO 血型", "ABO group")
RHESUS = _loinc("10331-7", "Rh 血型", "Rh type")
SMOKING = _loinc("72166-2", "吸烟情况", "Tobacco smoking status")
LIPIDS_REPORT = _loinc("24331-1", "血脂四项", "Lipid panel")
CHECKUP_REPORT = _loinc("11502-2", "检验报告", "Laboratory report")
DISCHARGE_NOTE = _loinc("18842-5", "出院小结", "Discharge summary")
CHECKUP_NOTE = _loinc("34117-2", "体检小结", "Check-up summary")
ECG_REPORT = _loinc("11524-6", "心电图报告", "ECG study")

DIABETES = _icd("E11.9", "2 型糖尿病", "Type 2 diabetes mellitus without complications")
HYPERTENSION = _icd("I10", "高血压", "Essential (primary) hypertension")
LIPIDS = _icd("E78.5", "血脂异常", "Hyperlipidaemia, unspecified")
KNEE = _icd("M17.9", "膝骨关节炎", "Gonarthrosis, unspecified")
COLD = _icd("J06.9", "急性上呼吸道感染", "Acute upper respiratory infection, unspecified")
GASTRITIS = _icd("K29.5", "慢性胃炎", "Chronic gastritis, unspecified")
ASTHMA = _icd("J45.9", "哮喘", "Asthma, unspecified")
FRACTURE = _icd("S52.5", "桡骨下端骨折", "Fracture of lower end of radius")
ANXIETY = _icd("F41.1", "焦虑状态", "Generalized anxiety disorder")
STROKE = _icd("I63.9", "脑梗死", "Cerebral infarction, unspecified")

PENICILLIN = Concept("青霉素", "Allergy to penicillin", "91936005", SNOMED)
NO_ALLERGY = Concept("没有已知的过敏", "No known allergy", "716186003", SNOMED)
PEANUT = Concept("花生", "Allergy to peanut", "91935009", SNOMED)
SEAFOOD = Concept("海鲜")
POLLEN = Concept("花粉")
RASH, BREATHLESS, ITCH = Concept("皮疹"), Concept("呼吸困难"), Concept("皮肤发痒")

METFORMIN = Medicine(_atc("A10BA02", "二甲双胍片", "metformin"), "0.5", "g", 2, "饭后服")
AMLODIPINE = Medicine(_atc("C08CA01", "氨氯地平片", "amlodipine"), "5", "mg", 1, "早上服")
ATORVASTATIN = Medicine(_atc("C10AA05", "阿托伐他汀钙片", "atorvastatin"), "20", "mg", 1, "睡前服")
OMEPRAZOLE = Medicine(_atc("A02BC01", "奥美拉唑肠溶胶囊", "omeprazole"), "20", "mg", 1, "早饭前服")
CEFUROXIME = Medicine(_atc("J01DC02", "头孢呋辛酯片", "cefuroxime"), "0.25", "g", 2, "饭后服，7 天")
SALBUTAMOL = Medicine(_atc("R03AC02", "沙丁胺醇气雾剂", "salbutamol"), "0.1", "mg", 1, "喘的时候吸")
SERTRALINE = Medicine(_atc("N06AB06", "舍曲林片", "sertraline"), "50", "mg", 1, "早上服")

BCG = _cvx("19", "卡介苗", "BCG")
HEPATITIS_B = _cvx("08", "乙肝疫苗", "Hep B, adolescent or pediatric")
POLIO = _cvx("10", "脊髓灰质炎灭活疫苗", "IPV")
DTAP = _cvx("20", "百白破疫苗", "DTaP")
MMR = _cvx("03", "麻腮风疫苗", "MMR")
ENCEPHALITIS = _cvx("129", "乙脑疫苗", "Japanese encephalitis, unspecified formulation")
MENINGOCOCCUS_A = Concept("A 群流脑多糖疫苗")
HEPATITIS_A = _cvx("85", "甲肝疫苗", "Hep A, unspecified formulation")
VARICELLA = _cvx("21", "水痘疫苗", "Varicella")
INFLUENZA = _cvx("88", "流感疫苗", "Influenza, unspecified formulation")
PNEUMOCOCCUS = _cvx("33", "23 价肺炎疫苗", "Pneumococcal polysaccharide PPV23")
ZOSTER = _cvx("187", "带状疱疹疫苗", "Zoster vaccine recombinant")

# The national immunisation programme: months of age, vaccine, dose.
CHILDREN_VACCINES = (
    (0, HEPATITIS_B, 1), (0, BCG, 1), (1, HEPATITIS_B, 2), (2, POLIO, 1), (3, POLIO, 2), (3, DTAP, 1),
    (4, DTAP, 2), (5, DTAP, 3), (6, HEPATITIS_B, 3), (6, MENINGOCOCCUS_A, 1), (8, MMR, 1),
    (8, ENCEPHALITIS, 1), (9, MENINGOCOCCUS_A, 2), (12, VARICELLA, 1), (18, DTAP, 4), (18, MMR, 2),
    (18, HEPATITIS_A, 1), (24, ENCEPHALITIS, 2),
)  # fmt: skip
