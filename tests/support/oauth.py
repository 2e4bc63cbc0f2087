"""Plays the outside of the authorization server: people with page sessions, clients, and the whole flow."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jws
from sqlalchemy import insert
from werkzeug.test import TestResponse

from services import clock, ids, vault
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.gateway import models
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.clients import Client, create_client
from services.gateway.oauth.pkce import challenge_of
from services.gateway.people import acr
from services.gateway.people.session_cookie import PageSession, cookie_name, seal_session

VERIFIER = "v" * 64
REDIRECT = "https://client.example/callback"
LOGGED_OUT = "https://client.example/bye"
GATEWAY = Opening(role=Role.GATEWAY, service="gateway")


@dataclass(frozen=True)
class Person:
    """A signed-in account, and the children it is the guardian of."""

    account: UUID
    session: UUID
    kind: str
    roles: tuple[str, ...]
    auth_time: datetime
    children: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class App:
    """A registered client with its secret, if it has one."""

    client: Client
    secret: str | None

    @property
    def basic(self) -> tuple[str, str] | None:
        return (self.client.client_id, self.secret) if self.secret else None


@dataclass
class Door:
    """The gateway as a browser and a client's back end see it."""

    application: Flask
    http: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.application.test_client()

    @property
    def database(self) -> Database:
        return self.application.extensions["citizen_database"]

    @property
    def catalogue(self) -> ScopeCatalogue:
        return self.application.extensions["citizen_catalogue"]

    @property
    def issuer(self) -> str:
        return self.application.extensions["citizen_settings"].base_url

    def scopes_for(self, holder: str, *, never: str | None = None) -> list[str]:
        """Service scopes that this kind of account may hold, and that `never` may not."""
        return [
            name
            for name in sorted(self.catalogue.services)
            if self.catalogue.allowed(name, holder) and not (never and self.catalogue.allowed(name, never))
        ]

    def add_person(
        self, *, kind: str = "resident", roles: tuple[str, ...] = (), unit: str = "", children: int = 0
    ) -> Person:
        with self.database.transaction(GATEWAY) as session:
            account = _add_subject(session, kind)
            if kind == "staff":
                _add_staff(session, account, roles, unit)
            young = tuple(_add_subject(session, "resident") for _ in range(children))
            for child in young:
                relation = {
                    "subject_id": account,
                    "id": ids.new_id(),
                    "for_subject_id": child,
                    "relation": "guardian",
                    "starts_at": session.at,
                }
                session.execute(insert(models.relations), relation)
            session.execute(
                insert(models.accounts),
                {"subject_id": account, "kind": kind, "password_hash": "-", "created_at": session.at},
            )
            page = _add_session(session, account)
        return Person(account, page, kind, roles, clock.now(), young)

    def add_client(self, **given: Any) -> App:
        settled: dict[str, Any] = {
            "name": "安康药房",
            "name_en": "Ankang Pharmacy",
            "auth_method": "none",
            "grants": ["authorization_code", "refresh_token"],
            "scopes": ["openid", "offline_access", "profile", *self.scopes_for("resident")],
            "redirect_uris": [REDIRECT],
            "post_logout_redirect_uris": [LOGGED_OUT],
        } | given
        with self.database.transaction(GATEWAY) as session:
            made = create_client(session, system("test"), catalogue=self.catalogue, **settled)
        return App(made.client, made.secret)

    def sign_in(self, person: Person, *, unit: str | None = None) -> None:
        page = PageSession(
            account=person.account,
            session=person.session,
            kind=person.kind,
            roles=person.roles,
            unit=unit,
            acr=acr.PASSWORD,
            auth_time=person.auth_time,
        )
        settings = self.application.extensions["citizen_settings"]
        self.http.set_cookie(cookie_name(settings), seal_session(self.database.keys, page))

    def sign_in_again(self, person: Person) -> Person:
        with self.database.transaction(GATEWAY) as session:
            page = _add_session(session, person.account)
        again = Person(person.account, page, person.kind, person.roles, clock.now(), person.children)
        self.sign_in(again)
        return again

    def authorize(self, app: App, **given: Any) -> TestResponse:
        parameters: dict[str, Any] = {
            "response_type": "code",
            "client_id": app.client.client_id,
            "redirect_uri": app.client.redirect_uris[0],
            "scope": "openid",
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        } | given
        return self.http.get(
            "/oauth/authorize", query_string={k: v for k, v in parameters.items() if v is not None}
        )

    def decide(self, page: TestResponse, decision: str = "allow", **given: Any) -> TestResponse:
        assert page.status_code == 200, page.text
        form: dict[str, Any] = {**hidden_fields(page.text), "decision": decision} | given
        return self.http.post("/oauth/consent", data=form)

    def code(self, app: App, person: Person, **given: Any) -> str:
        self.sign_in(person)
        answer = self.authorize(app, **given)
        if answer.status_code == 200:
            answer = self.decide(answer)
        return answer_of(answer)["code"]

    def token(self, app: App, *, headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
        body = (
            form if app.secret or "client_assertion" in form else {"client_id": app.client.client_id} | form
        )
        return self.http.post("/oauth/token", data=body, auth=app.basic, headers=headers)

    def redeem(self, app: App, code: str, **given: Any) -> TestResponse:
        form: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.client.redirect_uris[0],
            "code_verifier": VERIFIER,
        } | given
        return self.token(app, **form)

    def tokens(self, app: App, person: Person, **given: Any) -> dict[str, Any]:
        answer = self.redeem(app, self.code(app, person, **given))
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def refresh(self, app: App, refresh_token: str, **given: Any) -> TestResponse:
        return self.token(app, grant_type="refresh_token", refresh_token=refresh_token, **given)

    def userinfo(self, access_token: str) -> TestResponse:
        return self.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {access_token}"})


