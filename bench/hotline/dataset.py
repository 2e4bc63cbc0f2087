"""A city's tickets at a size: texts from a table of words, sealed, chained, clocked and indexed as filed ones are.

The rows go in by COPY, past row-level security, because filing a million would take an hour; what stands in each row
is made by the functions that filing uses. Ticket and text follow from the number, so the bench knows what a substring
search would find without reading anything back.
"""

import multiprocessing
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from hotline.actions.clocks import clocks_now, policy_of, row_of
from hotline.actions.search import FIELDS, lexeme_of, vector_of
from hotline.models import tickets
from hotline.rules import Action, Event, State
from hotline.rules.catalogue import CATEGORIES
from hotline.rules.grams import normalised, segments_of
from hotline.rules.history import actor_digest, digest_of
from hotline.rules.search import filed_at, month_of
from hotline.rules.units import DESK
from services import ids, vault
from services.actor import NOBODY, Actor, ActorKind
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.progress import Progress
from services.settings import Settings

EACH = 50  # tickets of a reporter
BATCH = 500  # tickets in one COPY
SPAN = timedelta(days=360)
# So many at least still wait; the others were answered.
WAITING = 5000
MARKER, INDEX, WHOLE = "bench-hotline", "bench-hotline-index", "bench-hotline-whole"
MARK = "INSERT INTO gateway.markers VALUES (%s, %s, now()) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
OPERATOR = Actor(kind=ActorKind.STAFF, account=UUID(int=1), roles=frozenset({"operator"}), unit=DESK)
WORKER = Opening(role=Role.WORKER, service="hotline")
ROADS = (
    "和平",
    "建设",
    "长江",
    "黄河",
    "人民",
    "解放",
    "东方红",
    "延安",
    "中山",
    "北京",
    "复兴",
    "光明",
    "团结",
    "胜利",
)
PLACES = (
    "小区门口",
    "地铁站出口",
    "菜市场",
    "小学东门",
    "公交站台",
    "医院后门",
    "高架桥下",
    "河边步道",
    "停车场",
    "老年活动室",
)
THINGS = (
    "路灯",
    "井盖",
    "电梯",
    "垃圾桶",
    "行道树",
    "红绿灯",
    "水管",
    "暖气",
    "护栏",
    "健身器材",
    "公共厕所",
    "非机动车道",
    "下水道",
)
TROUBLES = (
    "坏了三天",
    "一直漏水",
    "半夜噪声很大",
    "没有人管",
    "被车撞歪了",
    "发出臭味",
    "困人两次",
    "太暗看不清",
    "松动有危险",
    "堵住出不去",
)
ASKS = (
    "请尽快维修",
    "希望有人来看一下",
    "老人出门不方便",
    "孩子睡不着觉",
    "物业说在等零件",
    "打过电话没有回音",
    "影响通行",
)
DISTRICTS = ("东岸区", "西坪区", "南苑区", "北湖区", "中心区")
# Rows go in as `pg_dump` would write them: columns of each table, in this order.
COLUMNS = {
    "tickets": (
        "id", "number", "subject_id", "category", "district", "channel", "state", "unit", "text_sealed",
        "place_sealed", "is_confidential", "is_anonymous", "version", "fence", "is_supervised", "created_at",
        "changed_at",
    ),
    "ticket_events": (
        "ticket_id", "sequence", "subject_id", "at", "action", "from_state", "to_state", "actor", "by", "unit",
        "details", "digest",
    ),
    "ticket_clocks": (
        "ticket_id", "kind", "run", "subject_id", "started_at", "due_at", "is_provisional", "stopped_at",
        "is_day_and_night", "levels_at", "reached", "level",
    ),
    "search_texts": ("ticket_id", "segment", "grams"),
}  # fmt: skip


class Made(NamedTuple):
    """A ticket of the dataset."""

    id: UUID
    number: str
    text: str
    place: str


