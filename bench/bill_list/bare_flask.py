"""The peer: the same endpoint as one short Flask file over psycopg, doing the same work and nothing else.

Token (ES256, remembered), row-level security with the check that the grant lives, 12 rows, two unsealed fields a
row, the read's audit row, commit. No schemas, no limits, no problem answers, no metrics.
"""

import hashlib
import os
import threading
import time
import uuid

import orjson
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Response, request
from joserfc import jwt
from joserfc.jwk import KeySet

from bench.bill_list.statement import LIST
from services.settings import load
from services.vault.keys import load_keys

NAMES = (
    "id", "account_id", "biller", "number", "period_from", "period_to", "issued_on", "due_on", "usage", "unit",
    "amount_minor", "currency", "state", "paid_minor", "paid_on",
)  # fmt: skip
OPEN = "SELECT alive, owners, keys FROM gateway.open_request(%s, 'ebills', %s, %s, 'grant', %s, %s, now())"
AUDIT = (
    "INSERT INTO audit.events (id, at, event, actor, account_id, client, subject_id, purpose, request_id, details, "
    "leaf) "
    "VALUES (%s, now(), 'ebills.bills.read', %s, %s, %s, %s, NULL, NULL, %s, %s)"
)
app = Flask(__name__)
keys = load_keys(load())
local = threading.local()
verified: dict[bytes, tuple[float, dict]] = {}
key_set = KeySet.import_key_set(orjson.loads(os.environ["BENCH_JWKS"]))


def connection() -> psycopg.Connection:
    """One connection per thread, as a pool would settle."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["BENCH_DATABASE_URL"], autocommit=True)
    return local.connection


def claims_of(token: str) -> dict:
    """The claims, verified once and then remembered."""
    digest = hashlib.sha256(token.encode()).digest()
    found = verified.get(digest)
    if found is None or found[0] < time.time():
        claims = jwt.decode(token, key_set, algorithms=["ES256"]).claims
        inner = orjson.loads(keys.open_reference("access-token", claims["ref"]) or b"")
        found = verified[digest] = (claims["exp"], {**claims, **inner})
    return found[1]


@app.get("/ebills/v1/bills")
def list_bills() -> Response:
    """The list."""
    claims = claims_of(request.headers["Authorization"].removeprefix("Bearer "))
    subject = uuid.UUID(claims["s"])
    driver = connection()
    with driver.pipeline():
        driver.execute("BEGIN")
        opened = driver.execute(
            OPEN, ("citizen_app", subject, [subject], uuid.UUID(claims["g"]), uuid.UUID(claims["j"]))
        )
    alive, _, data_keys = opened.fetchone()
    if not alive:
        driver.execute("ROLLBACK")
        return Response(status=401)
    cipher = AESGCM(keys.unwrap(subject, data_keys[0]))
    rows = driver.execute(LIST, (subject,)).fetchall()[:12]
    items = []
    for row in rows:
        item = dict(zip(NAMES, row, strict=False))
        for name, sealed in (("account_number", row[15]), ("service_address", row[16])):
            context = b"ebills.bills.%s_sealed|1|" % name.encode() + subject.bytes + row[0].bytes
            item[name] = cipher.decrypt(sealed[18:30], sealed[30:], context).decode()
        items.append(item)
    event = uuid.uuid7() if hasattr(uuid, "uuid7") else uuid.uuid4()
    leaf = orjson.dumps({"id": event, "event": "ebills.bills.read", "account": subject})
    with driver.pipeline():
        driver.execute(
            AUDIT, (event, "resident", subject, claims["client_id"], subject, '{"count": 12}', leaf)
        )
        driver.execute("COMMIT")
    return Response(orjson.dumps({"items": items, "next_cursor": None}), mimetype="application/json")