def answer_of(response: TestResponse, *, at: str = REDIRECT) -> dict[str, str]:
    """The parameters of a redirect to the client."""
    assert response.status_code == 303, response.text
    assert response.location.split("?")[0] == at
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


def claims_of(token: str) -> Any:
    """What a token says, whoever signed it."""
    return json.loads(jws.extract_compact(token.encode()).payload)


def error_of(answer: TestResponse) -> str:
    """The error of an answer that refuses."""
    assert answer.status_code == 400, answer.text
    return str(answer.get_json()["error"])


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of a page's form, whatever the order of their attributes."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        attributes = {
            name: unescape(value.strip("\"'"))
            for name, value in re.findall(r"([a-z-]+)=(\"[^\"]*\"|'[^']*'|[^\s>]+)", tag)
        }
        if attributes.get("type") == "hidden":
            found[attributes["name"]] = attributes.get("value", "")
    return found


def _add_subject(session: Session, kind: str) -> UUID:
    subject = ids.new_id()
    session.execute(insert(models.subjects), {"id": subject, "kind": kind, "created_at": session.at})
    vault.create_data_key(session, subject, kind)
    session.raw("SELECT gateway.reach(%s)", (subject,))
    if kind == "resident":
        columns = models.residents.c
        sealed = {
            column.name: vault.seal(session, column, subject, subject, text)
            for column, text in (
                (columns.name_sealed, f"测试{subject.hex[-4:]}"),
                (columns.id_number_sealed, "11010519491231002X"),
                (columns.born_on_sealed, "1949-12-31"),
            )
        }
        row = {"subject_id": subject, "created_at": session.at} | sealed
        session.execute(insert(models.residents), row)
    return subject


def _add_staff(session: Session, account: UUID, roles: tuple[str, ...], unit: str) -> None:
    name = vault.seal(session, models.staff.c.name_sealed, account, account, "王敏")
    row = {
        "subject_id": account,
        "name_sealed": name,
        "unit": unit,
        "roles": list(roles),
        "created_at": session.at,
    }
    session.execute(insert(models.staff), row)


def _add_session(session: Session, account: UUID) -> UUID:
    page = ids.new_id()
    at = clock.now()
    row = {
        "subject_id": account,
        "id": page,
        "acr": acr.PASSWORD,
        "auth_time": at,
        "started_at": at,
        "expires_at": at + timedelta(days=365),
    }
    session.execute(insert(models.sessions), row)
    return page
