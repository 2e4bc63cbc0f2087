"""A resident's health file, opened by a clinic over HTTP."""

import gzip
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from health_file.rules import ID_NUMBER_SYSTEM
from services import clock
from services.settings import CHECKOUT
from tests.support.doors import Bearer, bearer_for, enrolled_id_number
from tests.support.oauth import Door, Person

BASE = "/health-file/fhir"
CORPUS = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"
FHIR = {"Content-Type": "application/fhir+json"}


@dataclass(frozen=True)
class File:
    """Whose it is, and the id of its Patient."""

    account: UUID
    patient: str
    id_number: str


def open_file(app: Flask, clinic: Bearer) -> File:
    """A new resident with a Patient resource."""
    account, number = enrolled_id_number(app)
    patient = {"resourceType": "Patient", "identifier": [{"system": ID_NUMBER_SYSTEM, "value": number}]}
    answer = write(clinic, patient)
    assert answer.status_code == 201, answer.text
    return File(account, answer.get_json()["id"], number)


def write(bearer: Bearer, resource: dict[str, Any], **headers: str) -> TestResponse:
    """POST a resource to the address of its type."""
    address = f"{BASE}/{resource['resourceType']}"
    return bearer.post(address, data=json.dumps(resource), headers={**FHIR, **headers})


def owner_bearer(app: Flask, file: File) -> Bearer:
    """The resident whose file it is, signed in."""
    person = Person(file.account, file.account, "resident", (), clock.now())
    return bearer_for(app, Door(app).sign_in_again(person))


def make(bearer: Bearer, resource: dict[str, Any]) -> str:
    """Write a resource that is taken; its id."""
    answer = write(bearer, resource)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def seen(bearer: Bearer, resource: dict[str, Any]) -> int:
    """How a reader is answered who asks for a resource."""
    return bearer.get(f"{BASE}/{resource['resourceType']}/{resource['id']}").status_code


def official_examples() -> list[dict[str, Any]]:
    """HL7's own examples, with their numbers as they are written."""
    lines = gzip.decompress(CORPUS.read_bytes()).splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]
