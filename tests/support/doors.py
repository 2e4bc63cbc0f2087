"""Tokens for the five doors: an app over a test's database, people in it, and what they hold."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services import ids
from tests.support.oauth import Door, Person
from tests.support.people import enrol_resident


@dataclass
class Bearer:
    """Somebody with an access token, calling the JSON APIs."""

    http: FlaskClient
    token: str
    account: UUID

    def get(self, url: str, **options: Any) -> TestResponse:
        return self.http.get(url, headers=self._headers(options), **options)

    def post(self, url: str, **options: Any) -> TestResponse:
        return self.http.post(url, headers=self._headers(options), **options)

    def put(self, url: str, **options: Any) -> TestResponse:
        return self.http.put(url, headers=self._headers(options), **options)

    def delete(self, url: str, **options: Any) -> TestResponse:
        return self.http.delete(url, headers=self._headers(options), **options)

    def _headers(self, options: dict[str, Any]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}


def bearer_for(app: Flask, person: Person, *, holder: str = "resident") -> Bearer:
    """A token with everything that this kind of account may hold."""
    door = Door(app)
    scopes = door.scopes_for(holder)
    client = door.add_client(scopes=["openid", *scopes])
    tokens = door.tokens(client, person, scope=" ".join(scopes))
    return Bearer(app.test_client(), tokens["access_token"], person.account)


def resident_bearer(app: Flask) -> Bearer:
    """A resident with a token for all five services."""
    return bearer_for(app, Door(app).add_person())


def staff_bearer(app: Flask, role: str, unit: str) -> Bearer:
    """A member of staff with a token for what the role may do."""
    person = Door(app).add_person(kind="staff", roles=(role,), unit=unit)
    return bearer_for(app, person, holder=role)


def enrolled_id_number(app: Flask) -> tuple[UUID, str]:
    """A resident known to the city by ID number."""
    person = enrol_resident(app.extensions["citizen_database"])
    return person.account, person.username


def key() -> dict[str, str]:
    """A fresh idempotency key."""
    return {"Idempotency-Key": ids.new_token(9)}
