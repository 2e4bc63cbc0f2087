"""What tells of a confidential record is as confidential: the content of a document, and where a record comes from."""

import pytest

from tests.support.consents import give, owner_of, put, unit
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, open_file, write

LEVEL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
VERY = {"meta": {"security": [{"system": LEVEL, "code": "V"}]}}


@pytest.fixture
def owner(app, clinic, hospital):
    """A file that the hospital may read as one that treats: all but what is very restricted."""
    owner = owner_of(app, open_file(app, clinic))
    visit = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"}}
    assert write(hospital, {**visit, "subject": subject(owner)}).status_code == 201
    return owner


def subject(owner):
    return {"reference": f"Patient/{owner.file.patient}"}


def binary(clinic, owner):
    body = {"resourceType": "Binary", "contentType": "text/plain", "securityContext": subject(owner)}
    return made(clinic, {**body, "data": "eA=="})


def document(clinic, owner, content, **more):
    attachment = {"contentType": "text/plain", "url": content}
    body = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": attachment}]}
    return made(clinic, {**body, "subject": subject(owner), **more})


def observation(clinic, owner, **more):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    return made(clinic, {**body, "subject": subject(owner), **more})


def provenance(clinic, *targets):
    body = {"resourceType": "Provenance", "recorded": "2026-11-26T10:00:00+08:00"}
    agent = [{"who": {"display": "x"}}]
    return made(clinic, {**body, "agent": agent, "target": [{"reference": one} for one in targets]})


def made(clinic, body):
    answer = write(clinic, body)
    assert answer.status_code == 201, answer.text
    return (
        f"{body['resourceType']}/{answer.headers['Location'].partition(body['resourceType'] + '/')[2][:36]}"
    )


def seen(bearer, address):
    return bearer.get(f"{BASE}/{address}", headers={"Accept": "application/fhir+json"}).status_code


def change(bearer, address, **more):
    found = bearer.get(f"{BASE}/{address}", headers={"Accept": "application/fhir+json"}).get_json()
    answer = put(bearer, {**found, **more}, int(found["meta"]["versionId"]))
    assert answer.status_code == 200, answer.text


def test_content_is_as_confidential_as_its_document(clinic, hospital, owner) -> None:
    plain, secret = binary(clinic, owner), binary(clinic, owner)
    document(clinic, owner, plain)
    assert (seen(hospital, plain), seen(hospital, secret)) == (200, 200)
    document(clinic, owner, f"http://localhost:8000{BASE}/{secret}", **VERY)
    assert (seen(hospital, plain), seen(hospital, secret)) == (200, 404)
    assert (seen(owner.bearer, secret), seen(clinic, secret)) == (200, 200)
    change(clinic, secret, data="eHg=")
    assert seen(hospital, secret) == 404
    assert seen(hospital, f"{secret}/_history/1") == 404


def test_provenance_is_as_confidential_as_its_target_whichever_comes_first(clinic, hospital, owner) -> None:
    first, second = observation(clinic, owner), observation(clinic, owner, **VERY)
    told, hidden = provenance(clinic, first), provenance(clinic, first, second)
    assert (seen(hospital, told), seen(hospital, hidden)) == (200, 404)
    change(clinic, first, **VERY)
    assert seen(hospital, told) == 404
    assert seen(owner.bearer, told) == 200


def test_label_raised_later_leaves_nothing_to_a_permit_up_to_the_lower_level(app, clinic, owner) -> None:
    address = observation(clinic, owner)
    change(clinic, address, meta={"security": [{"system": LEVEL, "code": "R"}]})
    stranger = staff_bearer(app, "practitioner", "CL-XX")
    give(
        owner,
        {"type": "permit", "actor": [unit("CL-XX")], "securityLabel": [{"system": LEVEL, "code": "N"}]},
    )
    plain = observation(clinic, owner)
    assert seen(stranger, plain) == 200
    assert seen(stranger, address) == 404
    assert seen(stranger, f"{address}/_history/1") == 404
