"""The audit events of people, sign-in, sessions, consents withdrawn and own particulars read."""

from services.manifest import AuditEvent
from services.words import msgid

PEOPLE_AUDIT_EVENTS = (
    AuditEvent("gateway.subject.created", msgid("建立了档案"), frozenset({"kind", "account", "roles"})),
    AuditEvent("gateway.staff.read", msgid("看了工作人员名单"), frozenset({"count"})),
    AuditEvent("gateway.staff.changed", msgid("改了工作人员的岗位或单位"), frozenset({"roles"})),
    AuditEvent("gateway.staff.ended", msgid("让工作人员离岗")),
    AuditEvent("gateway.relation.created", msgid("登记了可以代办的人"), frozenset({"relation"})),
    AuditEvent("gateway.session.started", msgid("登录了"), frozenset({"session", "acr"})),
    AuditEvent("gateway.session.refused", msgid("有人登录没有成功"), frozenset({"uses"})),
    AuditEvent("gateway.consent.withdrawn", msgid("停止了对应用的授权"), frozenset({"client", "consent"})),
    AuditEvent("gateway.passkey.created", msgid("加了通行密钥"), frozenset({"passkey", "user_verified"})),
    AuditEvent("gateway.passkey.removed", msgid("删了通行密钥"), frozenset({"passkey"})),
    AuditEvent(
        "gateway.passkey.suspected", msgid("通行密钥的计数倒退，没有让它登录"), frozenset({"passkey"})
    ),
    AuditEvent("gateway.code.enabled", msgid("设置了登录验证码")),
    AuditEvent("gateway.code.removed", msgid("停用了登录验证码")),
    AuditEvent("gateway.recovery_codes.created", msgid("换了一套备用码")),
    AuditEvent("gateway.recovery_code.used", msgid("用了一个备用码"), frozenset({"left"})),
    AuditEvent("gateway.account.read", msgid("看了账户资料"), frozenset({"fields"})),
)
