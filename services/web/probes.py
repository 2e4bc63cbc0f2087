"""Health for machines: `/livez` says the process runs, `/readyz` that it can do its work."""

import threading
import time

from flask import Response

from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.web.blueprints import ApiBlueprint
from services.web.current import current_database
from services.web.declare import public
from services.web.json_writer import json_response

CACHED_SECONDS = 1.0

blueprint = ApiBlueprint("probes", __name__, service="web", description="Health")


class _Readiness:
    """The last answer, kept for a second so that probes never load a sick database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = 0.0
        self._is_ready = False

    def ask(self, database: Database) -> bool:
        with self._lock:
            if time.monotonic() - self._asked_at > CACHED_SECONDS:
                self._is_ready = _answers(database)
                self._asked_at = time.monotonic()
            return self._is_ready


_readiness = _Readiness()


def _answers(database: Database) -> bool:
    try:
        with database.transaction(Opening(role=Role.RESIDENT)) as session:
            return session.raw("SELECT 1").fetchone() == (1,)
    except Exception:  # noqa: BLE001  # whatever keeps the database from answering, the answer is no
        return False


@blueprint.route("/livez")
@public("a balancer asks whether the process runs")
def livez() -> Response:
    """Whether the process runs."""
    return json_response({"live": True})


@blueprint.route("/readyz")
@public("a balancer asks whether to send traffic here")
def readyz() -> Response:
    """Whether this process can serve."""
    if _readiness.ask(current_database()):
        return json_response({"ready": True})
    response = json_response({"ready": False}, 503)
    response.headers["Retry-After"] = "2"
    return response
