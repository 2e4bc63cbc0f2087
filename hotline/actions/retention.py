"""Lets go of what has been kept as long as it may be: calls with their keys, letters, drafts."""

from dataclasses import dataclass

from hotline import store
from hotline.rules.retention import Kept, Rule, complete
from services import audit, vault
from services.actor import Actor
from services.database.session import Session

# In one transaction at most so many of each kind: the next run goes on.
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What one run let go of, or would have, of one kind."""

    rule: Rule
    count: int


def enforce_retention(session: Session, actor: Actor, *, dry_run: bool = False) -> list[Forgotten]:
    """Let go of what the newest rules say, or count it.

    Access: the worker. Effects: rows go, and the keys under which calls were sealed, so that they are unreadable in old
        backups too; audit hotline.retention.enforced for each kind with its count. A dry run changes nothing, and its
        counts are not bounded.
    """
    version, rows = store.read_retention(session)
    rules = complete(Rule(kept=Kept(row.kept), days=row.days, clause=row.clause, why=row.why) for row in rows)
    told = []
    for kept, rule in rules.items():
        before = session.at - rule.life
        if dry_run:
            told.append(Forgotten(rule=rule, count=store.count_outdated(session, kept, before)))
            continue
        count = _forget(session, kept, rule)
        details: dict[str, str | int] = {"kept": kept.value, "count": count, "version": version}
        audit.append(session, actor, "hotline.retention.enforced", details=details)
        told.append(Forgotten(rule=rule, count=count))
    if not dry_run:
        store.forget_spent_codes(session)
    return told


def _forget(session: Session, kept: Kept, rule: Rule) -> int:
    before = session.at - rule.life
    if kept is Kept.LETTERS:
        return store.forget_letters(session, before, limit=MOST_AT_ONCE)
    if kept is Kept.DRAFTS:
        return store.forget_drafts(session, before, limit=MOST_AT_ONCE)
    owners = store.forget_calls(session, before, limit=MOST_AT_ONCE)
    for owner in owners:
        # A call's subject is its own: nothing else was sealed under this key.
        vault.shred(session, owner)
    return len(owners)
