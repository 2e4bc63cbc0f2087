"""The hotline's front door."""

from datetime import timedelta

from hotline import access, commands, demo, home, jobs, models, open311, pages, routes
from hotline.routes import attachments
from hotline.rules import TRANSITIONS
from services.manifest import AuditEvent, AuthorizationDetailType, Desk, DetailField, Job, Manifest, Scope
from services.words import msgid

manifest = Manifest(
    name="hotline",
    slug="hotline",
    title=msgid("市民热线"),
    metadata=models.metadata,
    streams=(pages.streams,),
    blueprints=(
        routes.blueprint,
        attachments.blueprint,
        open311.blueprint,
        pages.blueprint,
        pages.filing_blueprint,
    ),
    scopes=(
        Scope(
            "hotline:read",
            msgid("看您提交的诉求和办理进度"),
            frozenset({"resident", "operator", "officer", "supervisor"}),
        ),
        Scope("hotline:create", msgid("替您提交诉求、回复和确认"), frozenset({"resident", "operator"})),
        Scope("hotline:share", msgid("让话务员知道您在别的服务的情况，或停止"), frozenset({"resident"})),
        Scope("hotline:claim", msgid("领取排队中的诉求"), frozenset({"operator"})),
        Scope("hotline:work", msgid("办理诉求"), frozenset({"operator", "officer", "supervisor"})),
    ),
    authorization_details=(
        AuthorizationDetailType(
            name=access.DETAIL_TYPE,
            title=msgid("指定的诉求"),
            actions={"read": access.READ},
            fields=(
                DetailField(
                    name="identifier",
                    title=msgid("诉求"),
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    most=10,
                ),
            ),
        ),
    ),
    audit_events=(
        AuditEvent("hotline.ticket.created", msgid("提交了一件诉求"), frozenset({"ticket_id"})),
        AuditEvent(
            "hotline.ticket.claimed", msgid("话务员领取了诉求"), frozenset({"ticket_id", "action", "to"})
        ),
        AuditEvent(
            "hotline.ticket.changed", msgid("诉求的状态变了"), frozenset({"ticket_id", "action", "to"})
        ),
        AuditEvent("hotline.article.written", msgid("写了一版知识库文章"), frozenset({"code", "version"})),
        AuditEvent("hotline.template.written", msgid("写了一版答复模板"), frozenset({"code", "version"})),
        AuditEvent(
            "hotline.context.granted",
            msgid("让话务员知道在别的服务的情况"),
            frozenset({"grant_id", "kind", "services"}),
        ),
        AuditEvent(
            "hotline.context.revoked",
            msgid("不再让话务员知道在别的服务的情况"),
            frozenset({"grant_id", "kind", "services"}),
        ),
        AuditEvent(
            "hotline.context_code.issued", msgid("做了一个念给话务员听的授权码"), frozenset({"services"})
        ),
        AuditEvent(
            "hotline.context_code.redeemed",
            msgid("话务员输入了市民念的授权码"),
            frozenset({"grant_id", "kind", "services"}),
        ),
        AuditEvent("hotline.context_code.refused", msgid("输入的授权码不对"), frozenset({"call_id"})),
        AuditEvent(
            "hotline.context.read",
            msgid("话务员看了市民在别的服务的情况"),
            frozenset({"grant_ids", "services", "ticket_id"}),
        ),
        AuditEvent(
            "hotline.retention.enforced",
            msgid("到了保留期限的已清除"),
            frozenset({"kept", "count", "version"}),
        ),
        AuditEvent("hotline.calendar.published", msgid("公布了一年的工作日"), frozenset({"version", "year"})),
        AuditEvent(
            "hotline.internal_note.written", msgid("给诉求写了一条内部备注"), frozenset({"ticket_id"})
        ),
        AuditEvent(
            "hotline.internal_notes.read", msgid("看了诉求的内部备注"), frozenset({"ticket_id", "count"})
        ),
        AuditEvent("hotline.backstops.published", msgid("公布了一版各区兜底单位"), frozenset({"version"})),
        AuditEvent("hotline.policy.published", msgid("公布了一版时限规则"), frozenset({"version"})),
        AuditEvent(
            "hotline.clock.escalated",
            msgid("一个时限到了提醒的一级"),
            frozenset({"ticket_id", "clock", "level"}),
        ),
        AuditEvent(
            "hotline.clocks.checked", msgid("核对了全部办理时限"), frozenset({"checked", "drifted", "broken"})
        ),
        AuditEvent("hotline.ticket.read", msgid("看了一件诉求"), frozenset({"ticket_id", "fields"})),
        AuditEvent(
            "hotline.sealed_ticket.read", msgid("看了一件保密诉求"), frozenset({"ticket_id", "fields"})
        ),
        AuditEvent(
            "hotline.channel_key.created", msgid("发了一把接入密钥"), frozenset({"key_id", "channel"})
        ),
        AuditEvent("hotline.channel_key.revoked", msgid("收回了一把接入密钥"), frozenset({"key_id"})),
        AuditEvent("hotline.call.recorded", msgid("记下了一个来电"), frozenset({"call_id", "event", "to"})),
        AuditEvent(
            "hotline.attachment.read",
            msgid("看了诉求里的一张照片"),
            frozenset({"ticket_id", "attachment_id", "part"}),
        ),
        AuditEvent("hotline.seat.taken", msgid("话务员坐到一个座席，或离开"), frozenset({"is_seated"})),
        AuditEvent("hotline.call.read", msgid("看了一个来电"), frozenset({"call_id", "count"})),
        AuditEvent("hotline.calls.read", msgid("看了来电列表"), frozenset({"count"})),
        AuditEvent(
            "hotline.letter.received",
            msgid("收到了一封来信"),
            frozenset({"outcome", "reason", "ticket_id"}),
        ),
        AuditEvent("hotline.tickets.read", msgid("看了诉求列表"), frozenset({"fields", "count"})),
    ),
    jobs=(
        Job("hotline.take_timed_step", jobs.take_timed_step),
        Job("hotline.confirm_filing", jobs.confirm_filing),
        Job("hotline.enforce_retention", jobs.enforce_retention, every=timedelta(hours=6)),
        Job("hotline.escalate", jobs.escalate, every=timedelta(minutes=1)),
        Job("hotline.recalculate", jobs.recalculate, every=timedelta(minutes=15)),
        Job("hotline.forget_queue_changes", jobs.forget_queue_changes, every=timedelta(hours=1)),
        Job("hotline.count_days", jobs.count_days, every=timedelta(minutes=15)),
        Job("hotline.check_clocks", jobs.check_clocks, every=timedelta(days=1)),
        Job("hotline.forget_texts", jobs.forget_texts, every=timedelta(days=1)),
    ),
    home_cards=home.home_cards,
    home_line=home.home_line,
    desks=(
        Desk("hotline:claim", "/console/hotline", msgid("队列")),
        Desk("hotline:work", "/console/desk", msgid("部门")),
        Desk("hotline:work", "/console/wall", msgid("督办")),
    ),
    demo=demo.seed,
    commands=(commands.hotline,),
    transitions=TRANSITIONS,
)
