"""Search beside the same raw SQL, and its recall against a substring scan of every text."""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from unittest.mock import patch
from uuid import UUID

import psycopg

from bench.hotline.dataset import OPERATOR, every
from bench.load import cpu
from hotline import actions
from hotline.rules.grams import normalised
from hotline.rules.search import Filters
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database

PAGE = 20
DESK = Opening(role=Role.STAFF, service="hotline", account=OPERATOR.account)


@dataclass(frozen=True)
class Finding:
    """Milliseconds a search, and how much of the audit set was found as a substring scan finds it.

    `cpu` are the milliseconds of processor that a search and its SQL took, Python and PostgreSQL together.
    """

    ours: list[float]
    raw: list[float]
    cpu: tuple[float, float]
    recall: float
    false: int
    audited: int
    plans: list[str]


class Texts:
    """What every ticket of the dataset says, to be looked through character by character."""

    def __init__(self, size: int, until: datetime) -> None:
        self.ids: list[UUID] = []
        self.texts: list[str] = []
        for one in every(size, until):
            self.ids.append(one.id)
            self.texts.append(normalised(f"{one.text} {one.place} {one.number}"))

    def phrases(self, count: int, *, seed: int = 5) -> list[str]:
        """Stretches of two to eight characters out of texts; the last tenth in none of them."""
        chance, found = random.Random(seed), []
        while len(found) < count - count // 10:
            text = chance.choice(self.texts)
            length = chance.randrange(2, 9)
            start = chance.randrange(len(text) - length)
            if " " not in text[start : start + length]:
                found.append(text[start : start + length])
        return [*found, *(f"路灯{chance.randrange(10**6)}困" for _ in range(count // 10))]

    def newest(self, phrase: str, most: int) -> list[UUID]:
        """The newest tickets that hold a phrase, by looking at each."""
        found: list[UUID] = []
        for place in range(len(self.texts) - 1, -1, -1):
            if phrase in self.texts[place]:
                found.append(self.ids[place])
                if len(found) == most:
                    break
        return found


def measure_search(database: Database, admin_url: str, texts: Texts, *, count: int, audited: int) -> Finding:
    """Each phrase by the action and, right after, its statements about lexemes and tickets past row-level security."""
    sent: list[tuple[str, Any]] = []
    ours, raw = [], []
    plainly = Session.named

    def keep(session: Session, statement: LiteralString, parameters: Any = ()) -> list[Any]:
        if "@@" in statement:
            sent.append((statement, parameters))
        return plainly(session, statement, parameters)

    phrases = texts.phrases(count)
    with psycopg.connect(admin_url, autocommit=True) as plain, patch.object(Session, "named", keep):
        for phrase in phrases[:20]:
            search(database, phrase, PAGE)
        with database.transaction(DESK) as session:
            backends = [session.driver.info.backend_pid], [plain.info.backend_pid]
        spent = [0.0, 0.0]
        for phrase in phrases:
            sent.clear()
            before = [_spent(one) for one in backends]
            started = time.perf_counter()
            search(database, phrase, PAGE)
            ours.append((time.perf_counter() - started) * 1000)
            between = _spent(backends[0])
            started, before[1] = time.perf_counter(), _spent(backends[1])
            for statement, parameters in sent:
                plain.execute(statement, parameters).fetchall()
            raw.append((time.perf_counter() - started) * 1000)
            spent[0] += between - before[0]
            spent[1] += _spent(backends[1]) - before[1]
        plans = plans_of(database, sent)
    right = wanted = false = 0
    for phrase in texts.phrases(audited, seed=6):
        truth = set(texts.newest(phrase, 100))
        # What the run itself filed is newer than the dataset and not in it.
        found = set(search(database, phrase, 100, before=texts.ids[-1]))
        wanted, right, false = wanted + len(truth), right + len(truth & found), false + len(found - truth)
    used = (spent[0] * 1000 / count, spent[1] * 1000 / count)
    return Finding(ours, raw, used, right / wanted, false, audited, plans)


def _spent(backends: list[int]) -> float:
    """Seconds of processor of these processes and of this thread."""
    return cpu(backends) + time.thread_time()


def search(database: Database, phrase: str, limit: int, *, before: UUID | None = None) -> list[UUID]:
    """The ids that the action finds, newest first."""
    after = None if before is None else UUID(int=before.int + 1)
    with database.transaction(DESK) as session:
        found = actions.search_tickets(
            session, OPERATOR, words=phrase, filters=Filters(), limit=limit, after=after
        )
    return [one.id for one in found.tickets]


def plans_of(database: Database, sent: Sequence[tuple[str, Any]]) -> list[str]:
    """How PostgreSQL reads tickets for a search under row-level security."""
    found = []
    for statement, parameters in sent:
        with database.transaction(DESK) as session:
            rows = session.driver.execute(f"EXPLAIN {statement}", parameters).fetchall()
        found += [
            row[0].strip(" ->") for row in rows if " on tickets" in row[0] or " on search_texts" in row[0]
        ]
    return sorted({one.partition("  (cost")[0] for one in found})


def requests_of(port: int, token: str, phrases: Sequence[str]) -> Iterator[bytes]:
    """Searches over HTTP, each another phrase."""
    chance = random.Random()
    while True:
        body = f'{{"words": "{chance.choice(phrases)}", "limit": {PAGE}}}'.encode()
        yield (
            f"POST /hotline/v1/tickets/search HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def quantile(values: Sequence[float], share: float) -> float:
    """The value under which this share lies."""
    return sorted(values)[int(len(values) * share)]


def told(found: Finding) -> str:
    """Two rows and the ratio."""
    lines = [
        f"{name:<28}{statistics.median(of):>10.2f}{quantile(of, 0.95):>10.2f}{statistics.mean(of):>10.2f}"
        for name, of in (("search, the action", found.ours), ("  its raw SQL alone", found.raw))
    ]
    ratios = [statistics.mean(found.ours) / statistics.mean(found.raw)]
    ratios.append(quantile(found.ours, 0.95) / quantile(found.raw, 0.95))
    return "\n".join(
        [
            f"{'':<28}{'p50 ms':>10}{'p95 ms':>10}{'mean ms':>10}",
            *lines,
            f"beside the raw SQL: mean {ratios[0]:.2f} x, p95 {ratios[1]:.2f} x (aim 2)",
            f"CPU {found.cpu[0]:.2f} and {found.cpu[1]:.2f} ms: {found.cpu[0] / found.cpu[1]:.2f} x",
            f"recall {found.recall:.4f}, {found.false} false, over {found.audited} phrases (aim 1.00, 0)",
            "plan: " + "; ".join(found.plans),
        ]
    )
