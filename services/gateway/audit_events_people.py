"""The audit events of people, sign-in, sessions, consents withdrawn and own particulars read."""

from services.manifest import AuditEvent
from services.words import msgid

PEOPLE_AUDIT_EVENTS = (
    AuditEvent("gateway.subject.created", msgid("建立了档案"), frozenset({"kind", "account", "roles"})),
    AuditEvent("gateway.relation.created", msgid("登记了可以代办的人"), frozenset({"relation"})),
    AuditEvent("gateway.session.started", msgid("登录了"), frozenset({"session", "acr"})),
    AuditEvent("gateway.session.refused", msgid("有人登录没有成功"), frozenset({"uses"})),
    AuditEvent("gateway.consent.withdrawn", msgid("停止了对应用的授权"), frozenset({"client", "consent"})),
    AuditEvent("gateway.account.read", msgid("看了账户资料"), frozenset({"fields"})),
)
