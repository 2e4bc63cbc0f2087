"""The audit events of clients, consents, grants and tokens."""

from services.manifest import AuditEvent
from services.words import msgid

_GRANT = frozenset({"client", "grant"})

OAUTH_AUDIT_EVENTS = (
    AuditEvent("gateway.client.created", msgid("登记了应用"), frozenset({"client"})),
    AuditEvent("gateway.client.changed", msgid("改了应用的登记"), frozenset({"client", "fields"})),
    AuditEvent("gateway.client.cancelled", msgid("撤销了应用"), frozenset({"client"})),
    AuditEvent("gateway.invitation.created", msgid("邀请了应用登记"), frozenset({"invitation"})),
    AuditEvent("gateway.invitation.cancelled", msgid("收回了登记邀请"), frozenset({"invitation"})),
    AuditEvent("gateway.consent.given", msgid("允许了应用"), frozenset({"client", "scopes"})),
    AuditEvent("gateway.consent.denied", msgid("没有允许应用"), frozenset({"client"})),
    AuditEvent("gateway.code.issued", msgid("发出了授权码"), _GRANT | {"scopes"}),
    AuditEvent("gateway.device.approved", msgid("允许了一台设备"), _GRANT | {"scopes"}),
    AuditEvent("gateway.tokens.issued", msgid("发出了访问令牌"), _GRANT),
    AuditEvent("gateway.tokens.exchanged", msgid("把访问令牌换成了范围更小的"), _GRANT),
    AuditEvent("gateway.token.revoked", msgid("应用交还了访问令牌"), frozenset({"client", "token"})),
    AuditEvent("gateway.grant.revoked", msgid("停止了授权"), _GRANT | {"reason"}),
    AuditEvent("gateway.userinfo.read", msgid("应用读了您的姓名"), frozenset({"client", "fields"})),
    AuditEvent("gateway.logout.undelivered", msgid("没能告诉应用您退出了登录"), frozenset({"client"})),
    AuditEvent("gateway.session.ended", msgid("退出了登录"), frozenset({"session"})),
)
