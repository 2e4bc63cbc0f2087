"""Cells by turns, the median round of each, and the ratios; a run that was interrupted goes on where it was."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.load import Measured, family_of, measure
from services.progress import Progress

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
Requests = Callable[[], list[Iterator[bytes]]]


@dataclass(frozen=True)
class Cell:
    """One thing that is measured: which requests, of whom, and whose processes it costs."""

    name: str
    port: int
    servers: list[int]
    requests: Requests


# What is compared with what, what of it, and the aim where there is one.
RATIOS = (
    ("create: rate beside bare Flask", "create", "floor: create", "at least 0.40"),
    ("create: beside django-helpdesk", "create", "helpdesk: create", "25"),
    ("list of 25: beside bare Flask", "list", "floor: list", ""),
    ("list of 25: beside django-helpdesk", "list", "helpdesk: list", ""),
    ("claim-next: beside bare Flask", "claim", "floor: claim", ""),
)


def by_turns(cells: list[Cell], seconds: float, postgres: int, kept: Path) -> dict[str, Measured]:
    """Each cell in each round, so that a noisy neighbour meets all alike; the median round counts.

    `kept` holds what was measured while a run lasts: one that was interrupted goes on there.
    """
    found = _read(kept)
    progress = Progress("bench-hotline", ROUNDS * len(cells))
    for round_ in range(ROUNDS):
        for cell in cells:
            of_cell = found.setdefault(cell.name, [])
            if len(of_cell) <= round_:
                of_cell.append(_measure(cell, seconds, postgres))
                kept.write_text(json.dumps({name: [asdict(one) for one in of] for name, of in found.items()}))
            progress.step(f"round {round_ + 1}: {cell.name}")
    kept.unlink()
    names = [cell.name for cell in cells]
    return {name: sorted(found[name], key=lambda one: one.server_cpu)[ROUNDS // 2] for name in names}


def _read(kept: Path) -> dict[str, list[Measured]]:
    if not kept.exists():
        return {}
    print(f"Going on with what {kept} holds", file=sys.stderr)
    return {name: [Measured(**one) for one in of] for name, of in json.loads(kept.read_text()).items()}


def _measure(cell: Cell, seconds: float, postgres: int) -> Measured:
    requests = cell.requests()
    for length in (0.5, seconds):
        one = measure(
            cell.name,
            ("127.0.0.1", cell.port),
            requests,
            seconds=length,
            servers=cell.servers,
            database=family_of(postgres),
        )
    return one


def report(found: dict[str, Measured]) -> None:
    """One row each, then the ratios."""
    heads = ("per s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "PostgreSQL", "per 2 cores")
    print(f"\n{'':<22}" + "".join(f"{head:>12}" for head in heads))
    for name, one in found.items():
        both = 2000 / (one.server_cpu + one.database_cpu)
        shown = (one.rate, one.p50, one.p95, one.p99, one.server_cpu, one.database_cpu, both)
        print(
            f"{name:<22}"
            + "".join(f"{value:>12.2f}" if value < 100 else f"{value:>12.0f}" for value in shown)
        )
    print()
    for title, ours, theirs, aim in RATIOS:
        if theirs in found and ours in found:
            mine, other = found[ours], found[theirs]
            cpu = (other.server_cpu + other.database_cpu) / (mine.server_cpu + mine.database_cpu)
            print(
                f"{title:<38}{mine.rate / other.rate:>8.2f} of its rate, {cpu:.2f} of its CPU thrift  {aim}"
            )
