"""The jobs of an erasure: its end, the sweeping after it, and the messages."""

from uuid import UUID

from health_file import store
from health_file.actions.erasing.ask import move, note
from health_file.actions.erasing.blocking import list_blocking
from health_file.actions.erasing.read import FileExtent
from health_file.actions.erasing.receipt import sign_receipt
from health_file.actions.erasing.states import SWEEP, SWEPT_AFTER, ErasureState
from health_file.models import erasures
from health_file.retention import VERSION
from health_file.sealing import shred_file
from services import clock, jobs, vault
from services.actor import Actor
from services.database.session import Session
from services.gateway.directory import list_guardians
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

PAGE = "/my/health/erasure"
KINDS = {
    ErasureState.COOLING: NoticeKind(
        name="health_file.erasure_asked",
        service="health_file",
        sentence=msgid(
            "有人要求销毁健康档案，%(due_on)s 执行，销毁以后谁也找不回来。不是您的意思，请打开这里撤回"
        ),
    ),
    ErasureState.WITHDRAWN: NoticeKind(
        name="health_file.erasure_withdrawn",
        service="health_file",
        sentence=msgid("销毁健康档案的要求已撤回，档案照旧"),
    ),
    ErasureState.ERASED: NoticeKind(
        name="health_file.erasure_done",
        service="health_file",
        sentence=msgid("健康档案已经销毁。打开这里取回执"),
    ),
    ErasureState.BLOCKED: NoticeKind(
        name="health_file.erasure_blocked",
        service="health_file",
        sentence=msgid("健康档案没有销毁：里面新添了按法规还要保存的病历。打开这里看是哪些、到哪天"),
    ),
}
declare(*KINDS.values())


def erase_due(session: Session, actor: Actor, *, erasure_id: UUID) -> None:
    """Erase a file whose time has come, or say that the law has it kept. Safe to repeat.

    Access: the worker, about the resident that the job carries.
    Effects: in one transaction the file's own key destroyed and its tombstone left, every row of the file deleted, the
        receipt signed, audit health_file.erasure.completed; soon after, what was being written meanwhile is swept away.
        Or state blocked, audit health_file.erasure.blocked. In both cases messages.
    """
    subject = actor.subject
    row = None if subject is None else store.lock_erasure(session, subject, erasure_id)
    if subject is None or row is None or row.state != ErasureState.COOLING or row.due_at > session.at:
        return
    if list_blocking(session, subject):
        move(session, row, "block", rules=VERSION)
        note(session, actor, subject, erasure_id, ErasureState.BLOCKED)
        return
    extent = FileExtent(store.count_by_type(session, subject), store.count_beside(session, subject))
    key_id = shred_file(session, subject)
    store.delete_file(session, subject)
    receipt = sign_receipt(session, row, extent, key_id)
    sealed = vault.seal(session, erasures.c.receipt_sealed, subject, erasure_id, receipt)
    move(session, row, "erase", rules=VERSION, key_id=key_id, receipt_sealed=sealed)
    note(session, actor, subject, erasure_id, ErasureState.ERASED)
    jobs.enqueue(
        session,
        actor,
        SWEEP,
        subject_id=subject,
        run_at=session.at + SWEPT_AFTER,
        erasure_id=str(erasure_id),
    )


def sweep_erased(session: Session, actor: Actor, *, erasure_id: UUID) -> None:
    """Delete what was sealed under the destroyed key by who was writing while it was destroyed. Safe to repeat."""
    row = None if actor.subject is None else store.find_erasure(session, actor.subject, erasure_id)
    if row is not None and row.key_id is not None:
        store.delete_sealed_under(session, row.subject_id, row.key_id)


def tell_erasure(session: Session, actor: Actor, *, erasure_id: UUID, state: str) -> None:
    """Tell the resident, who asked, and a child's parents, once each, however often the job runs."""
    subject = actor.subject
    row = None if subject is None else store.find_erasure(session, subject, erasure_id)
    if subject is None or row is None:
        return
    day = row.due_at.astimezone(clock.SHANGHAI).date().isoformat()
    kind = KINDS[ErasureState(state)]
    for told in dict.fromkeys((subject, row.account_id, *list_guardians(session, subject))):
        notify(
            session,
            actor,
            subject_id=told,
            kind=kind.name,
            facts={"due_on": day},
            link=PAGE if told == subject else f"{PAGE}?for={subject}",
            once=f"erasure:{erasure_id}:{state}",
        )
