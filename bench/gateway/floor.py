"""The floor: what Flask on gunicorn costs that answers a token request and checks next to nothing.

`POST /http` is HTTP alone; `POST /token` looks the client up by one prepared statement, compares its secret and signs
an ES256 JWT. No transaction, no scopes, no audit row, no limits, no problem answers.
"""

import hashlib
import hmac
import os
import threading
import time
import uuid

import orjson
import psycopg
from flask import Flask, Response, request
from joserfc import jwt
from joserfc.jwk import ECKey

FIND = "SELECT secret_digest FROM gateway.clients WHERE client_id = %s AND disabled_at IS NULL"
app = Flask(__name__)
key = ECKey.generate_key("P-256")
local = threading.local()


def connection() -> psycopg.Connection:
    """One connection per thread, in the role that may read clients."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["BENCH_DATABASE_URL"], autocommit=True)
        local.connection.execute("SET ROLE citizen_gateway")
    return local.connection


@app.post("/http")
def answer_nothing() -> Response:
    """HTTP alone."""
    assert request.form["grant_type"]
    return Response(b'{"token_type":"Bearer"}', mimetype="application/json")


@app.post("/token")
def issue_token() -> Response:
    """The least that a token endpoint can do."""
    given = request.authorization
    assert given is not None
    row = connection().execute(FIND, (given.username,)).fetchone()
    digest = hashlib.sha256((given.password or "").encode()).digest()
    if row is None or not hmac.compare_digest(digest, row[0]):
        return Response(status=401)
    now = int(time.time())
    claims = {
        "iss": "http://localhost", "sub": given.username, "aud": ["http://localhost/ebills"], "iat": now,
        "client_id": given.username, "scope": request.form["scope"], "jti": str(uuid.uuid4()), "exp": now + 300,
    }  # fmt: skip
    token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "k"}, claims, key, algorithms=["ES256"])
    body = {"access_token": token, "token_type": "Bearer", "expires_in": 300}
    return Response(orjson.dumps(body), mimetype="application/json")
