"""`make bench-hotline`: the hotline, bare Flask and django-helpdesk by turns on one PostgreSQL, and what counts.

Usage: python -m bench.hotline [SECONDS]. CITIZEN_BENCH_TICKETS sets how many tickets the city has (100,000),
BENCH_STREAMS how many screens are open (1,000), BENCH_CELLS which cells are measured (all), CITIZEN_BENCH_DIR where
city and peer are kept (var/bench-hotline): each is made once. Whatever is interrupted goes on where it was.
Access token, row-level security, sealing, clocks, chained history, search and audit are on. One web process with four
threads each, eight connections.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.request import Request, urlopen

import psycopg

from bench.bill_list.__main__ import command_of, free_port, postmaster_of, process
from bench.hotline import dataset, floor, peer
from bench.hotline.asking import (
    CONNECTIONS,
    bare_creating,
    basic,
    bearer,
    claim,
    creating,
    each,
    get,
    peers_creating,
    post,
    repeating,
    ticket,
)
from bench.hotline.finding import Texts, measure_search, quantile, requests_of, told
from bench.hotline.people import CALLBACK, Person, sign_in
from bench.hotline.streams import Shown, measure_streams
from bench.hotline.turns import Cell, Requests, by_turns, report
from bench.load import family_of
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

PEERS_DATABASE = "helpdesk"
DESK_SCOPE = "hotline:read hotline:claim hotline:work"
PHRASES, AUDITED, SCREENED = 200, 200, 20


def main(seconds: float = 4.0) -> None:
    """Measure and print."""
    size = int(os.environ.get("CITIZEN_BENCH_TICKETS", "100000"))
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
        wanted = os.environ.get("BENCH_CELLS")
        measured = [cell for cell in cells if wanted is None or cell.name in wanted.split(",")]
        report(by_turns(measured, seconds, postmaster_of(urls.app_url), base / f"unfinished-{size}.json"))
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


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
