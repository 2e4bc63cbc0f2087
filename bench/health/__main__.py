"""`make bench-health`: the health file over a million resources and over forty thousand, beside raw PostgreSQL.

Usage: python -m bench.health [SECONDS]. BENCH_RESOURCES sets the size (1,000,000), CITIZEN_BENCH_DIR where the cities
are kept (var/bench-health): each is made once. Access token, consent, row-level security and audit are on.
"""

import json
import os
import random
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import psycopg

from bench.bill_list.__main__ import command_of, free_port, postmaster_of, process
from bench.health.dataset import UNIT, Dataset, build, folder_of
from bench.health.floor import Floor, validation_rates
from bench.health.records import LOINC, MEASURED, life_of
from bench.load import Measured, family_of, measure
from health_file.fhir import text
from services.actor import system
from services.database.embedded import find_place, urls_of
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.catalogue import build_catalogue
from services.gateway.clients import create_client
from services.runtime import open_database
from services.settings import CHECKOUT, Settings, load
from wsgi import MANIFESTS

SMALL = 40_000
ROUNDS = 3
CONNECTIONS = 4
BUNDLE = 500  # entries of a transaction
SCOPES = ["health_file:read", "health_file:write"]
BASE = "/health-file/fhir"
# What is asked of each cell on two cores that nobody else uses: least a second, most milliseconds at p99.
AIMS = {
    "read": (500, 25), "search": (400, 40), "everything": (None, 40), "transaction": (700 / BUNDLE, 1500),
}  # fmt: skip
Requests = Callable[[str], Iterator[bytes]]


@dataclass
class City:
    """One running suite over a dataset."""

    name: str
    port: int
    settings: Settings
    dataset: Dataset
    web: list[int]
    postgres: int
    admin_url: str
    client: tuple[str, str]

    def token(self) -> str:
        """A fresh access token: they live five minutes."""
        pair = b64encode(":".join(self.client).encode()).decode()
        form = urlencode({"grant_type": "client_credentials", "scope": " ".join(SCOPES)}).encode()
        request = Request(
            f"http://localhost:{self.port}/oauth/token", form, {"Authorization": f"Basic {pair}"}
        )
        with urlopen(request) as answer:  # noqa: S310  # our own address
            found: str = json.load(answer)["access_token"]
        return found


def main(seconds: float = 6.0) -> None:
    """Measure and print."""
    size = int(os.environ.get("BENCH_RESOURCES", "1000000"))
    base = Path(os.environ.get("CITIZEN_BENCH_DIR", CHECKOUT / "var" / "bench-health"))
    sizes = sorted({min(SMALL, size), size})
    with ExitStack() as stack:
        cities = [open_city(stack, base, one) for one in sizes]
        found = by_turns(cities, seconds)
        bodies = [
            text.read(text.write(entry["resource"])) for number in range(20) for entry in life_of(number, 100)
        ]
        rates = validation_rates(bodies, seconds)
        report(found, rates, [city.name for city in cities])
        for city in cities:
            forget_writes(city)


def open_city(stack: ExitStack, base: Path, size: int) -> City:
    """The suite over the dataset of a size, running until the stack closes."""
    folder = folder_of(base, size)
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")},
        "CITIZEN_DATA_DIR": str(folder),
        "CITIZEN_BASE_URL": f"http://localhost:{port}",
        "CITIZEN_BIND": f"127.0.0.1:{port}",
        "CITIZEN_WORKERS": os.environ.get("BENCH_WORKERS", "2"),
        "CITIZEN_LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(CHECKOUT),
    }
    settings = load({name: value for name, value in environment.items() if name.startswith("CITIZEN_")})
    print(f"City of {size} resources in {folder} ...", file=sys.stderr)
    demo = [sys.executable, "-c", "from wsgi import cli; cli()", "demo", "run"]
    suite = stack.enter_context(process(demo, environment, port, "/readyz"))
    urls = urls_of(find_place(folder))
    dataset = build(settings, urls.app_url, urls.admin_url or "", size)
    web = [pid for pid in family_of(suite) if "gunicorn" in command_of(pid)]
    return City(
        f"{size // 1000} k",
        port,
        settings,
        dataset,
        web,
        postmaster_of(urls.app_url),
        urls.admin_url or "",
        make_client(settings),
    )


