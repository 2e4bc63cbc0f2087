"""Claims raced over real connections: of many operators who reach for one ticket exactly one gets it.

A hundred or so by default; 100,000 with CITIZEN_RACE_CLAIMS (`make test-races`). Tickets are filed once and put back
into the queue after each round, by a superuser, so that what is measured is claiming. Many rounds are counted in
var/claim-races-NUMBER/ with claims a second (`tail -f` shows them), and a run that was interrupted goes on from there.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count, islice
from threading import Barrier
from uuid import UUID

import pytest

from hotline import actions
from hotline.errors import ActionNotAllowed, QueueEmpty, TicketAlreadyClaimed
from hotline.rules import Action
from services import clock, ids
from services.actor import Actor, ActorKind, Relation
from services.database.roles import Role
from services.database.session import Opening
from services.settings import CHECKOUT

CLAIMS = int(os.environ.get("CITIZEN_RACE_CLAIMS", "120"))
RACERS, RIVALS = 8, 3
SHOWN_FROM = 10_000
pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(120 + CLAIMS // 10)]
QUEUE = max(20, min(200, CLAIMS // 6))
BACK = (
    "DELETE FROM hotline.ticket_events WHERE sequence > 1",
    "UPDATE hotline.tickets SET state = 'received', version = 1, fence = 0, claimed_by = NULL, claimed_until = NULL",
    "DELETE FROM hotline.ticket_clocks WHERE stopped_at IS NOT NULL",
    "TRUNCATE jobs.procrastinate_jobs CASCADE",
    "TRUNCATE hotline.queue_changes",
)


def operator() -> Actor:
    """Somebody at the desk: an id is enough."""
    return Actor(
        kind=ActorKind.STAFF,
        account=ids.new_id(),
        relation=Relation.STAFF,
        roles=frozenset({"operator"}),
        unit="HOTLINE",
    )


def as_(actor: Actor, role: Role = Role.STAFF) -> Opening:
    return Opening(role=role, service="hotline", account=actor.account)


@pytest.fixture
def queue(committed, server) -> Iterator[tuple[list[UUID], object]]:
    """Tickets that wait, and how to put them back."""
    filed = []
    with committed.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        told = {"category": "street_light", "district": "东岸区", "place": "和平路"}
        reporter = Actor(kind=ActorKind.RESIDENT)
        for number in range(QUEUE):
            made = actions.create_ticket(
                session, reporter, text=f"第 {number} 盏路灯坏了", is_anonymous=True, **told
            )
            filed.append(made.id)
    with server.admin(committed.engine.url.database) as admin:
        admin.autocommit = True

        def put_back() -> None:
            for statement in BACK:
                admin.execute(statement)

        yield filed, put_back


def rounds(name: str) -> Iterator[int]:
    """The rounds of half of all claims, or those that are left of them."""
    wanted = -(-CLAIMS // 2 // QUEUE)
    if CLAIMS < SHOWN_FROM:
        yield from range(wanted)
        return
    folder = CHECKOUT / "var" / f"claim-races-{CLAIMS}"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / name
    done = len(log.read_text().splitlines()) if log.exists() else 0
    for number in islice(count(done), max(0, wanted - done)):
        started = time.perf_counter()
        yield number
        rate = QUEUE / (time.perf_counter() - started)
        with log.open("a") as file:
            file.write(
                f"{number + 1}/{wanted} rounds of {QUEUE} claims, {rate:.0f} claims/s, no double win\n"
            )


def race(work, racers: int = RACERS) -> list[list[UUID]]:
    """All operators leave at once; what each of them won."""
    barrier = Barrier(racers)

    def run(actor: Actor) -> list[UUID]:
        barrier.wait()
        return list(work(actor))

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, [operator() for _ in range(racers)]))


def test_claim_next_raced_gives_each_ticket_to_one_operator(committed, queue) -> None:
    filed, put_back = queue

    def take_all(actor: Actor) -> Iterator[UUID]:
        while True:
            try:
                with committed.transaction(as_(actor)) as session:
                    won = actions.claim_next(session, actor)
            except QueueEmpty:
                return
            yield won.id

    for _ in rounds("claim-next"):
        won = Counter(ticket for one in race(take_all) for ticket in one)
        assert won == Counter(filed)
        put_back()


def test_claim_raced_for_the_same_tickets_has_one_winner_each(committed, queue) -> None:
    filed, put_back = queue

    def try_each(actor: Actor) -> Iterator[UUID]:
        for ticket in filed:
            try:
                with committed.transaction(as_(actor)) as session:
                    won = actions.claim_ticket(session, actor, ticket_id=ticket)
            except TicketAlreadyClaimed:
                continue
            yield won.id

    for _ in rounds("claim-one"):
        won = Counter(ticket for one in race(try_each, RIVALS) for ticket in one)
        assert won == Counter(filed)
        put_back()


def test_claim_that_ran_out_cannot_write_and_the_next_fence_can(committed, queue, noon) -> None:
    (ticket, *_), _ = queue
    first, second = operator(), operator()
    with clock.held(noon), committed.transaction(as_(first)) as session:
        old = actions.claim_ticket(session, first, ticket_id=ticket).fence
    late = noon + timedelta(minutes=11)
    with clock.held(late), pytest.raises(ActionNotAllowed), committed.transaction(as_(first)) as session:
        actions.change_ticket(session, first, ticket_id=ticket, action=Action.DISPATCH, fence=old)
    with clock.held(late), committed.transaction(as_(second)) as session:
        new = actions.claim_ticket(session, second, ticket_id=ticket).fence
    assert new == old + 1
    for actor, fence in ((first, old), (first, new), (second, old)):
        with (
            clock.held(late),
            pytest.raises(ActionNotAllowed),
            committed.transaction(as_(actor)) as session,
        ):
            actions.change_ticket(session, actor, ticket_id=ticket, action=Action.DISPATCH, fence=fence)
    with clock.held(late), committed.transaction(as_(second)) as session:
        sent = actions.change_ticket(session, second, ticket_id=ticket, action=Action.DISPATCH, fence=new)
    assert sent.state == "dispatched"
