"""`make bench-gateway`: the gateway and oidc-provider by turns on one PostgreSQL, and the ratios that count.

Usage: python -m bench.gateway [SECONDS]. One server process each, eight connections; figures are per CPU-second of the
server process, PostgreSQL's own CPU beside it.
"""

import json
import os
import re
import secrets
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import psycopg

from bench.bill_list.__main__ import command_of, free_port, postmaster_of, process
from bench.gateway import peer
from bench.gateway.flows import FORM, REDIRECT, Client, Key, Wire, measure_flows, play
from bench.load import Measured, family_of, measure
from services.actor import system
from services.database.embedded import find_place, urls_of
from services.database.roles import Role
from services.database.session import Opening
from services.demo.accounts import list_accounts
from services.demo.browser import Browser
from services.gateway.catalogue import build_catalogue
from services.gateway.clients import create_client
from services.runtime import open_database
from services.settings import CHECKOUT, load
from wsgi import MANIFESTS

CONNECTIONS = 8
ROUNDS = 3
DATABASE = "oidc_provider"
OURS = {
    "token": "/oauth/token", "par": "/oauth/par", "authorize": "/oauth/authorize", "introspect": "/oauth/introspect",
}  # fmt: skip
THEIRS = {"token": "/token", "par": "/request", "authorize": "/auth", "introspect": "/token/introspection"}
SCOPES = ["openid", "ebills:read", "ebills:import"]


# What is compared with what, and the aim where there is one.
RATIOS = (
    ("client_credentials, ES256 JWT", "gateway token", "provider token", 0.9),
    ("introspection", "gateway introspection", "provider introspection", 0.8),
    ("PAR + code + PKCE + DPoP / its plain code", "gateway PAR + DPoP", "provider plain code", 0.95),
    ("  the person asked each time", "gateway PAR + DPoP, asked", "provider plain code, asked", 0.95),
    ("  beside its own PAR + DPoP", "gateway PAR + DPoP", "provider PAR + DPoP", None),
    ("  FAPI client beside its PAR + DPoP", "gateway FAPI client", "provider PAR + DPoP", None),
    ("floor in Python beside its client_credentials", "floor token", "provider token", None),
    ("the gateway beside the floor in Python", "gateway token", "floor token", None),
)


@dataclass(frozen=True)
class Cell:
    """One thing that is measured: once prepared, it runs for so many seconds."""

    name: str
    run: Callable[[float], Measured]


def main(seconds: float = 4.0) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="citizen-bench") as folder:
        npm = Path(folder) / "npm"
        version = peer.install(npm)
        ours, theirs = free_port(), free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")},
            "CITIZEN_DATA_DIR": str(Path(folder) / "city"),
            "CITIZEN_BASE_URL": f"http://localhost:{ours}",
            "CITIZEN_WORKERS": "1",
            "CITIZEN_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(CHECKOUT),
            "NODE_ENV": "production",
        }
        print("Setting up the demo city ...", file=sys.stderr)
        demo = [sys.executable, "-c", "from wsgi import cli; cli()", "demo", "run"]
        with process(demo, environment, ours, "/readyz") as suite:
            urls = urls_of(find_place(Path(environment["CITIZEN_DATA_DIR"])))
            secret = secrets.token_hex(16)
            command = peer.command(npm, theirs, peers_database(urls.admin_url or ""), secret)
            more = {"BENCH_DATABASE_URL": urls.app_url}
            bare = free_port()
            with (
                process(command, environment, theirs, "/.well-known/nothing") as provider,
                process(floor_command(bare), {**environment, **more}, bare, "/nothing") as least,
            ):
                web = [pid for pid in family_of(suite) if "gunicorn" in command_of(pid)]
                postgres = postmaster_of(urls.app_url)
                cells = our_cells(ours, environment, web, postgres)
                cells += their_cells(theirs, secret, family_of(provider), postgres)
                cells += floor_cells(bare, ours, environment, family_of(least), postgres)
                report(by_turns(cells, seconds), version)


