"""Consents as residents write them, and residents who write them."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from health_file.rules import UNIT_SYSTEM
from tests.support.doors import Bearer, bearer_for
from tests.support.fhir import BASE, File, write
from tests.support.oauth import Door, Person

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ACT, LEVEL = f"{TERMINOLOGY}/v3-ActCode", f"{TERMINOLOGY}/v3-Confidentiality"
REASON, PARTICIPATION = f"{TERMINOLOGY}/v3-ActReason", f"{TERMINOLOGY}/v3-ParticipationType"


@dataclass
class Owner:
    """A resident with a token, and their file."""

    bearer: Bearer
    file: File


def owner_of(app: Flask, file: File) -> Owner:
    """The resident of a file that a clinic opened, signed in."""
    door = Door(app)
    person = door.sign_in_again(Person(file.account, file.account, "resident", (), None))  # type: ignore[arg-type]
    return Owner(bearer_for(app, person), file)


def unit(code: str) -> dict[str, Any]:
    role = {"coding": [{"system": PARTICIPATION, "code": "PRCP"}]}
    return {
        "role": role,
        "reference": {"type": "Organization", "identifier": {"system": UNIT_SYSTEM, "value": code}},
    }


def person(account: Any) -> dict[str, Any]:
    role = {"coding": [{"system": PARTICIPATION, "code": "PRCP"}]}
    identifier = {"system": "urn:citizen:staff", "value": str(account)}
    return {"role": role, "reference": {"type": "Practitioner", "identifier": identifier}}


def purpose(code: str) -> dict[str, str]:
    return {"system": REASON, "code": code}


def consent(file: File, provision: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": f"{TERMINOLOGY}/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{file.patient}"},
        "policyRule": {"coding": [{"system": ACT, "code": "OPTIN"}]},
        "provision": provision,
        **elements,
    }


def give(owner: Owner, provision: dict[str, Any], **elements: Any) -> dict[str, Any]:
    answer = write(owner.bearer, consent(owner.file, provision, **elements))
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def put(bearer: Bearer, resource: dict[str, Any], version: int) -> TestResponse:
    headers = {"Content-Type": "application/fhir+json", "If-Match": f'W/"{version}"'}
    address = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    return bearer.put(address, json=resource, headers=headers)
