"""`make bench-hotline`: the hotline, bare Flask and django-helpdesk by turns on one PostgreSQL, and what counts.

Usage: python -m bench.hotline [SECONDS]. BENCH_TICKETS sets how many tickets the city has (100,000), BENCH_STREAMS how
many screens are open (1,000), CITIZEN_BENCH_DIR where city and peer are kept (var/bench-hotline): each is made once.
Access token, row-level security, sealing, clocks, chained history, search and audit are on. One web process with four
threads each, eight connections.
"""

import itertools
import json
import os
import random
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import psycopg

from bench.bill_list.__main__ import command_of, free_port, postmaster_of, process
from bench.hotline import dataset, floor, peer
from bench.hotline.finding import Texts, measure_search, quantile, requests_of, told
from bench.hotline.people import CALLBACK, Person, sign_in
from bench.hotline.streams import Shown, measure_streams
from bench.load import Measured, family_of, measure
from services import vault
from services.actor import system
from services.database.embedded import find_place, urls_of
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.demo.accounts import list_accounts
from services.gateway.catalogue import build_catalogue
from services.gateway.clients import create_client
from services.runtime import open_database
from services.settings import CHECKOUT, Settings, load
from wsgi import MANIFESTS

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONNECTIONS = 8
PEERS_DATABASE = "helpdesk"
DESK_SCOPE = "hotline:read hotline:claim hotline:work"
PHRASES, AUDITED, SCREENED = 200, 200, 20
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


def main(seconds: float = 4.0) -> None:
    """Measure and print."""
    size = int(os.environ.get("BENCH_TICKETS", "100000"))
    streams = int(os.environ.get("BENCH_STREAMS", "1000"))
    base = Path(os.environ.get("CITIZEN_BENCH_DIR", CHECKOUT / "var" / "bench-hotline"))
    python = peer.install(base / "helpdesk")
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")},
        "CITIZEN_DATA_DIR": str(base / f"city-{size}"),
        "CITIZEN_BASE_URL": f"http://localhost:{port}",
        "CITIZEN_BIND": f"127.0.0.1:{port}",
        "CITIZEN_WORKERS": "1",
        "CITIZEN_LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(CHECKOUT),
    }
    settings = load({name: value for name, value in environment.items() if name.startswith("CITIZEN_")})
    print(f"City of {size} tickets in {settings.data_dir} ...", file=sys.stderr)
    with ExitStack() as stack:
        demo = [sys.executable, "-c", "from wsgi import cli; cli()", "demo", "run"]
        suite = stack.enter_context(process(demo, environment, port, "/readyz"))
        urls = urls_of(find_place(settings.data_dir))
        admin_url = urls.admin_url or ""
        until = dataset.build(settings, urls.app_url, admin_url, size)
        web = [pid for pid in family_of(suite) if "gunicorn" in command_of(pid)]
        residents, operators = people(settings, port)
        texts = Texts(size, until)
        cells = our_cells(port, web, residents, operators, texts)
        cells += floor_cells(stack, environment, urls.app_url, admin_url)
        if python is not None:
            cells += peers_cells(stack, python, environment, admin_url)
        found = by_turns(cells, seconds, postmaster_of(urls.app_url))
        report(found)
        if python is not None:
            print(f"django-helpdesk: 3 tickets, 6 operators: {peers_wins(cells)} were told that it is theirs")
        database = Database(engine_for(settings, urls.app_url), vault.load_keys(settings))
        print("\n" + told(measure_search(database, admin_url, texts, count=PHRASES, audited=AUDITED)))
        if streams:
            print("\n" + screened(open_screens(stack, environment, operators[0], residents[0], streams)))


def people(settings: Settings, port: int) -> tuple[list[Person], list[Person]]:
    """Residents and operators of the demo city, each of whom has let the bench's app in."""
    base_url = f"http://localhost:{port}"
    scopes = ["openid", "hotline:create", *DESK_SCOPE.split()]
    opening = Opening(role=Role.GATEWAY, service="gateway")
    with open_database(settings) as database, database.transaction(opening) as session:
        made = create_client(
            session,
            system("bench"),
            catalogue=build_catalogue(MANIFESTS),
            name="压测应用",
            grants=["authorization_code"],
            redirect_uris=[CALLBACK],
            scopes=scopes,
            auth_method="none",
        )
    accounts = list_accounts()
    client_id = made.client.client_id
    residents = [one for one in accounts if one["role"] == "resident"][:CONNECTIONS]
    operators = [one for one in accounts if one["role"] == "operator"]
    return (
        [sign_in(base_url, one, client_id, "hotline:read hotline:create") for one in residents],
        [sign_in(base_url, one, client_id, DESK_SCOPE) for one in operators],
    )


