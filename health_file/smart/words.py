"""SMART scopes in everyday words, for the consent page: what, of which kind, and to do what with it."""

from collections.abc import Callable, Mapping

from health_file.smart.grammar import ANY, Reach
from services.words import msgid

Translate = Callable[[str], str]

EVERYTHING = msgid("健康档案里的全部记录")
TYPES: Mapping[str, str] = {
    "Patient": msgid("姓名、生日等基本信息"),
    "RelatedPerson": msgid("家人和联系人"),
    "Practitioner": msgid("医务人员的名录"),
    "PractitionerRole": msgid("医务人员在哪里看诊"),
    "Organization": msgid("医院和社区中心的名录"),
    "Encounter": msgid("就诊记录"),
    "EpisodeOfCare": msgid("签约和长期管理"),
    "Condition": msgid("诊断和疾病"),
    "AllergyIntolerance": msgid("过敏"),
    "Immunization": msgid("预防接种"),
    "MedicationStatement": msgid("用药情况"),
    "MedicationRequest": msgid("处方"),
    "Procedure": msgid("手术和操作"),
    "Observation": msgid("检验、测量和观察"),
    "DiagnosticReport": msgid("检查检验报告"),
    "DocumentReference": msgid("文件"),
    "Binary": msgid("文件的原件"),
    "Bundle": msgid("成套的文件"),
    "FamilyMemberHistory": msgid("家族病史"),
    "CarePlan": msgid("健康管理计划"),
    "QuestionnaireResponse": msgid("问卷和评估"),
    "Flag": msgid("提醒标记"),
    "Consent": msgid("授权书"),
    "AuditEvent": msgid("谁看过的记录"),
    "Provenance": msgid("记录从哪里来"),
    "Composition": msgid("病历摘要"),
}
VALUES: Mapping[str, str] = {
    "laboratory": msgid("化验"),
    "vital-signs": msgid("血压、体温、身高体重"),
    "social-history": msgid("生活习惯"),
    "imaging": msgid("影像检查"),
    "survey": msgid("问卷"),
    "exam": msgid("体格检查"),
    "activity": msgid("运动"),
    "procedure": msgid("操作"),
    "therapy": msgid("治疗"),
    "problem-list-item": msgid("长期问题"),
    "encounter-diagnosis": msgid("当次诊断"),
    "health-concern": msgid("健康关注"),
    "food": msgid("食物"),
    "medication": msgid("药物"),
    "environment": msgid("环境"),
    "active": msgid("进行中的"),
    "final": msgid("已定稿的"),
}
ACTS: Mapping[str, str] = {
    "r": msgid("看"),
    "s": msgid("看"),
    "c": msgid("新增"),
    "u": msgid("修改"),
    "d": msgid("删除"),
}
SENTENCE = msgid("%(acts)s：%(what)s")
ONLY = msgid("%(what)s（只限%(values)s）")
AS_SELF = msgid("%(what)s（您自己能看到的）")


def sentence_of(reach: Reach, translate: Translate, *, as_user: bool = False) -> str:
    """One line of the consent page."""
    comma = translate(msgid("、"))
    acts = comma.join(dict.fromkeys(translate(ACTS[letter]) for letter in "rscud" if letter in reach.letters))
    what = translate(EVERYTHING if reach.type == ANY else TYPES.get(reach.type, EVERYTHING))
    if reach.filters:
        shown = comma.join(
            _value(value, translate) for _, values in reach.filters for value in sorted(values)
        )
        what = translate(ONLY) % {"what": what, "values": shown}
    if as_user:
        what = translate(AS_SELF) % {"what": what}
    return translate(SENTENCE) % {"acts": acts, "what": what}


def _value(value: str, translate: Translate) -> str:
    """The everyday name of a well-known code; any other as the client wrote it, with the system it is of."""
    code = value.rpartition("|")[2]
    return translate(VALUES[code]) if code in VALUES else value
