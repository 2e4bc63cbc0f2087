"""The health file's front door."""

from datetime import timedelta

from health_file import access, card, commands, context, demo, home, jobs, leaving, models, pages, routes
from health_file.access.scopes import ConsentScope
from health_file.audit_events import DECISIONS, DISCLOSED
from health_file.fhir import routes as fhir
from health_file.shl import routes as shl
from health_file.smart.service import HealthFileOfSmart
from services.manifest import AuditEvent, AuthorizationDetailType, Desk, Job, Manifest, Scope
from services.ports import CardDesk
from services.words import msgid

manifest = Manifest(
    name="health_file",
    slug="health-file",
    title=msgid("健康档案"),
    metadata=models.metadata,
    blueprints=(routes.blueprint, fhir.blueprint, shl.blueprint, pages.blueprint),
    scopes=(
        Scope("health_file:read", msgid("看您的健康档案"), frozenset({"resident", "practitioner", "client"})),
        ConsentScope(
            access.CONSENT, msgid("替您管谁能看健康档案：写授权、拦住、收回"), frozenset({"resident"})
        ),
        Scope(access.ERASE, msgid("要求销毁您的健康档案，或者撤回"), frozenset({"resident"})),
        Scope(access.REVIEW, msgid("复核急救查看"), frozenset({"supervisor"})),
        Scope("health_file:write", msgid("往健康档案里写就诊记录"), frozenset({"practitioner", "client"})),
    ),
    authorization_details=(
        AuthorizationDetailType(
            name="health_file", title=msgid("健康档案"), actions={"read": "health_file:read"}
        ),
    ),
    audit_events=(
        AuditEvent(
            "health_file.resource.created",
            msgid("写入了一条健康记录"),
            frozenset({"resource_id", "type", "author"}),
        ),
        AuditEvent(
            "health_file.resources.imported",
            msgid("导入了健康记录"),
            frozenset({"author", "count", "types"}),
        ),
        AuditEvent(
            "health_file.resource.read",
            msgid("看了一条健康记录"),
            DISCLOSED | {"resource_id", "type"},
        ),
        AuditEvent(
            "health_file.resource.updated",
            msgid("修改了一条健康记录"),
            frozenset({"resource_id", "type", "author", "version"}),
        ),
        AuditEvent(
            "health_file.resource.deleted",
            msgid("删除了一条健康记录"),
            frozenset({"resource_id", "type", "author", "version"}),
        ),
        AuditEvent(
            "health_file.transaction.written",
            msgid("成批写入了健康记录"),
            frozenset({"created", "updated", "deleted", "types", "author", "resource_ids"}),
        ),
        AuditEvent(
            "health_file.history.read",
            msgid("看了健康记录的各个版本"),
            DISCLOSED | {"resource_id", "type", "types"},
        ),
        AuditEvent("health_file.resources.read", msgid("看了健康档案"), DISCLOSED | {"types", "parameters"}),
        AuditEvent(
            "health_file.resources.asked",
            msgid("查了健康档案，什么也没有看到"),
            DISCLOSED | {"types", "parameters"},
        ),
        AuditEvent(
            "health_file.launch.opened",
            msgid("用应用打开了健康档案"),
            frozenset({"resource_id", "client"}),
        ),
        *DECISIONS,
        *leaving.AUDIT_EVENTS,
    ),
    desks=(
        Desk(access.WRITE, "/console/health/apps", msgid("用应用看病人")),
        Desk(access.REVIEW, "/console/health/emergencies", msgid("复核急救查看")),
        Desk(access.REVIEW, "/console/health/openings", msgid("复核反常的接诊")),
    ),
    smart=HealthFileOfSmart(),
    ports={CardDesk: card.HealthFileAtDesk()},
    jobs=(
        *leaving.JOBS,
        Job("health_file.tell_guardians", jobs.tell_guardians),
        Job("health_file.close_emergency", jobs.close_emergency),
        Job("health_file.escalate_emergency", jobs.escalate_emergency),
        Job("health_file.forget_openings", jobs.forget_openings, every=timedelta(days=1)),
        Job("health_file.reindex", jobs.reindex, every=timedelta(minutes=1)),
    ),
    home_line=home.home_line,
    demo=demo.seed,
    commands=commands.COMMANDS,
    caller_context=context.FileInContext(),
)
