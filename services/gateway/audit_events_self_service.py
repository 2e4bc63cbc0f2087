"""The audit events of what people do with their accounts themselves: codes, recovery, passwords, contacts, carers."""

from services.manifest import AuditEvent
from services.words import msgid

SELF_SERVICE_AUDIT_EVENTS = (
    AuditEvent("gateway.one_time_code.issued", msgid("发出了验证码"), frozenset({"use", "channel"})),
    AuditEvent("gateway.one_time_code.refused", msgid("验证码没有对上"), frozenset({"use"})),
    AuditEvent("gateway.account.opened", msgid("开了账户"), frozenset({"channel"})),
    AuditEvent("gateway.sign_up.refused", msgid("有人想用这些资料开户，没有开成"), frozenset({"reason"})),
    AuditEvent("gateway.recovery.asked", msgid("有人开始找回账户"), frozenset({"recovery"})),
    AuditEvent("gateway.recovery.cancelled", msgid("停止了找回账户"), frozenset({"recovery"})),
    AuditEvent("gateway.recovery.used", msgid("找回了账户，设了新密码"), frozenset({"recovery"})),
    AuditEvent("gateway.password.changed", msgid("改了密码")),
    AuditEvent("gateway.contact.changed", msgid("改了联系方式"), frozenset({"channel"})),
    AuditEvent(
        "gateway.relation.changed", msgid("代办的人有了变化"), frozenset({"relation", "state", "services"})
    ),
    AuditEvent("gateway.events.read", msgid("看了账户记录"), frozenset({"count"})),
)
