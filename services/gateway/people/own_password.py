"""Changing one's own password, and giving the present one again before something that matters."""

from services import audit
from services.actor import Actor
from services.database.session import Session
from services.gateway.errors import SignInRefused
from services.gateway.people import passwords, throttle
from services.gateway.people.errors import CurrentPasswordWrong
from services.gateway.people.sessions import end_session, list_sessions
from services.gateway.people.signed_in import account_of
from services.gateway.store import people as store
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

CHANGED = NoticeKind(
    name="gateway.password_changed",
    service="gateway",
    sentence=msgid("账户的密码改了，别处都已退出。不是您本人，马上打 12345"),
)
declare(CHANGED)


def verify_own_password(session: Session, actor: Actor, password: str, *, policy: str) -> str:
    """Check the present password of whoever is signed in; the stored hash it belongs to.

    The counter is the account's own and only who is signed in gets to it, so no stranger can use it up.

    Access: the gateway's role.
    Effects: a mistake counts and is audited; both outlast the error.
    Raises: CurrentPasswordWrong 401, TooManyAttempts 429, Unavailable 503.
    """
    account = account_of(actor)
    counters = throttle.own_password_counters(session.keys, policy, account)
    throttle.check_free(session, counters)
    row = store.find_account(session, account)
    if row is None or not passwords.current_keeper().verify(row.password_hash, password):
        details = {"uses": [counter.use for counter in counters]}
        audit.append(session, actor, "gateway.session.refused", subject_id=account, details=details)
        throttle.record_mistake(session, counters)
        raise CurrentPasswordWrong(field="current")
    throttle.settle_success(session, counters)
    return str(row.password_hash)


def change_password(session: Session, actor: Actor, *, current: str, new: str, policy: str) -> None:
    """Change the password; every other place is signed out, this one stays.

    What was allowed to go on while nobody is there goes on: who fears a thief signs out everywhere as well.

    Access: the gateway's role.
    Effects: password, other sessions ended with their grants, audit rows, a message.
    Raises: PasswordTooShort 422, CurrentPasswordWrong 401, TooManyAttempts 429, Unavailable 503.
    """
    account = account_of(actor)
    passwords.check_new_password(new)
    old = verify_own_password(session, actor, current, policy=policy)
    hashed = passwords.current_keeper().hash(new)
    if not store.replace_password_hash(session, account, old, hashed):
        raise SignInRefused
    for place in list_sessions(session, actor):
        if not place.is_this:
            end_session(session, actor, place.id)
    audit.append(session, actor, "gateway.password.changed", subject_id=account)
    notify(session, actor, subject_id=account, kind=CHANGED.name, facts={}, link="/my/account/security")