def by_turns(cells: list[Cell], seconds: float) -> dict[str, Measured]:
    """Each cell in each round, so that a noisy neighbour meets all alike; the median round counts."""
    found: dict[str, list[Measured]] = {cell.name: [] for cell in cells}
    for round_ in range(ROUNDS):
        for cell in cells:
            print(f"round {round_ + 1}: {cell.name}", file=sys.stderr)
            cell.run(0.5)
            found[cell.name].append(cell.run(seconds))
    return {name: sorted(of, key=lambda one: one.server_cpu)[ROUNDS // 2] for name, of in found.items()}


def our_cells(port: int, environment: dict[str, str], web: list[int], postgres: int) -> list[Cell]:
    """The gateway's."""
    machine, bound, fapi = our_clients(port, environment)
    people = [signed_in(port, account) for account in residents()]
    return [
        Cell("gateway token", single(machine, "token", web, postgres)),
        Cell("gateway introspection", single(machine, "introspect", web, postgres)),
        Cell("gateway PAR + DPoP", flows(bound, people, web, postgres, pushes=True)),
        Cell("gateway FAPI client", flows(fapi, people, web, postgres, pushes=True)),
        Cell(
            "gateway PAR + DPoP, asked",
            flows(asking(bound), people, web, postgres, pushes=True, decide=say_yes),
        ),
    ]


def their_cells(port: int, secret: str, servers: list[int], postgres: int) -> list[Cell]:
    """The peer's."""

    def client(client_id: str, *, key: Key | None = None) -> Client:
        return Client(port, client_id, secret, "openid api:read", THEIRS, key)

    people = [Wire(port) for _ in range(CONNECTIONS)]
    machine, plain, bound = client("machine"), client("plain"), client("bound", key=Key())
    machine.scope = "api:read"
    return [
        Cell("provider token", single(machine, "token", servers, postgres)),
        Cell("provider introspection", single(machine, "introspect", servers, postgres)),
        Cell("provider plain code", flows(plain, people, servers, postgres, pushes=False)),
        Cell("provider PAR + DPoP", flows(bound, people, servers, postgres, pushes=True)),
        Cell("provider plain code, asked", flows(asking(plain), people, servers, postgres, pushes=False)),
    ]


def floor_cells(
    port: int, ours: int, environment: dict[str, str], servers: list[int], postgres: int
) -> list[Cell]:
    """What Flask, gunicorn, psycopg and the signature cost by themselves."""
    machine = our_clients(ours, environment)[0]
    bare = Client(
        port, machine.client_id, machine.secret, machine.scope, {"token": "/token", "http": "/http"}
    )
    return [
        Cell("floor token", single(bare, "token", servers, postgres)),
        Cell("floor HTTP alone", single(bare, "http", servers, postgres)),
    ]


def floor_command(port: int) -> list[str]:
    """The same server as the gateway's."""
    return [
        sys.executable, "-m", "gunicorn", "bench.gateway.floor:app", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "30",
        "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip


def single(client: Client, endpoint: str, servers: list[int], postgres: int) -> Callable[[float], Measured]:
    """One kind of request, the same on each connection."""

    def run(seconds: float) -> Measured:
        form = {"grant_type": "client_credentials", "scope": client.scope}
        if endpoint == "introspect":
            form = {"token": machine_token(client)}
        headers, body = client.authenticated(form)
        request = (
            f"POST {client.paths[endpoint]} HTTP/1.1\r\nHost: localhost:{client.port}\r\n"
            f"Authorization: {headers['Authorization']}\r\nContent-Type: {FORM}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        address = ("127.0.0.1", client.port)
        requests = [request] * CONNECTIONS
        return measure(
            endpoint, address, requests, seconds=seconds, servers=servers, database=family_of(postgres)
        )

    return run


def flows(
    client: Client,
    people: list[Wire],
    servers: list[int],
    postgres: int,
    *,
    pushes: bool,
    decide: Callable[[Wire, bytes], tuple[str, str]] | None = None,
) -> Callable[[float], Measured]:
    """Whole flows; the first of each person, who may be asked, is played beforehand."""

    def run(seconds: float) -> Measured:
        for wire in people:
            wire.hang_up()
            play(client, wire, pushes=pushes, decide=decide or say_yes)
        steps = [lambda wire=wire: play(client, wire, pushes=pushes, decide=decide) for wire in people]
        return measure_flows("flow", steps, seconds=seconds, servers=servers, database=family_of(postgres))

    return run


def asking(client: Client) -> Client:
    """The same client, which wants the person to be asked each time."""
    return Client(**{**vars(client), "more": {"prompt": "consent"}})


def machine_token(client: Client) -> str:
    """A fresh token of the machine: of the peer an opaque one, as it keeps no others."""
    more = {"resource": "urn:bench:opaque"} if client.paths is THEIRS else {}
    pair = b64encode(f"{client.client_id}:{client.secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": client.scope, **more}
    url = f"http://localhost:{client.port}{client.paths['token']}"
    request = Request(url, urlencode(form).encode(), {"Authorization": f"Basic {pair}"})
    with urlopen(request) as answer:  # noqa: S310  # our own address
        token: str = json.load(answer)["access_token"]
    return token


def our_clients(port: int, environment: dict[str, str]) -> tuple[Client, Client, Client]:
    """A machine, a client with bound tokens, and one as FAPI 2.0 wants it."""
    fapi = {"require_pushed_authorization_requests": True, "dpop_bound_access_tokens": True}
    person = {"grants": ["authorization_code"], "redirect_uris": [REDIRECT], "scopes": SCOPES[:2], **fapi}
    key = Key()
    jwks = {"keys": [{**key.jwk, "kid": "k1", "use": "sig", "alg": "ES256"}]}
    machine = {"grants": ["client_credentials"], "scopes": SCOPES[2:]}
    found = []
    settings = load({name: value for name, value in environment.items() if name.startswith("CITIZEN_")})
    opening = Opening(role=Role.GATEWAY, service="gateway")
    with open_database(settings) as database, database.transaction(opening) as session:
        for given in (
            {**machine, "auth_method": "client_secret_basic"},
            {**person, "auth_method": "client_secret_basic"},
            {**person, "auth_method": "private_key_jwt", "jwks": jwks},
        ):
            made = create_client(
                session, system("bench"), catalogue=build_catalogue(MANIFESTS), name="压测应用", **given
            )
            scope = " ".join(given["scopes"])
            found.append(Client(port, made.client.client_id, made.secret or "", scope, OURS))
    found[1].key = found[2].key = Key()
    found[2].assertion_key = key
    return found[0], found[1], found[2]


def residents() -> list[dict[str, str]]:
    """As many residents as there are connections."""
    return [one for one in list_accounts() if one["role"] == "resident"][:CONNECTIONS]


def signed_in(port: int, account: dict[str, str]) -> Wire:
    """A browser in which this resident has signed in."""
    browser = Browser(f"http://localhost:{port}")
    page = browser.follow(browser.get("/"))
    typed = {"username": account["username"], "password": account["password"]}
    answer = browser.submit(page, typed, having="username")
    assert answer.status == 303, answer.text[:300]
    return Wire(port, dict(browser._cookies))  # noqa: SLF001  # the same person, now on a faster wire


def say_yes(wire: Wire, page: bytes) -> tuple[str, str]:
    """The consent page's form with its button pressed, as `browse` sends it."""
    del wire
    fields = {}
    html = page.decode()
    form = next(one for one in re.findall(r"<form\b.*?</form>", html, re.DOTALL) if 'name="decision"' in one)
    for tag in re.findall(r"<input\b[^>]*>", form):
        given = {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if given.get("type") not in {"checkbox", "radio"} or "checked" in tag:
            fields[given.get("name", "")] = given.get("value", "")
    return "/oauth/consent", urlencode({**fields, "decision": "allow"})


def peers_database(admin_url: str) -> str:
    """A database of the peer's own on the same server."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE}")
    return admin_url.replace("/citizen?", f"/{DATABASE}?")


def report(found: dict[str, Measured], version: str) -> None:
    """One row each, then the ratios."""
    print(f"\noidc-provider {version}")
    heads = ("per CPU-s", "per s", "p50 ms", "p99 ms", "CPU ms", "PostgreSQL")
    print(f"{'':<28}" + "".join(f"{head:>12}" for head in heads))
    for name, one in found.items():
        shown = (1000 / one.server_cpu, one.rate, one.p50, one.p99, one.server_cpu, one.database_cpu)
        print(
            f"{name:<28}"
            + "".join(f"{value:>12.2f}" if value < 100 else f"{value:>12.0f}" for value in shown)
        )
    print()
    for title, ours, theirs, aim in RATIOS:
        mine, other = found[ours], found[theirs]
        wanted = f"(aim {aim})" if aim else ""
        print(
            f"{title:<50}{other.server_cpu / mine.server_cpu:>6.2f} of it {wanted:<11}"
            f" p99 {mine.p99:.1f} ms beside {other.p99:.1f} ms"
        )


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