def our_cells(
    port: int, web: list[int], residents: list[Person], operators: list[Person], texts: Texts
) -> list[Cell]:
    """The suite's."""

    def of(who: list[Person], requests: Callable[[str], Iterator[bytes]]) -> Requests:
        def made() -> list[Iterator[bytes]]:
            tokens = [one.token() for one in who]
            return [requests(tokens[number % len(tokens)]) for number in range(CONNECTIONS)]

        return made

    phrases = texts.phrases(PHRASES)
    page = "/hotline/v1/tickets?limit=25"
    return [
        Cell("create", port, web, of(residents, lambda token: creating(port, token))),
        Cell("list", port, web, of(operators, lambda token: repeating(get(port, page, bearer(token))))),
        Cell("claim", port, web, of(operators, lambda token: repeating(claim(port, token)))),
        Cell("search", port, web, of(operators, lambda token: requests_of(port, token, phrases))),
    ]


def floor_cells(stack: ExitStack, environment: dict[str, str], app_url: str, admin_url: str) -> list[Cell]:
    """Bare Flask's, with as many tickets waiting as a run needs."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(floor.TABLES)
    port = free_port()
    more = {**environment, "BENCH_DATABASE_URL": app_url}
    servers = family_of(stack.enter_context(process(floor.command(port), more, port, "/nothing")))
    claiming = post(port, "/claim", "", ("X-Operator: somebody",))
    return [
        Cell("floor: create", port, servers, lambda: each(lambda: bare_creating(port))),
        Cell("floor: list", port, servers, lambda: each(lambda: repeating(get(port, "/tickets")))),
        Cell("floor: claim", port, servers, lambda: each(lambda: repeating(claiming))),
    ]


def peers_cells(stack: ExitStack, python: Path, environment: dict[str, str], admin_url: str) -> list[Cell]:
    """django-helpdesk's; it lists what it was given in this run."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {PEERS_DATABASE} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {PEERS_DATABASE}")
    folder = python.parent.parent / "site"
    folder.mkdir(exist_ok=True)
    more = peer.environment_of(folder, environment, admin_url.replace("/citizen?", f"/{PEERS_DATABASE}?"))
    peer.prepare(python, folder, more)
    port = free_port()
    servers = family_of(stack.enter_context(process(peer.command(python, port), more, port, "/nothing")))
    return [
        Cell("helpdesk: create", port, servers, lambda: each(lambda: peers_creating(port))),
        Cell(
            "helpdesk: list",
            port,
            servers,
            lambda: each(lambda: repeating(get(port, "/api/tickets/?page_size=25", (basic(0),)))),
        ),
    ]


