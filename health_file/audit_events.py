"""The audit events of what is shown, and of what residents decide about that."""

from services.manifest import AuditEvent
from services.words import msgid

# What `actions.disclosure.record_disclosure` adds to every event of something shown.
DISCLOSED = frozenset({"purpose", "consent", "unit", "grant", "resources", "count"})

EMERGENCY = frozenset({"emergency_id", "reason", "unit", "purpose", "consent"})

DECISIONS = (
    AuditEvent(
        "health_file.consent.given",
        msgid("写下了一份健康档案的授权"),
        frozenset({"consent_id", "status", "version"}),
    ),
    AuditEvent(
        "health_file.consent.changed",
        msgid("改了一份健康档案的授权"),
        frozenset({"consent_id", "status", "version"}),
    ),
    AuditEvent("health_file.consents.read", msgid("看了健康档案的授权"), DISCLOSED),
    AuditEvent(
        "health_file.access_log.read",
        msgid("看了谁看过健康档案"),
        frozenset({"count", "consent", "grant"}),
    ),
    AuditEvent("health_file.emergency.opened", msgid("以急救为由打开了健康档案"), EMERGENCY),
    AuditEvent("health_file.emergency.confirmed", msgid("急救中又看了限制查看的健康记录"), EMERGENCY),
    AuditEvent("health_file.emergency.closed", msgid("结束了急救查看"), EMERGENCY),
    AuditEvent(
        "health_file.emergency.escalated",
        msgid("急救查看三天没有复核，已上报"),
        frozenset({"emergency_id"}),
    ),
    AuditEvent(
        "health_file.emergency.reviewed",
        msgid("复核了一次急救查看"),
        frozenset({"emergency_id", "verdict"}),
    ),
    AuditEvent(
        "health_file.treating.rejected", msgid("说一家单位没有在看病，让它不能再看档案"), frozenset({"unit"})
    ),
    AuditEvent("health_file.openings.read", msgid("看了反常的接诊"), frozenset({"count"})),
    AuditEvent(
        "health_file.opening.reviewed", msgid("复核了一次反常的接诊"), frozenset({"opening_id", "verdict"})
    ),
    AuditEvent("health_file.emergencies.read", msgid("看了待复核的急救查看"), frozenset({"count"})),
    AuditEvent(
        "health_file.patient.matched",
        msgid("按身份证号、姓名和生日核对了档案"),
        frozenset({"unit", "is_match"}),
    ),
)
