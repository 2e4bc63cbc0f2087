"""What the ground itself brings: its jobs, its audit events, and the whole lists of both."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from services import audit
from services.actor import Actor
from services.clock import today
from services.database.session import Session
from services.database.transaction import Database
from services.gateway.audit_events_oauth import OAUTH_AUDIT_EVENTS
from services.gateway.audit_events_people import PEOPLE_AUDIT_EVENTS
from services.gateway.audit_events_self_service import SELF_SERVICE_AUDIT_EVENTS
from services.gateway.console.keys import ROTATION_JOB
from services.gateway.oauth.backchannel_logout.delivery import logout_jobs
from services.gateway.people.carers import end_due_relation
from services.gateway.people.contacts import find_address
from services.gateway.people.rate_limits import delete_whole_limits
from services.gateway.people.relations import END_RELATION
from services.gateway.people.texts import carriers_of, delete_expired_codes, text_jobs
from services.gateway.people.throttle import delete_old_attempts
from services.jobs import store as queue
from services.manifest import AuditEvent, Job, Manifest
from services.notices.jobs import channels_of, delivery_jobs
from services.settings import Settings
from services.web import store as web
from services.words import msgid

STALLED_AFTER = timedelta(seconds=20)
KEPT_JOBS = timedelta(days=14)
PARTITION_DAYS = (-1, 60)
GROUND_AUDIT_EVENTS = (
    AuditEvent("gateway.access.denied", msgid("没有权限，被拒绝了"), frozenset({"route", "scope"})),
    AuditEvent("vault.signing_keys.rotated", msgid("换了签名密钥")),
    AuditEvent("vault.subject.shredded", msgid("销毁了档案的密钥")),
)


def keep_partitions(session: Session, actor: Actor) -> None:
    """Make the partitions of the coming days and drop those whose tokens have all expired."""
    del actor
    first, last = (today() + timedelta(days=days) for days in PARTITION_DAYS)
    session.raw("SELECT gateway.keep_partitions(%s, %s)", (first, last))


def retry_stalled(session: Session, actor: Actor) -> None:
    """Queue again what a killed worker left unfinished."""
    del actor
    queue.retry_stalled(session, session.at - STALLED_AFTER)


def delete_finished(session: Session, actor: Actor) -> None:
    """Forget jobs that ended long ago."""
    del actor
    queue.delete_finished(session, session.at - KEPT_JOBS)


def delete_expired_answers(session: Session, actor: Actor) -> None:
    """Forget stored answers past their time."""
    del actor
    web.delete_expired_records(session, session.at)


def all_jobs(settings: Settings, manifests: Sequence[Manifest]) -> tuple[Job, ...]:
    """Every job a worker runs: the ground's, the inbox's, and those of the services."""

    def sequence(database: Database, actor: Actor) -> None:
        del actor
        audit.sequence_events(database, settings.data_dir / "witness")

    ground = (
        Job("audit.sequence", sequence, every=timedelta(seconds=1), own_transaction=True),
        Job("jobs.retry_stalled", retry_stalled, every=timedelta(seconds=10)),
        Job("jobs.delete_finished", delete_finished, every=timedelta(hours=6)),
        Job("gateway.keep_partitions", keep_partitions, every=timedelta(hours=12)),
        Job("gateway.delete_old_attempts", delete_old_attempts, every=timedelta(hours=1)),
        Job(END_RELATION, end_due_relation),
        Job("gateway.delete_expired_codes", delete_expired_codes, every=timedelta(hours=1)),
        Job("gateway.delete_whole_limits", delete_whole_limits, every=timedelta(hours=1)),
        Job("web.delete_expired_answers", delete_expired_answers, every=timedelta(hours=1)),
        ROTATION_JOB,
    )
    notices = delivery_jobs(channels_of(settings), find_address)
    texts = text_jobs(carriers_of(settings))
    return (
        *ground,
        *notices,
        *texts,
        *logout_jobs(settings),
        *(job for manifest in manifests for job in manifest.jobs),
    )


def all_audit_events(manifests: Sequence[Manifest]) -> Mapping[str, AuditEvent]:
    """Every documented kind of audit row, by name. Raises: ValueError when one is documented twice."""
    found: dict[str, AuditEvent] = {}
    services = (event for manifest in manifests for event in manifest.audit_events)
    gateway = (*OAUTH_AUDIT_EVENTS, *PEOPLE_AUDIT_EVENTS, *SELF_SERVICE_AUDIT_EVENTS)
    for event in (*GROUND_AUDIT_EVENTS, *gateway, *services):
        if found.setdefault(event.name, event) is not event:
            raise ValueError(f"audit event {event.name} is documented twice")
    return found
