"""The demo city served for a browser, and the browsers of the people in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import update

from hotline.actions import create_channel_key
from hotline.rules.channels import Channel
from services.actor import system
from services.clock import now
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.demo.accounts import list_accounts
from services.demo.tour import SCOPES
from services.gateway.catalogue import build_catalogue
from services.gateway.clients import create_client
from services.gateway.models import recoveries
from services.gateway.people import acr
from services.gateway.people.session_cookie import NAME, PURPOSE, PageSession, seal_session
from tests.support.app import app_over
from tests.support.health import tell
from tests.support.people import GATEWAY, PASSWORD, Enrolled, enrol_resident, new_phone
from tests.support.webhooks import Sender
from wsgi import MANIFESTS

SURELY = "surely "


def account_of(who: str) -> dict[str, Any]:
    """The first account of a role, or of a role in one unit: `officer of CARD`; or somebody's: `account <id>`."""
    if who.startswith("account "):
        return next(one for one in list_accounts() if one["subject_id"] == who.removeprefix("account "))
    role, _, unit = who.partition(" of ")
    return next(one for one in list_accounts() if one["role"] == role and unit in {"", one.get("unit")})


@dataclass
class City:
    """Where the city is served, its database, and the signed-in states of browsers, made once each."""

    url: str
    database: Database
    chromium: Browser
    states: dict[str, Any] = field(default_factory=dict)
    _played: int = 0

    def new_phone(self) -> str:
        """A phone that nobody has."""
        return new_phone()

    def next_resident(self) -> dict[str, Any]:
        """A resident of the city whom nobody else plays; every call names the next one."""
        self._played += 1
        return [one for one in list_accounts() if one["role"] == "resident" and one["phone"]][-self._played]

    @cached_property
    def client_id(self) -> str:
        """An app that asks residents for their consent, and that staff open on a patient's file."""
        with self.database.transaction(GATEWAY) as session:
            made = create_client(
                session,
                system("test"),
                catalogue=build_catalogue(MANIFESTS),
                name="安康药房",
                name_en="Ankang Pharmacy",
                auth_method="none",
                grants=["authorization_code", "refresh_token"],
                scopes=[*SCOPES, "launch", "fhirUser"],
                redirect_uris=[f"{self.url}/help"],
                post_logout_redirect_uris=[],
                initiate_login_uri=f"{self.url}/help",
            )
        return made.client.client_id

    def let_recoveries_be_ready(self) -> None:
        """As if everybody who asked for the way back had waited."""
        with self.database.transaction(GATEWAY) as session:
            session.execute(update(recoveries).values(ready_at=now() - timedelta(seconds=1)))

    def ring(self) -> None:
        """A call comes in from the telephone system."""
        with self.database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
            made = create_channel_key(session, system("test"), channel=Channel.CALLS, title="PBX")
        client = app_over(self.database, CITIZEN_BASE_URL=self.url).test_client()
        Sender(client, made.key).call("call.started", f"call-{made.key[-6:]}", caller=new_phone())

    @contextmanager
    def browser_of(self, who: str, **options: Any) -> Iterator[BrowserContext]:
        """A browser in which somebody is signed in; `surely …` has just shown a passkey, `everybody` is nobody,
        `newcomer` is somebody new each time."""
        context = self.chromium.new_context(storage_state=self._state_of(who), **options)
        try:
            yield context
        finally:
            context.close()

    def show(self, context: BrowserContext, **chosen: str) -> None:
        """Choose language and looks, as `/display` would."""
        value = "&".join(f"{name}={wanted}" for name, wanted in chosen.items())
        context.add_cookies([{"name": "citizen_display", "value": value, "url": self.url}])

    def _state_of(self, who: str) -> Any:
        if who in {"everybody", "applicant"}:
            return self.states.get(who)
        if who.endswith("newcomer"):
            return self._surely(self._enrol())
        if who not in self.states:
            self.states[who] = self._sign_in(who.removeprefix(SURELY))
        return self._surely(self.states[who]) if who.startswith(SURELY) else self.states[who]

    def _sign_in(self, who: str) -> Any:
        return self._enter(account_of(who))

    def _enrol(self) -> Any:
        """Somebody new, whose file holds nothing yet that a law keeps."""
        person: Enrolled = enrol_resident(self.database)
        tell(self.database, person)
        return self._enter({"username": person.username, "password": PASSWORD, "totp_secret": None})

    def _enter(self, account: dict[str, Any]) -> Any:
        context = self.chromium.new_context()
        page: Page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.fill("[name=username]", account["username"])
        page.fill("[name=password]", account["password"])
        page.click("form[action='/sign-in'] button")
        if account["totp_secret"]:
            page.fill("[name=otp]", pyotp.TOTP(account["totp_secret"]).now())
            page.click("form[action='/sign-in/otp'] button")
        page.wait_for_url(lambda url: "sign-in" not in url)
        state = context.storage_state()
        context.close()
        return state

    def _surely(self, state: Any) -> Any:
        """The same session, as if its owner had shown a passkey this minute."""
        return {**state, "cookies": [self._sure_cookie(one) for one in state["cookies"]]}

    def _sure_cookie(self, cookie: dict[str, Any]) -> dict[str, Any]:
        if cookie["name"] != NAME:
            return cookie
        keys = self.database.keys
        opened = _open(json.loads(keys.open_reference(PURPOSE, cookie["value"]) or b"[]"))
        sure = replace(opened, acr=acr.PHISHING_RESISTANT, auth_time=now(), amr=())
        return cookie | {"value": seal_session(keys, sure)}


def _open(content: list[Any]) -> PageSession:
    account, session, kind, roles, unit, level, auth_time, *methods = content
    return PageSession(
        account=UUID(account),
        session=UUID(session),
        kind=kind,
        roles=tuple(roles),
        unit=unit,
        acr=level,
        auth_time=datetime.fromtimestamp(auth_time, UTC),
        amr=tuple(methods[0]) if methods else (),
    )
