"""What each kind of record is called, when it happened, who made it, and which of its elements are told, in order.

One table for all resource types; the sentences are ours, everything else is the record's own text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.words import msgid


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type in everyday form.

    `titles`, `days` and `makers` are paths, the first that holds something counts; `lines` are (words, path). A path
    that ends in `*` is a choice element (`onset*`), one that ends in `!` a code of ours to put into words.
    """

    title: str
    titles: tuple[str, ...]
    days: tuple[str, ...]
    makers: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    is_activity: bool = False


STATUS, BECAUSE, NOTE = msgid("状态"), msgid("因为什么"), msgid("备注")
TAKING, WHERE, SITE = msgid("怎么用"), msgid("在哪里"), msgid("部位")
REPORTED, RESULT, BEGAN, ENDED = msgid("谁说的"), msgid("结果"), msgid("开始"), msgid("结束")

KINDS: Mapping[str, Kind] = {
    "Patient": Kind(
        msgid("基本信息"), ("name",), ("meta.lastUpdated",), ("managingOrganization",),
        ((msgid("性别"), "gender!"), (msgid("出生日期"), "birthDate"), (msgid("电话"), "telecom"),
         (msgid("住址"), "address"), (msgid("婚姻"), "maritalStatus"), (msgid("家庭医生"), "generalPractitioner"),
         (msgid("联系人"), "contact.name")),
    ),
    "RelatedPerson": Kind(
        msgid("亲属和联系人"), ("name",), ("period",), (),
        ((msgid("关系"), "relationship"), (msgid("电话"), "telecom")),
    ),
    "Encounter": Kind(
        msgid("就诊"), ("type", "serviceType", "class"), ("period", "statusHistory.period"),
        ("serviceProvider", "participant.individual"),
        ((STATUS, "status!"), (BECAUSE, "reasonCode"), (BECAUSE, "reasonReference"), (msgid("医生"),
         "participant.individual"),
         (WHERE, "location.location"), (msgid("怎样离开"), "hospitalization.dischargeDisposition")),
        is_activity=True,
    ),
    "EpisodeOfCare": Kind(
        msgid("持续照护"), ("type",), ("period",), ("managingOrganization", "careManager"),
        ((STATUS, "status!"), (msgid("谁负责"), "careManager"), (msgid("时间"), "period")),
        is_activity=True,
    ),
    "Condition": Kind(
        msgid("诊断"), ("code",), ("onset*", "recordedDate"), ("recorder", "asserter"),
        ((STATUS, "clinicalStatus!"), (msgid("是否确定"), "verificationStatus!"), (msgid("程度"), "severity"),
         (SITE, "bodySite"), (BEGAN, "onset*"), (ENDED, "abatement*"), (NOTE, "note")),
        is_activity=True,
    ),
    "AllergyIntolerance": Kind(
        msgid("过敏"), ("code", "reaction.substance"), ("onset*", "recordedDate", "lastOccurrence"),
        ("recorder", "asserter"),
        ((STATUS, "clinicalStatus!"), (msgid("是否确定"), "verificationStatus!"), (msgid("反应"),
         "reaction.manifestation"),
         (msgid("危险程度"), "criticality!"), (msgid("最近一次"), "lastOccurrence"), (NOTE, "note")),
    ),
    "Immunization": Kind(
        msgid("接种"), ("vaccineCode",), ("occurrence*", "recorded"), ("performer.actor", "location", "manufacturer"),
        ((STATUS, "status!"), (msgid("第几针"), "protocolApplied.doseNumber*"), (msgid("批号"), "lotNumber"),
         (SITE, "site"), (msgid("没有接种的原因"), "statusReason"), (NOTE, "note")),
        is_activity=True,
    ),
    "MedicationStatement": Kind(
        msgid("用药"), ("medication*",), ("effective*", "dateAsserted"), ("informationSource",),
        ((STATUS, "status!"), (TAKING, "dosage"), (BECAUSE, "reasonCode"), (BEGAN, "effective*"), (NOTE, "note")),
    ),
    "MedicationRequest": Kind(
        msgid("处方"), ("medication*",), ("authoredOn",), ("requester", "performer"),
        ((STATUS, "status!"), (TAKING, "dosageInstruction"), (BECAUSE, "reasonCode"), (NOTE, "note")),
        is_activity=True,
    ),
    "Procedure": Kind(
        msgid("手术和操作"), ("code",), ("performed*",), ("performer.actor", "asserter", "recorder"),
        ((STATUS, "status!"), (SITE, "bodySite"), (BECAUSE, "reasonCode"), (msgid("结局"), "outcome"),
         (NOTE, "note")),
        is_activity=True,
    ),
    "Observation": Kind(
        msgid("化验和测量"), ("code",), ("effective*", "issued"), ("performer",),
        ((STATUS, "status!"), (RESULT, "value*"), (msgid("没有结果的原因"), "dataAbsentReason"),
         (msgid("参考范围"), "referenceRange"),
         (SITE, "bodySite"), (msgid("方法"), "method"), (NOTE, "note")),
    ),
    "DiagnosticReport": Kind(
        msgid("检查报告"), ("code",), ("effective*", "issued"), ("performer", "resultsInterpreter"),
        ((STATUS, "status!"), (msgid("结论"), "conclusion"), (msgid("诊断"), "conclusionCode"),
         (msgid("出报告的时间"), "issued")),
        is_activity=True,
    ),
    "DocumentReference": Kind(
        msgid("文件"), ("description", "type", "content.attachment.title"), ("date", "context.period"),
        ("custodian", "author", "authenticator"),
        ((STATUS, "status!"), (msgid("种类"), "type"), (msgid("作者"), "author"), (msgid("时间"), "context.period")),
        is_activity=True,
    ),
    "FamilyMemberHistory": Kind(
        msgid("家族史"), ("relationship",), ("date",), (),
        ((STATUS, "status!"), (msgid("得过的病"), "condition.code"), (msgid("得病的时候"),
         "condition.onset*"), (NOTE, "note")),
    ),
    "CarePlan": Kind(
        msgid("照护计划"), ("title", "category", "description"), ("period", "created"), ("author", "contributor"),
        ((STATUS, "status!"), (msgid("内容"), "description"), (msgid("要做的事"), "activity.detail.description"),
         (msgid("要做的事"), "activity.detail.code"), (msgid("时间"), "period"), (NOTE, "note")),
        is_activity=True,
    ),
    "QuestionnaireResponse": Kind(
        msgid("问卷"), ("_questionnaire.extension", "questionnaire"), ("authored",), ("source", "author"),
        ((STATUS, "status!"),),
        is_activity=True,
    ),
    "Flag": Kind(
        msgid("提醒"), ("code",), ("period",), ("author",), ((STATUS, "status!"), (msgid("时间"), "period")),
    ),
    "Consent": Kind(
        msgid("授权"), ("category", "scope"), ("dateTime",), ("organization", "performer"),
        ((STATUS, "status!"), (msgid("做法"), "provision.type!"), (msgid("时间"), "provision.period")),
    ),
    "Composition": Kind(
        msgid("病历文书"), ("title", "type"), ("date",), ("custodian", "author"),
        ((STATUS, "status!"), (msgid("章节"), "section.title")),
        is_activity=True,
    ),
}  # fmt: skip
OTHER = Kind(
    msgid("其他记录"), ("code", "type", "title", "name", "description"), ("effective*", "date", "period")
)
# Of a kind nobody has put into words, the everyday name is the type's own.
ACTIVITIES = tuple(name for name, kind in KINDS.items() if kind.is_activity)

