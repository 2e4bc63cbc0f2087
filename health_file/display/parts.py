"""The everyday kinds of records that a decision may name, and what they may be used for."""

from collections.abc import Mapping

from services.words import msgid

# What a resident may give or keep, by everyday kinds: each stands for resource types.
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "allergies": (msgid("过敏"), ("AllergyIntolerance",)),
    "medicines": (msgid("用药"), ("MedicationStatement", "MedicationRequest")),
    "conditions": (msgid("得过的病"), ("Condition",)),
    "results": (msgid("化验和测量"), ("Observation", "DiagnosticReport")),
    "immunisations": (msgid("疫苗"), ("Immunization",)),
    "visits": (msgid("就诊和手术"), ("Encounter", "EpisodeOfCare", "Procedure")),
    "documents": (msgid("文件和报告"), ("DocumentReference", "Composition", "Binary")),
    "basics": (msgid("基本信息"), ("Patient", "RelatedPerson")),
}
PURPOSES: Mapping[str, str] = {
    "TREAT": msgid("看病"),
    "HRESCH": msgid("医学研究"),
    "HOPERAT": msgid("医院管理"),
    "PATRQT": msgid("本人要看"),
    "BTG": msgid("急救"),
}
SENSITIVE: Mapping[str, str] = {
    "category=mental-health": msgid("心理"),
    "category=substance-use": msgid("酒精和药物"),
    "category=hiv": msgid("艾滋病"),
    "category=sexually-transmitted": msgid("性病"),
    "category=reproductive": msgid("怀孕和生育"),
    "category=violence": msgid("暴力伤害"),
    "category=genetic": msgid("遗传"),
}
