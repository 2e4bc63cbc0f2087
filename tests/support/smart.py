"""Applications on FHIR: people with files, clients with SMART scopes, and tokens for them."""

from typing import Any
from uuid import UUID

from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from services import clock, ids
from tests.support.doors import Bearer
from tests.support.fhir import BASE, File
from tests.support.oauth import App, Door, Person

CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
LABORATORY = f"?category={CATEGORIES}|laboratory"
REGISTERED = [
    "openid",
    "fhirUser",
    "launch",
    "launch/patient",
    "online_access",
    "offline_access",
    "health_file:read",
    "patient/*.cruds",
    "user/*.cruds",
]


def person_of(door: Door, account: UUID) -> Person:
    """A resident who was enrolled elsewhere, signed in here."""
    return door.sign_in_again(Person(account, ids.new_id(), "resident", (), clock.now()))


def smart_client(door: Door, **given: Any) -> App:
    """A client that may ask for anything of SMART."""
    return door.add_client(**{"scopes": REGISTERED} | given)


def audience(door: Door) -> str:
    """The FHIR base, as `aud` names it."""
    return f"{door.issuer}{BASE}"


def smart_tokens(door: Door, client: App, person: Person, scope: str, **given: Any) -> dict[str, Any]:
    """The token answer of a standalone launch, or of a launch in `launch`."""
    return door.tokens(client, person, scope=scope, aud=audience(door), **given)


def smart_bearer(app: Flask, person: Person, scope: str, **given: Any) -> Bearer:
    """Somebody with a token of these scopes."""
    door = Door(app)
    token = smart_tokens(door, smart_client(door), person, scope, **given)["access_token"]
    return Bearer(app.test_client(), token, person.account)


def observation(file: File, *, category: str | None = None, code: str = "1-8") -> dict[str, Any]:
    """A measurement in somebody's file."""
    body: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{file.patient}"},
    }
    if category is not None:
        body["category"] = [{"coding": [{"system": CATEGORIES, "code": category}]}]
    return body


def verified_claims(door: Door, token: str) -> dict[str, Any]:
    """What a token says that verifies with the published keys."""
    keys = KeySet.import_key_set(door.http.get("/oauth/jwks").get_json())
    return jwt.decode(token, keys, algorithms=["ES256"]).claims