def by_turns(cells: list[Cell], seconds: float, postgres: int) -> dict[str, Measured]:
    """Each cell in each round, so that a noisy neighbour meets all alike; the median round counts."""
    found: dict[str, list[Measured]] = {cell.name: [] for cell in cells}
    for round_ in range(ROUNDS):
        for cell in cells:
            print(f"round {round_ + 1}: {cell.name}", file=sys.stderr)
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
            found[cell.name].append(one)
    return {name: sorted(of, key=lambda one: one.server_cpu)[ROUNDS // 2] for name, of in found.items()}


def each(requests: Callable[[], Iterator[bytes]]) -> list[Iterator[bytes]]:
    """The same kind of requests on every connection."""
    return [requests() for _ in range(CONNECTIONS)]


def repeating(request: bytes) -> Iterator[bytes]:
    """One request again and again."""
    return itertools.repeat(request)


def creating(port: int, token: str) -> Iterator[bytes]:
    """Tickets of a resident, each pressed once, with a text of its own."""
    while True:
        headers = (*bearer(token), f"Idempotency-Key: {random.getrandbits(96):x}")
        yield post(port, "/hotline/v1/tickets", json.dumps(ticket()), headers)


def bare_creating(port: int) -> Iterator[bytes]:
    """The same tickets for bare Flask."""
    while True:
        yield post(port, "/tickets", json.dumps(ticket()))


def peers_creating(port: int) -> Iterator[bytes]:
    """The same tickets as django-helpdesk wants them."""
    while True:
        one = ticket()
        body = {
            "queue": 1,
            "title": one["text"][:60],
            "description": one["text"],
            "submitter_email": "reporter@example.org",
            "priority": 3,
        }
        yield post(port, "/api/tickets/", json.dumps(body), (basic(0),))


def ticket() -> dict[str, str]:
    """A ticket that nobody has filed."""
    text, place = dataset.said(random.Random())
    return {"category": "street_light", "text": text, "district": "东岸区", "place": place}


def claim(port: int, token: str) -> bytes:
    """Claim what has waited longest."""
    return post(port, "/hotline/v1/queue/claim-next", "", bearer(token))


def bearer(token: str) -> tuple[str, ...]:
    """The header that carries an access token."""
    return (f"Authorization: Bearer {token}",)


def basic(number: int) -> str:
    """How an operator of the peer signs in."""
    pair = b64encode(f"operator{number}:{peer.PASSWORD}".encode()).decode()
    return f"Authorization: Basic {pair}"


def get(port: int, path: str, headers: tuple[str, ...] = ()) -> bytes:
    """One GET on a connection that stays open."""
    lines = (f"GET {quote(path, safe='/?=&')} HTTP/1.1", f"Host: localhost:{port}", *headers)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(port: int, path: str, body: str, headers: tuple[str, ...] = ()) -> bytes:
    """One POST of JSON, or of nothing."""
    raw = body.encode()
    kind = ("Content-Type: application/json",) if raw else ()
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Content-Length: {len(raw)}",
        *kind,
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + raw


def peers_wins(cells: list[Cell]) -> int:
    """Six operators of the peer take three tickets at once, each for themselves; how many were told yes."""
    port = next(cell.port for cell in cells if cell.name == "helpdesk: create")

    def take(pair: tuple[int, int]) -> int:
        name, value = basic(pair[1]).split(": ", 1)
        request = Request(
            f"http://localhost:{port}/api/tickets/{pair[0]}/",
            json.dumps({"assigned_to": pair[1] + 1}).encode(),
            {name: value, "Content-Type": "application/json"},
            method="PATCH",
        )
        with urlopen(request) as answer:  # noqa: S310  # our own address
            return int(answer.status == 200 and json.load(answer)["assigned_to"] == pair[1] + 1)

    pairs = [(number, operator) for number in (1, 2, 3) for operator in range(peer.OPERATORS)]
    with ThreadPoolExecutor(peer.OPERATORS) as pool:
        return sum(pool.map(take, pairs))


def open_screens(
    stack: ExitStack, environment: dict[str, str], operator: Person, resident: Person, count: int
) -> Shown:
    """`citizen events` with so many screens, while tickets are filed."""
    live = free_port()
    events = [sys.executable, "-c", "from wsgi import cli; cli()", "events", "--bind", f"127.0.0.1:{live}"]
    stack.enter_context(process(events, environment, live, "/readyz"))
    key = {"Authorization": f"Bearer {resident.token()}"}

    def file() -> tuple[str, float]:
        sent = time.perf_counter()
        answer = resident.browser.post_json("/hotline/v1/tickets", ticket(), **key)
        assert answer.status == 201, answer.text[:300]
        return answer.json()["id"], sent

    return measure_streams(live, operator.cookie, count=count, tickets=SCREENED, file=file)


def screened(shown: Shown) -> str:
    """How long it took, and whether anybody missed anything."""
    waits = shown.waits
    return (
        f"{shown.streams} streams, from sending the ticket to each screen: p50 {quantile(waits, 0.5):.0f} ms, "
        f"p95 {quantile(waits, 0.95):.0f} ms (aim 500), {shown.expected - len(waits)} of {shown.expected} missed"
    )


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
        if theirs in found:
            mine, other = found[ours], found[theirs]
            cpu = (other.server_cpu + other.database_cpu) / (mine.server_cpu + mine.database_cpu)
            print(
                f"{title:<38}{mine.rate / other.rate:>8.2f} of its rate, {cpu:.2f} of its CPU thrift  {aim}"
            )


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
