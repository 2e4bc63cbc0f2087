"""The floor: bare Flask over psycopg that keeps a ticket, lists 25 and claims the next, and does nothing else.

Three inserts a ticket (ticket, event, outbox) in one transaction. No sign-in, no sealing, no row-level security, no
validation, no clocks, no audit, no search: what a Python server costs that only writes and reads.
"""

import os
import sys
import threading
import uuid

import orjson
import psycopg
from flask import Flask, Response, request

TABLES = """
    CREATE SCHEMA IF NOT EXISTS bench;
    DROP TABLE IF EXISTS bench.tickets, bench.events, bench.outbox;
    CREATE TABLE bench.tickets (id uuid PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY, category text,
        district text, place text, text text, state text, holder text, created_at timestamptz DEFAULT now());
    CREATE INDEX ON bench.tickets (created_at) WHERE state = 'received';
    CREATE INDEX ON bench.tickets (created_at DESC, id DESC);
    CREATE TABLE bench.events (ticket_id uuid, sequence int, action text, at timestamptz DEFAULT now(),
        PRIMARY KEY (ticket_id, sequence));
    CREATE TABLE bench.outbox (id uuid PRIMARY KEY, kind text, content jsonb);
    INSERT INTO bench.tickets (id, category, district, place, text, state)
        SELECT gen_random_uuid(), 'road', 'x', 'x', 'x', 'received' FROM generate_series(1, 50000);
    ANALYZE bench.tickets;
    GRANT USAGE ON SCHEMA bench TO citizen_app;
    GRANT ALL ON ALL TABLES IN SCHEMA bench TO citizen_app;
"""
ADD = (
    "INSERT INTO bench.tickets (id, category, district, place, text, state) "
    "VALUES (%s, %s, %s, %s, %s, 'received') RETURNING number"
)
EVENT = "INSERT INTO bench.events (ticket_id, sequence, action) VALUES (%s, %s, %s)"
OUTBOX = "INSERT INTO bench.outbox (id, kind, content) VALUES (%s, 'created', %s)"
LIST = (
    "SELECT id, number, category, district, place, text, state, holder, created_at FROM bench.tickets "
    "ORDER BY created_at DESC, id DESC LIMIT 25"
)
CLAIM = (
    "UPDATE bench.tickets SET state = 'triage', holder = %s WHERE id = (SELECT id FROM bench.tickets "
    "WHERE state = 'received' ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, number, text"
)
app = Flask(__name__)
local = threading.local()


def connection() -> psycopg.Connection:
    """One connection per thread, as a pool would settle."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["BENCH_DATABASE_URL"], autocommit=True)
    return local.connection


@app.post("/tickets")
def create_ticket() -> Response:
    """Keep a ticket."""
    told, ticket = request.get_json(), uuid.uuid4()
    driver = connection()
    with driver.transaction():
        given = (ticket, told["category"], told["district"], told["place"], told["text"])
        number = driver.execute(ADD, given).fetchone()
        driver.execute(EVENT, (ticket, 1, "submit"))
        driver.execute(OUTBOX, (uuid.uuid4(), "{}"))
    return Response(
        orjson.dumps({"id": str(ticket), "number": number}), status=201, mimetype="application/json"
    )


@app.get("/tickets")
def list_tickets() -> Response:
    """The newest 25."""
    with connection().transaction():
        rows = connection().execute(LIST).fetchall()
    return Response(orjson.dumps(rows), mimetype="application/json")


@app.post("/claim")
def claim_next() -> Response:
    """The one that has waited longest."""
    with connection().transaction():
        row = connection().execute(CLAIM, (request.headers["X-Operator"],)).fetchone()
        if row is not None:
            connection().execute(EVENT, (row[0], 2, "claim"))
    return Response(orjson.dumps(row), status=200 if row else 404, mimetype="application/json")


def command(port: int) -> list[str]:
    """The same server as ours."""
    return [
        sys.executable, "-m", "gunicorn", "bench.hotline.floor:app", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "30",
        "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
