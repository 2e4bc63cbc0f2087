"""What the manifest declares of files that leave: summaries, exports, archives, links, erasure."""

from health_file import jobs
from health_file.audit_events import DISCLOSED
from services.manifest import AuditEvent, Job
from services.words import msgid

ERASURE = frozenset({"erasure_id", "rules"})

AUDIT_EVENTS = (
    AuditEvent(
        "health_file.summary.read",
        msgid("看了健康档案的摘要"),
        DISCLOSED | {"document_id", "types"},
    ),
    AuditEvent(
        "health_file.export.requested", msgid("要了一份健康档案的导出"), frozenset({"export_id", "kind"})
    ),
    AuditEvent(
        "health_file.export.cancelled", msgid("取消了一份健康档案的导出"), frozenset({"export_id", "kind"})
    ),
    AuditEvent(
        "health_file.export.taken",
        msgid("取走了导出的健康记录"),
        DISCLOSED | {"export_id", "kind", "types"},
    ),
    AuditEvent("health_file.share.created", msgid("做了一个分享链接"), frozenset({"share_id"})),
    AuditEvent("health_file.share.revoked", msgid("停用了一个分享链接"), frozenset({"share_id"})),
    AuditEvent("health_file.share.opened", msgid("有人打开了分享链接"), frozenset({"share_id", "consent"})),
    AuditEvent(
        "health_file.share.refused", msgid("有人用错的口令试分享链接"), frozenset({"share_id", "consent"})
    ),
    AuditEvent("health_file.erasure.requested", msgid("要求销毁健康档案"), ERASURE),
    AuditEvent("health_file.erasure.cancelled", msgid("撤回了销毁健康档案的要求"), ERASURE),
    AuditEvent("health_file.erasure.completed", msgid("销毁了健康档案"), ERASURE),
    AuditEvent("health_file.erasure.blocked", msgid("健康档案按法规还要保存，没有销毁"), ERASURE),
)
JOBS = (
    Job("health_file.run_export", jobs.run_export, own_transaction=True),
    Job("health_file.expire_export", jobs.expire_export),
    Job("health_file.expire_share", jobs.expire_share),
    Job("health_file.erase_file", jobs.erase_file),
    Job("health_file.sweep_erased", jobs.sweep_erased),
    Job("health_file.tell_erasure", jobs.tell_erasure),
)