@cache
def newest() -> datetime:
    """The dataset ends yesterday, so that what is filed now is newer."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def made(number: int, size: int, until: datetime) -> Made:
    """The ticket of a number."""
    chance = random.Random(number)
    at = until - SPAN * ((size - number) / size)
    stamp = int(at.timestamp() * 1000)
    ticket_id = UUID(
        int=stamp << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62)
    )
    return Made(ticket_id, f"9{number:011d}", *said(chance))


def said(chance: random.Random) -> tuple[str, str]:
    """What a reporter tells: text and place."""
    road, place = chance.choice(ROADS), chance.choice(PLACES)
    text = (
        f"{road}路{chance.randrange(1, 3000)}弄{place}的{chance.choice(THINGS)}{chance.choice(TROUBLES)}，"
        f"{chance.choice(THINGS)}也{chance.choice(TROUBLES)}，{chance.choice(ASKS)}。"
    )
    return text, f"{road}路{place}"


def every(size: int, until: datetime) -> Iterator[Made]:
    """All of them, oldest first."""
    return (made(number, size, until) for number in range(size))


def build(settings: Settings, app_url: str, admin_url: str, size: int) -> datetime:
    """Make the dataset unless it is there, or go on where it was interrupted; until when its tickets were filed."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        begun = _marker(admin, MARKER)
        if begun is None:
            begun = f"{size} {newest().isoformat()}"
            admin.execute(MARK, (MARKER, begun))
        had, _, at = begun.partition(" ")
        assert had == str(size), "this folder holds a dataset of another size"
        until = datetime.fromisoformat(at)
        if _marker(admin, WHOLE) is None:
            _make(settings, app_url, admin_url, admin, size, until)
            admin.execute(MARK, (WHOLE, str(size)))
        return until


def _marker(admin: psycopg.Connection, name: str) -> str | None:
    found = admin.execute("SELECT value FROM gateway.markers WHERE name = %s", (name,)).fetchone()
    return None if found is None else found[0]


def _make(
    settings: Settings, app_url: str, admin_url: str, admin: psycopg.Connection, size: int, until: datetime
) -> None:
    print(f"Making {size} tickets (once) ...", file=sys.stderr)
    index = _take_index_away(admin)
    work = [
        (settings, app_url, admin_url, range(start, min(start + BATCH, size)), size, until)
        for start in range(0, size, BATCH)
    ]
    progress = Progress("tickets", size)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for count in pool.imap_unordered(_copy, work):
            progress.step(count=count)
    print("Building the index of words ...", file=sys.stderr)
    admin.execute("SET maintenance_work_mem = '512MB'")
    admin.execute(index)  # type: ignore[arg-type]  # what PostgreSQL itself wrote
    admin.execute("VACUUM (ANALYZE)")


def _take_index_away(admin: psycopg.Connection) -> str:
    """Its definition, kept where a second attempt finds it."""
    found = admin.execute("SELECT pg_get_indexdef(to_regclass('hotline.search_texts_grams_idx'))").fetchone()
    if found is not None and found[0] is not None:
        admin.execute(MARK, (INDEX, found[0]))
        admin.execute("DROP INDEX hotline.search_texts_grams_idx")
    kept = _marker(admin, INDEX)
    assert kept is not None
    return kept


def _reporters(database: Database, count: int) -> list[UUID]:
    with database.transaction(WORKER) as session:
        found = [ids.new_id() for _ in range(count)]
        for one in found:
            session.raw("SELECT gateway.reach(%s)", (one,))
            vault.create_data_key(session, one, "anonymous")
    return found


