"""The public keys of a client: registered with it, or published at its `jwks_uri`.

Published keys are kept in the database for all workers. They are fetched when none are there, when they have
grown old, and when a signature names one that is not among them; never more often than every half minute,
whatever anybody sends. When the address does not answer, the keys that were there serve for a day.

Standard: RFC 7591 section 2 (`jwks`, `jwks_uri`), OpenID Connect Core section 10.1.1 (rotation by `kid`).
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import Key, KeySet
from sqlalchemy import Row

from services import clock
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.gateway.client_rules import sound_keys
from services.gateway.clients import Client
from services.gateway.store import client_keys as store
from services.settings import Settings
from services.web.outbound import LONGEST_SECONDS, OutboundFailed, OutboundRefused, fetch_json

OPENING = Opening(role=Role.GATEWAY, service="gateway")
FRESH = timedelta(minutes=10)
STALE_IF_ERROR = timedelta(hours=24)
BETWEEN_FETCHES = timedelta(seconds=30)
LONGEST_FETCH = timedelta(seconds=LONGEST_SECONDS + 1)
LONGEST_WAIT_SECONDS = 3.0
PAUSE_SECONDS = 0.05


class KeysWanted(Exception):
    """A client's published keys have to be fetched before its request can be answered.

    Nothing outside is called inside a transaction, so this ends it; `services.app` has the keys fetched and
    answers the request once more from its beginning.
    """

    def __init__(self, client_id: str, jwks_uri: str) -> None:
        super().__init__(client_id)
        self.client_id = client_id
        self.jwks_uri = jwks_uri


def keys_named(session: Session, client: Client, kid: object) -> list[Key]:
    """The client's keys that a signature with this `kid` may be by: those of the name, or the only one.

    Raises: KeysWanted.
    """
    if kid is None:
        keys = _keys_of(session, client, lambda _: True)
        return keys if len(keys) == 1 else []
    return keys_that(session, client, lambda key: key.kid == kid)


def keys_that(session: Session, client: Client, is_wanted: Callable[[Key], bool]) -> list[Key]:
    """The client's keys of which this is true; where none is, the address where it publishes them is asked.

    Raises: KeysWanted.
    """
    return [key for key in _keys_of(session, client, is_wanted) if is_wanted(key)]


def _keys_of(session: Session, client: Client, is_wanted: Callable[[Key], bool]) -> list[Key]:
    if client.jwks_uri is None:
        return _imported(client.jwks)
    row = store.find_client_keys(session, client.client_id, client.jwks_uri)
    keys = _imported(row.jwks) if row is not None and _is_usable(row, session.at) else []
    is_known = any(map(is_wanted, keys))
    if row is None or _is_due(row, session.at, is_known=is_known):
        raise KeysWanted(client.client_id, client.jwks_uri)
    return keys


def _imported(jwks: Any) -> list[Key]:
    return KeySet.import_key_set(jwks).keys if jwks and jwks["keys"] else []


def _is_usable(row: Row[Any], at: datetime) -> bool:
    return row.fetched_at is not None and at - row.fetched_at < STALE_IF_ERROR


def _is_due(row: Row[Any], at: datetime, *, is_known: bool) -> bool:
    """Whether to ask again, or to wait for the answer that somebody is asking for now."""
    if is_known and at - row.fetched_at < FRESH:
        return False
    asked_ago = at - row.asked_at
    is_under_way = row.answered_at is None or row.answered_at < row.asked_at
    if is_under_way and asked_ago < LONGEST_FETCH:
        return not is_known
    return bool(asked_ago >= BETWEEN_FETCHES)


def fetch_keys(database: Database, settings: Settings, wanted: KeysWanted) -> None:
    """Fetch a client's keys, or wait for whoever is fetching them now.

    Effects: one GET by one caller of all processes; its answer is kept for all.
    """
    with database.transaction(OPENING) as session:
        before = session.at - BETWEEN_FETCHES
        is_ours = store.claim_fetch(session, wanted.client_id, wanted.jwks_uri, before)
    if not is_ours:
        _wait_for_answer(database, wanted)
        return
    try:
        found = sound_keys(fetch_json(settings, wanted.jwks_uri))
    except (OutboundFailed, OutboundRefused):
        found = None
    with database.transaction(OPENING) as session:
        store.keep_answer(session, wanted.client_id, wanted.jwks_uri, found)


def _wait_for_answer(database: Database, wanted: KeysWanted) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < deadline:
        with database.transaction(OPENING) as session:
            row = store.find_client_keys(session, wanted.client_id, wanted.jwks_uri)
        is_answered = row is not None and row.answered_at is not None and row.answered_at >= row.asked_at
        if row is None or is_answered or clock.now() - row.asked_at > LONGEST_FETCH:
            return
        time.sleep(PAUSE_SECONDS)
