"""The suite served over HTTP for outside clients, with people who can sign in and clients that are registered."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask

from services import clock
from services.actor import system
from services.database.transaction import Database
from services.gateway.clients import create_client
from tests.support.app import app_over
from tests.support.fapi2.jose import Key, new_key
from tests.support.fapi2.relying_party import RelyingParty
from tests.support.fapi2.visitor import Visitor
from tests.support.people import GATEWAY, Enrolled, enrol_resident
from tests.support.serving import Application, serving

REDIRECT = "https://client.example/callback"
# A second registered address with parameters of its own, which must come back with the answer.
REDIRECT_WITH_QUERY = "https://client.example/callback?dummy1=lorem&dummy2=ipsum"
SCOPE = "openid offline_access profile ebills:read"
FAPI = {"require_pushed_authorization_requests": True, "dpop_bound_access_tokens": True}


@dataclass
class City:
    """A running suite and what the tests put into it."""

    base_url: str
    application: Flask
    database: Database
    ahead: timedelta = timedelta()
    process: int = 0
    address: str = ""
    addresses: Iterator[int] = field(default_factory=count)

    def visitor(self, person: Enrolled | None = None, **how: Any) -> Visitor:
        """A fresh browser, with a resident in front of it who meets its clients for the first time."""
        return Visitor(self.base_url, person or enrol_resident(self.database), **how)

    def fapi_client(self, alg: str = "ES256", **given: Any) -> RelyingParty:
        """A client registered as FAPI 2.0 wants it."""
        return self.client(key=new_key(alg), **{**FAPI, **given})

    def client(self, *, key: Key | None = None, auth_method: str | None = None, **given: Any) -> RelyingParty:
        """Register a client, by key when it has one."""
        settled: dict[str, Any] = {
            "name": "安康药房",
            "auth_method": auth_method or ("private_key_jwt" if key else "client_secret_basic"),
            "grants": ["authorization_code", "refresh_token"],
            "scopes": SCOPE.split(),
            "redirect_uris": [REDIRECT, REDIRECT_WITH_QUERY],
            "jwks": {"keys": [key.public_jwk]} if key else None,
        } | given
        catalogue = self.application.extensions["citizen_catalogue"]
        with self.database.transaction(GATEWAY) as session:
            made = create_client(session, system("test"), catalogue=catalogue, **settled)
        is_fapi = settled.get("dpop_bound_access_tokens", False)
        return RelyingParty(
            base_url=self.base_url,
            client_id=made.client.client_id,
            redirect_uri=settled["redirect_uris"][0] if settled["redirect_uris"] else "",
            scope=" ".join(settled["scopes"]),
            key=key,
            secret=made.secret,
            uses_par=is_fapi,
            dpop=new_key(kid="dpop") if is_fapi else None,
            clock=lambda: time.time() + self.ahead.total_seconds(),
        )

    @contextmanager
    def later(self, by: timedelta) -> Iterator[None]:
        """Let the server's clock and its clients' run ahead, instead of waiting.

        Whoever comes from the future comes from an address of its own: a rate limit that has run ahead with the
        clock would stop the present.
        """
        self.ahead = by
        self.address = f"198.51.100.{next(self.addresses) % 250 + 1}"
        try:
            yield
        finally:
            self.ahead = timedelta()

    def wsgi(self, environ: Any, start_response: Any) -> Any:
        """The application, with its clock where the test wants it."""
        if not self.ahead:
            return self.application(environ, start_response)
        environ["REMOTE_ADDR"] = self.address
        with clock.held(clock.now() + self.ahead):
            return self.application(environ, start_response)


@contextmanager
def open_city(database: Database, **settings: str) -> Iterator[City]:
    """Serve the whole suite over a database that really commits."""
    made: list[City] = []

    def city_at(base_url: str) -> Application:
        made.append(City(base_url, app_over(database, CITIZEN_BASE_URL=base_url, **settings), database))
        return made[0].wsgi

    with serving(city_at, keeps_connections=True):
        yield made[0]