def make_client(settings: Settings) -> tuple[str, str]:
    """The clinic's own system."""
    opening = Opening(role=Role.GATEWAY, service="gateway")
    with open_database(settings) as database, database.transaction(opening) as session:
        made = create_client(
            session,
            system("bench"),
            catalogue=build_catalogue(MANIFESTS),
            name="压测系统",
            unit=UNIT,
            grants=["client_credentials"],
            scopes=SCOPES,
            auth_method="client_secret_basic",
        )
    return made.client.client_id, made.secret or ""


def by_turns(cities: list[City], seconds: float) -> dict[tuple[str, str], Measured]:
    """Each cell in each round and city, so that a noisy neighbour meets all alike; the median round counts."""
    rounds: dict[tuple[str, str], list[Measured]] = {}
    floors = {city.name: Floor(city.settings, city.admin_url, city.postgres) for city in cities}
    wanted = set(filter(None, os.environ.get("BENCH_CELLS", "").split(",")))
    for number in range(ROUNDS):
        for cell, requests in CELLS.items():
            if wanted and cell not in wanted:
                continue
            for city in cities:
                print(f"round {number + 1}: {cell}, {city.name}", file=sys.stderr)
                one = run(city, cell, requests, seconds)
                if one is not None:
                    rounds.setdefault((cell, city.name), []).append(one)
                if work := floor_of(floors[city.name], cell, city.dataset):
                    floor = floors[city.name].measure(cell, work, seconds / 3)
                    rounds.setdefault((f"floor: {cell}", city.name), []).append(floor)
    return {
        name: sorted(of, key=lambda one: one.server_cpu + one.database_cpu)[len(of) // 2]
        for name, of in rounds.items()
    }


def run(
    city: City, cell: str, requests: Callable[[City, str], Iterator[bytes]], seconds: float
) -> Measured | None:
    """One cell for so long, after a short warm-up; None where the server does not offer it."""
    token = city.token()
    count = 2 if cell == "transaction" else CONNECTIONS
    address = ("127.0.0.1", city.port)

    def go(length: float) -> Measured:
        streams = [requests(city, token) for _ in range(count)]
        return measure(
            cell, address, streams, seconds=length, servers=city.web, database=family_of(city.postgres)
        )

    try:
        go(0.5)
    except AssertionError as error:
        print(f"{cell}: {str(error)[:200]}", file=sys.stderr)
        return None
    return go(seconds)


def reads(city: City, token: str) -> Iterator[bytes]:
    """Records by id, each another one."""
    while True:
        kind, resource_id = random.choice(random.choice(city.dataset.residents).records)
        yield get(city, token, f"{kind}/{resource_id}")


def searches(city: City, token: str) -> Iterator[bytes]:
    """A resident's observations of one code."""
    codes = [quote(f"{LOINC}|{one[0]}") for one in MEASURED]
    while True:
        patient = random.choice(city.dataset.residents).patient
        yield get(city, token, f"Observation?patient=Patient/{patient}&code={random.choice(codes)}&_count=20")


def pages(city: City, token: str) -> Iterator[bytes]:
    """The first page of whole files."""
    while True:
        patient = random.choice(city.dataset.residents).patient
        yield get(city, token, f"Patient/{patient}/$everything?_count=200")


def transactions(city: City, token: str) -> Iterator[bytes]:
    """Half a thousand records of one resident at once."""
    while True:
        known = random.choice(city.dataset.residents)
        entries = list(life_of(random.getrandbits(40), BUNDLE))
        patient = entries[0]["fullUrl"]
        for entry in entries:
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries[1:]}
        body = text.write(bundle).replace(patient.encode(), f"Patient/{known.patient}".encode())
        head = (
            f"POST {BASE} HTTP/1.1\r\nHost: localhost:{city.port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/fhir+json\r\nPrefer: return=minimal\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def get(city: City, token: str, path: str) -> bytes:
    """One GET on a connection that stays open."""
    return (
        f"GET {BASE}/{path} HTTP/1.1\r\nHost: localhost:{city.port}\r\nAuthorization: Bearer {token}\r\n"
        "Accept: application/fhir+json\r\n\r\n"
    ).encode()


CELLS: dict[str, Callable[[City, str], Iterator[bytes]]] = {
    "read": reads, "search": searches, "everything": pages, "transaction": transactions,
}  # fmt: skip


def floor_of(floor: Floor, cell: str, dataset: Dataset) -> Iterator[None] | None:
    """What stands under a cell; nothing under writing, whose floor is the commit."""
    codes = [f"{LOINC}|{one[0]}" for one in MEASURED]
    return {
        "read": lambda: floor.read(dataset.residents),
        "search": lambda: floor.search(dataset.residents, codes),
        "everything": lambda: floor.everything(dataset.residents),
    }.get(cell, lambda: None)()


def forget_writes(city: City) -> None:
    """Take what the transactions wrote out again, so that the next run meets the same city."""
    with psycopg.connect(city.admin_url, autocommit=True) as admin:
        written = admin.execute(
            "SELECT subject_id, id FROM health_file.resources WHERE recorded_at > "
            "(SELECT set_at FROM gateway.markers WHERE name = 'bench-health')"
        ).fetchall()
        subjects, ids = [row[0] for row in written], [row[1] for row in written]
        for table, column in (
            ("tokens", "resource_id"),
            ("days", "resource_id"),
            ("resource_ids", "id"),
            ("resources", "id"),
        ):
            admin.execute(
                f"DELETE FROM health_file.{table} t USING unnest(%s::uuid[], %s::uuid[]) AS w(subject_id, id) "
                f"WHERE t.subject_id = w.subject_id AND t.{column} = w.id",
                (subjects, ids),
            )
        admin.execute("VACUUM (ANALYZE)")


def report(found: dict[tuple[str, str], Measured], rates: tuple[float, float], names: list[str]) -> None:
    """One row each, then the ratios that count."""
    heads = ("a second", "p50 ms", "p99 ms", "CPU ms", "PostgreSQL")
    print(f"\n{'':<28}" + "".join(f"{head:>12}" for head in heads))
    for (cell, city), one in sorted(found.items(), key=lambda item: (item[0][0].split(": ")[-1], item[0])):
        shown: tuple[Any, ...] = (one.rate, one.p50, one.p99, one.server_cpu, one.database_cpu)
        print(f"{f'{cell}, {city}':<28}" + "".join(f"{value:>12.2f}" for value in shown))
    print(
        f"{'validation, a CPU-second':<28}{rates[0]:>12.0f}  ({rates[0] / rates[1]:.2f} of its JSON Schema alone)"
    )
    print()
    for cell in CELLS:
        last = found.get((cell, names[-1]))
        if last is None:
            continue
        spent = last.server_cpu + last.database_cpu
        words = [f"{1000 / spent * 2:>8.1f} a second on two cores"]
        if floor := found.get((f"floor: {cell}", names[-1])):
            words.append(f"{spent / (floor.server_cpu + floor.database_cpu):.1f} x the CPU of the floor")
        if len(names) > 1 and (first := found.get((cell, names[0]))):
            words.append(f"growth {spent / (first.server_cpu + first.database_cpu):.2f} x from {names[0]}")
        least, most = AIMS[cell]
        words.append(f"(aim {f'{least:.1f}/s, ' if least else ''}p99 {most} ms)")
        print(f"{cell:<14}" + ", ".join(words))
    if one := found.get(("transaction", names[-1])):
        print(f"{'':<14}{one.rate * BUNDLE:>8.0f} resources a second in transactions of {BUNDLE}")


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