# FHIR's own codes of required value sets, where one stands in a line; what is not here is shown as it is written.
CODES: Mapping[str, str] = {
    "male": msgid("男"), "female": msgid("女"), "other": msgid("其他"), "unknown": msgid("不知道"),
    "active": msgid("现在有"), "inactive": msgid("现在没有"), "resolved": msgid("已好"), "remission": msgid("缓解"),
    "recurrence": msgid("复发"), "relapse": msgid("再发"), "confirmed": msgid("确定"),
    "unconfirmed": msgid("没有确定"),
    "provisional": msgid("初步"), "differential": msgid("鉴别中"), "refuted": msgid("已排除"),
    "entered-in-error": msgid("写错的，已作废"), "planned": msgid("计划中"), "arrived": msgid("已到"),
    "triaged": msgid("已分诊"), "in-progress": msgid("进行中"), "onleave": msgid("请假中"),
    "finished": msgid("已结束"),
    "cancelled": msgid("已取消"), "waitlist": msgid("等候中"), "onhold": msgid("暂停"), "on-hold": msgid("暂停"),
    "completed": msgid("已完成"), "stopped": msgid("已停"), "draft": msgid("草稿"), "not-taken": msgid("没有吃"),
    "intended": msgid("准备用"), "not-done": msgid("没有做"), "preparation": msgid("准备中"),
    "registered": msgid("已登记"),
    "partial": msgid("一部分结果"), "preliminary": msgid("初步结果"), "final": msgid("最后结果"),
    "amended": msgid("改过"),
    "corrected": msgid("更正过"), "appended": msgid("补充过"), "current": msgid("现行"),
    "superseded": msgid("有更新的"),
    "revoked": msgid("已撤销"), "health-unknown": msgid("不知道"), "low": msgid("低"), "high": msgid("高"),
    "unable-to-assess": msgid("还不能判断"), "proposed": msgid("待定"), "rejected": msgid("没有同意"),
    "permit": msgid("允许"), "deny": msgid("不允许"),
}  # fmt: skip
# In these types a code has a narrower sense than elsewhere.
CODES_OF: Mapping[str, Mapping[str, str]] = {
    "MedicationStatement": {"active": msgid("在用"), "completed": msgid("已停")},
    "MedicationRequest": {"active": msgid("有效")},
    "EpisodeOfCare": {"active": msgid("在约")},
    "CarePlan": {"active": msgid("在做")},
    "Flag": {"active": msgid("有效")},
    "Consent": {"active": msgid("有效"), "inactive": msgid("已停")},
    "Immunization": {"completed": msgid("已接种"), "not-done": msgid("没有接种")},
}
