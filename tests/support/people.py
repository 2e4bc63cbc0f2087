"""People of the tests: enrolled through the same actions as everybody, signing in through a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from itertools import count
from typing import Any
from uuid import UUID

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from services import clock, ids
from services.actor import Relation, system
from services.app import create_app
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.gateway.people import passwords, totp
from services.gateway.people.enrolment import create_resident, create_staff
from services.gateway.people.id_number import check_character
from services.gateway.people.relations import create_relation
from services.settings import load

GATEWAY = Opening(role=Role.GATEWAY, service="gateway")
PASSWORD = "correct horse"
# What must never be seen outside of the fields it was typed into or sealed in.
PRIVATE = (PASSWORD, "wrong password", "测试甲", "测试乙")
# Argon2id at its cheapest, so that a test that signs in ten times does not wait for ten hashes.
CHEAP = passwords.Parameters(memory_kib=8, passes=1, longest_wait=10)


@dataclass(frozen=True)
class Enrolled:
    """Somebody who can sign in."""

    account: UUID
    username: str
    secret: str | None = None


def gateway_over(
    database: Database, *, policy: str = "demo", base_url: str = "http://localhost:8000"
) -> Flask:
    """The gateway alone, without any service, over a test's database and with a throttling policy."""
    given = {
        "CITIZEN_MODE": "demo",
        "CITIZEN_DATABASE_URL": "postgresql://unused",
        "CITIZEN_THROTTLE_POLICY": policy,
        "CITIZEN_BASE_URL": base_url,
    }
    return create_app(load(given), (), database)


# One counter for both numbers: drawn at random, two of a test would be the same once in a hundred runs.
_drawn = count(int.from_bytes(ids.random_bytes(4)))


def new_id_number(born_on: date = date(1980, 5, 17)) -> str:
    """A sound number that no other person of this process has."""
    district, serial = divmod(next(_drawn) % (899 * 999), 999)
    body = f"310{101 + district}{born_on:%Y%m%d}{serial + 1:03d}"
    return body + check_character(body)


def new_phone() -> str:
    """Eleven digits of a mobile number that no other person of this process has."""
    return f"139{next(_drawn) % 100_000_000:08d}"


def enrol_resident(
    database: Database, *, password: str | None = PASSWORD, born_on: date = date(1980, 5, 17), **given: Any
) -> Enrolled:
    number = new_id_number(born_on)
    with database.transaction(GATEWAY) as session:
        account = create_resident(
            session, system("test"), name="测试甲", id_number=number, password=password, **given
        )
    return Enrolled(account, number)


def enrol_staff(
    database: Database, *, roles: tuple[str, ...] = ("operator",), unit: str = "HOTLINE"
) -> Enrolled:
    username = f"staff{ids.random_bytes(5).hex()}"
    secret = totp.new_secret()
    with database.transaction(GATEWAY) as session:
        account = create_staff(
            session,
            system("test"),
            name="测试乙",
            username=username,
            password=PASSWORD,
            totp_secret=secret,
            roles=roles,
            unit=unit,
        )
    return Enrolled(account, username, secret)


def born_to_turn(years: int, *, in_days: int) -> date:
    """The birth date of somebody who turns so old in so many days: a day more where that is 29 February."""
    birthday = clock.today() + timedelta(days=in_days)
    if (birthday.month, birthday.day) == (2, 29):
        birthday += timedelta(days=1)
    return birthday.replace(year=birthday.year - years)


def enrol_child(database: Database, guardian: Enrolled) -> UUID:
    """A child of ten, whose guardian may act for it."""
    today = clock.today()
    child = enrol_resident(database, password=None, born_on=date(today.year - 10, 1, 1))
    with database.transaction(GATEWAY) as session:
        create_relation(
            session,
            system("test"),
            account=guardian.account,
            for_subject=child.account,
            relation=Relation.GUARDIAN,
        )
    return child.account


def code_of(person: Enrolled, *, steps: int = 0) -> str:
    """What the person's authenticator shows, now or some half minutes away."""
    return pyotp.TOTP(person.secret or "").at(clock.now(), counter_offset=steps)


@contextmanager
def cheap_passwords() -> Iterator[None]:
    with passwords.held(CHEAP):
        yield


class Browser:
    """Fills in forms as a person without JavaScript does: every field of the form, then the button."""

    def __init__(self, application: Flask, *, address: str = "192.0.2.1", language: str = "zh-CN") -> None:
        self.http = application.test_client()
        self._base_url = application.extensions["citizen_settings"].base_url
        self._environ = {"REMOTE_ADDR": address}
        self._headers = {"Accept-Language": language}

    def get(self, url: str) -> TestResponse:
        return self.http.get(url, base_url=self._base_url, environ_base=self._environ, headers=self._headers)

    def submit(self, page: TestResponse, action: str, **typed: str) -> TestResponse:
        """Send the form of a page that goes to this address."""
        form = next(form for form in forms_of(page.text) if form["action"] == action)
        return self.post(action, **{**form["fields"], **typed})

    def post(self, url: str, **fields: str) -> TestResponse:
        return self.http.post(
            url, data=fields, base_url=self._base_url, environ_base=self._environ, headers=self._headers
        )

    def give_password(self, username: str, password: str = PASSWORD, *, next_page: str = "") -> TestResponse:
        page = self.get(f"/?{next_page}" if next_page else "/sign-in")
        return self.submit(page, "/sign-in", username=username, password=password)

    def give_code(self, code: str) -> TestResponse:
        return self.submit(self.get("/sign-in/otp"), "/sign-in/otp", otp=code)

    def sign_in(self, person: Enrolled) -> TestResponse:
        answer = self.give_password(person.username)
        if person.secret is not None:
            answer = self.give_code(code_of(person))
        assert answer.status_code == 303, answer.text
        return answer

    def send(self, url: str, body: Any, **headers: str) -> TestResponse:
        """Send JSON, as our script does."""
        return self.http.post(
            url,
            json=body,
            base_url=self._base_url,
            environ_base=self._environ,
            headers={**self._headers, **headers},
        )

    def cookie(self, name: str) -> str | None:
        found = self.http.get_cookie(name)
        return found.value if found is not None and found.value else None


def forms_of(html: str) -> list[dict[str, Any]]:
    """Each form's address and the fields it already holds."""
    found = []
    for attributes, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", html, re.DOTALL):
        fields = {}
        for tag in re.findall(r"<input\b[^>]*>", inside):
            given = {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
            if "name" in given:
                fields[given["name"]] = given.get("value", "")
        action = re.search(r'action="([^"]*)"', attributes)
        found.append({"action": unescape(action.group(1)) if action else "", "fields": fields})
    return found