def _copy(work: tuple[Settings, str, str, range, int, datetime]) -> int:
    """Make some tickets, all of them or none; how many there were to make."""
    settings, app_url, admin_url, numbers, size, until = work
    with psycopg.connect(admin_url) as admin:
        first = made(numbers[0], size, until).id
        if admin.execute("SELECT FROM hotline.tickets WHERE id = %s", (first,)).fetchone() is not None:
            return len(numbers)
    # A busy machine takes its time between the keys and the last row.
    patient = replace(settings, idle_timeout_ms=600_000)
    database = Database(engine_for(patient, app_url), vault.load_keys(settings))
    subjects = _reporters(database, -(-len(numbers) // EACH))
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
    with database.transaction(WORKER) as session:
        ciphers = vault.ciphers_for(session, subjects)
        for number in numbers:
            subject = subjects[(number - numbers[0]) // EACH]
            _add(session, ciphers[subject], subject, number, size, made(number, size, until), rows)
    database.engine.dispose()
    with psycopg.connect(admin_url) as admin:
        admin.execute("SET synchronous_commit = off")
        for table, names in COLUMNS.items():
            command = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier("hotline", table), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with admin.cursor().copy(command) as copy:
                for row in rows[table]:
                    copy.write_row(row)
    return len(numbers)


def _add(
    session: Session,
    cipher: vault.Cipher,
    subject: UUID,
    number: int,
    size: int,
    one: Made,
    rows: dict[str, list[tuple[Any, ...]]],
) -> None:
    at = filed_at(one.id)
    category, district = _kind(one)
    sealed = [
        cipher.seal(column, one.id, content)
        for column, content in ((tickets.c.text_sealed, one.text), (tickets.c.place_sealed, one.place))
    ]
    is_waiting = number >= size - max(WAITING, size // 20)
    state, version = ("received", 1) if is_waiting else ("answered", 3)
    rows["tickets"].append(
        (one.id, one.number, subject, category, district, "web", state, DESK, *sealed, False, True, version,
         version // 2, False, at, at)
    )  # fmt: skip
    ticket = SimpleNamespace(id=one.id, number=one.number, subject_id=subject)
    previous, events = None, list(_history(one, category, is_waiting=is_waiting))
    for event in events:
        digest = digest_of(ticket.number, event, previous)
        rows["ticket_events"].append(
            (
                one.id,
                event.sequence,
                subject,
                event.at,
                event.action.value,
                None if event.from_state is None else event.from_state.value,
                event.to_state.value,
                NOBODY.label if event.account is None else OPERATOR.label,
                event.by,
                DESK,
                Jsonb(dict(event.details)),
                digest,
            )
        )
        previous = digest
    levels = policy_of(session, events).levels
    for clock in clocks_now(session, events):
        # What is late was said to be late at the time: nothing of it is left for the worker to do.
        row = row_of(ticket, clock, levels, at) | {
            "reached": len(clock.levels_at),
            "level": len(clock.levels_at),
        }
        rows["ticket_clocks"].append(tuple(row[name] for name in COLUMNS["ticket_clocks"]))
    lexeme = partial(lexeme_of, session.keys, month_of(at))
    for field, text in (("text", one.text), ("place", one.place), ("number", one.number)):
        for place, segment in enumerate(segments_of(normalised(text)), start=FIELDS[field]):
            rows["search_texts"].append((one.id, place, vector_of(segment, lexeme)))


def _history(one: Made, category: str, *, is_waiting: bool) -> Iterator[Event]:
    """Filed; and, unless it still waits, claimed and answered."""
    at = filed_at(one.id)
    steps = [(Action.SUBMIT, None, State.RECEIVED), (Action.CLAIM, State.RECEIVED, State.TRIAGE)]
    steps.append((Action.ANSWER, State.TRIAGE, State.ANSWERED))
    filed = {"category": category, "channel": "web", "policy": 1, "calendar": 1}
    for sequence, (action, before, after) in enumerate(steps[: 1 if is_waiting else 3], start=1):
        who = NOBODY if sequence == 1 else OPERATOR
        yield Event(
            sequence=sequence,
            at=at + timedelta(minutes=sequence - 1),
            action=action,
            from_state=before,
            to_state=after,
            by="resident" if sequence == 1 else "operator",
            actor=actor_digest(one.id, who.label),
            account=who.account,
            unit=DESK,
            details=filed if sequence == 1 else {},
        )


def _kind(one: Made) -> tuple[str, str]:
    chance = one.id.int
    names: Sequence[str] = list(CATEGORIES)
    return names[chance % len(names)], DISTRICTS[chance % len(DISTRICTS)]
