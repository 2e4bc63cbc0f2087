"""Ways around what is withheld that a review found open: beside a record, through its copies, under another's name."""

import base64
import json
from datetime import timedelta

import pytest

from health_file import actions
from health_file.access.people import seen_by_person
from health_file.actions.exporting.archive import _attachments
from health_file.fhir.labels import labels_in
from health_file.rules import STAFF_SYSTEM
from services import ids
from services.actor import Actor, ActorKind, Relation
from services.errors import Denied, NotFound
from tests.support.consents import ACT, LEVEL, consent, give, owner_of, unit
from tests.support.fhir import BASE, FHIR, write


def kept(bearer, body):
    answer = write(bearer, body)
    assert answer.status_code == 201, answer.text
    accept = {"Accept": "application/fhir+json"}
    return bearer.get(answer.headers["Location"].partition("8000")[2], headers=accept).get_json()


def seen(bearer, resource, version=""):
    return bearer.get(f"{BASE}/{resource['resourceType']}/{resource['id']}{version}").status_code


def put(bearer, resource, version):
    headers = {**FHIR, "If-Match": f'W/"{version}"'}
    answer = bearer.put(
        f"{BASE}/{resource['resourceType']}/{resource['id']}", data=json.dumps(resource), headers=headers
    )
    assert answer.status_code == 200, answer.text


def treat(bearer, file):
    body = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"}}
    kept(bearer, {**body, "subject": {"reference": f"Patient/{file.patient}"}})


def very(level="V"):
    return {"system": LEVEL, "code": level}


def document(file, binary=None, **elements):
    attachment = {"contentType": "text/plain", "data": "eA=="}
    if binary is not None:
        attachment = {"contentType": "text/plain", "url": f"Binary/{binary['id']}"}
    subject = {"reference": f"Patient/{file.patient}"}
    content = [{"attachment": attachment}]
    return {"resourceType": "DocumentReference", "status": "current", "subject": subject, "content": content,
            **elements}  # fmt: skip


def test_every_place_where_a_document_says_how_confidential_it_is_counts() -> None:
    tagged = {"resourceType": "DocumentReference", "securityLabel": [{"coding": [very()]}]}
    assert labels_in(tagged) == {"security=V"}
    psychiatric = {
        "resourceType": "DocumentReference",
        "securityLabel": [{"coding": [{"system": ACT, "code": "PSY"}]}],
    }
    assert labels_in(psychiatric) == {"security=R", "category=mental-health"}
    assert labels_in({"resourceType": "Composition", "confidentiality": "V"}) == {"security=V"}
    whole = {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Composition", "confidentiality": "R"}}],
    }
    assert labels_in(whole) == {"security=R"}
    spoken_of = {"resourceType": "Consent", "provision": {"securityLabel": [very()]}}
    assert labels_in(spoken_of) == {"security=N"}


def test_files_of_a_document_are_as_confidential_as_it_is(clinic, hospital, file) -> None:
    treat(hospital, file)
    patient = {"reference": f"Patient/{file.patient}"}
    scan = kept(clinic, {"resourceType": "Binary", "contentType": "text/plain", "data": "eA==",
                         "securityContext": patient})  # fmt: skip
    assert seen(hospital, scan) == 200
    secret = kept(clinic, document(file, scan, meta={"security": [very()]}))
    assert [seen(hospital, one) for one in (secret, scan)] == [404, 404]
    put(clinic, {**scan, "data": "eQ=="}, 1)
    assert [seen(hospital, scan, one) for one in ("", "/_history/1", "/_history/2")] == [404] * 3
    named = {"reference": f"DocumentReference/{secret['id']}"}
    other = kept(clinic, {"resourceType": "Binary", "contentType": "text/plain", "data": "eA==",
                          "securityContext": named})  # fmt: skip
    provenance = kept(clinic, {"resourceType": "Provenance", "target": [named], "recorded": "2026-01-01T00:00:00Z",
                               "agent": [{"who": {"display": "x"}}]})  # fmt: skip
    assert [seen(hospital, one) for one in (other, provenance)] == [404, 404]
    assert [seen(clinic, one) for one in (scan, other, provenance, secret)] == [200] * 4


@pytest.mark.parametrize(("before", "after"), [("N", "V"), ("V", "N")])
def test_permit_of_a_level_opens_no_version_that_was_ever_above_it(
    app, clinic, hospital, file, before, after
) -> None:
    def observation(level):
        subject = {"reference": f"Patient/{file.patient}"}
        return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject,
                "meta": {"security": [very(level)]}}  # fmt: skip

    provision = {"type": "permit", "actor": [unit("CL-BJ")], "securityLabel": [very("N")]}
    give(owner_of(app, file), provision)
    plain = kept(clinic, observation("N"))
    one = kept(clinic, observation(before))
    put(clinic, {**observation(after), "id": one["id"]}, 1)
    assert seen(hospital, plain) == 200
    assert seen(hospital, one, "/_history/1") == 404
    assert seen(hospital, one, "/_history/2") == (200 if after == "N" else 404)


def test_guardian_of_a_child_whose_age_nobody_knows_sees_nothing(app, file, open_as) -> None:
    actor = Actor(kind=ActorKind.RESIDENT, account=ids.new_id(), subject=ids.new_id(), relation=Relation.GUARDIAN,
                  scopes=frozenset({"health_file:read"}))  # fmt: skip
    with open_as(actor, service="health_file") as session:
        assert str(seen_by_person(session, actor)) == "health_file.resources.subject_id = :subject_id_1"


def test_carer_neither_makes_nor_sees_links_to_the_file(file, open_as) -> None:
    owner = Actor(kind=ActorKind.RESIDENT, account=file.account, subject=file.account,
                  scopes=frozenset({"health_file:read"}))  # fmt: skip
    carer = Actor(kind=ActorKind.RESIDENT, account=ids.new_id(), subject=file.account, relation=Relation.CARER,
                  scopes=frozenset({"health_file:read"}))  # fmt: skip
    asked = {"address": "http://x/shl", "base_url": "http://x", "language": "en", "say": str}
    with open_as(owner, service="health_file") as session:
        share = actions.create_share(session, owner, expires_at=session.at + timedelta(days=1), **asked)
    with open_as(carer, service="health_file") as session:
        for attempt in (
            lambda: actions.create_share(session, carer, expires_at=session.at + timedelta(days=1), **asked),
            lambda: actions.list_shares(session, carer),
            lambda: actions.read_share(session, carer, share.id),
            lambda: actions.revoke_share(session, carer, share.id),
        ):
            with pytest.raises((Denied, NotFound)):
                attempt()


def test_practitioner_is_not_entered_under_the_account_of_another_unit(app, clinic, hospital) -> None:
    def practitioner(account):
        return {"resourceType": "Practitioner", "identifier": [{"system": STAFF_SYSTEM, "value": account}]}

    assert write(clinic, practitioner(str(clinic.account))).status_code == 201
    for account in (str(hospital.account), str(ids.new_id()), "x"):
        refused = write(clinic, practitioner(account))
        assert refused.status_code == 422, refused.text
        (issue,) = refused.get_json()["issue"]
        assert issue["expression"] == ["Practitioner.identifier[0].value"]
        assert account not in refused.text or account == "x"


def test_entry_after_a_refused_one_about_the_same_resident_is_written(clinic, hospital, file) -> None:
    def entry(resource, **request):
        return {
            "resource": resource,
            "request": {"method": "POST", "url": resource["resourceType"], **request},
        }

    subject = {"reference": f"Patient/{file.patient}"}
    good = {"resourceType": "Flag", "status": "active", "code": {"text": "x"}, "subject": subject}
    second = {"resourceType": "Patient", "identifier": [
        {"system": "urn:oid:2.16.156.10011.1.3", "value": file.id_number}]}  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry(second), entry(good), entry(good)]}
    answer = hospital.post(f"{BASE}/", data=json.dumps(bundle), headers=FHIR).get_json()
    assert [one["response"]["status"][:3] for one in answer["entry"]] == ["409", "201", "201"]


@pytest.mark.parametrize(
    "declared", ["text/plain;name=病历", "text/plain;a=\rb", "text/plain;\tx=1", "text/plain;a=é"]
)
def test_declared_type_of_a_binary_breaks_no_answer(clinic, declared) -> None:
    made = write(clinic, {"resourceType": "Binary", "contentType": declared, "data": "eA=="})
    assert made.status_code in {201, 422}, made.text
    if made.status_code == 201:
        read = clinic.get(f"{BASE}/Binary/{made.headers['Location'].split('/Binary/')[1][:36]}")
        assert read.status_code == 200
        read.headers["Content-Type"].encode("latin-1")
        assert "\r" not in read.headers["Content-Type"]


def test_archive_holds_no_file_that_a_browser_would_run() -> None:
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    for declared in ("text/html", "image/svg+xml", "application/xhtml+xml", "application/x-msdownload"):
        line = json.dumps({"resourceType": "Binary", "id": "x", "meta": {"versionId": "1"},
                           "contentType": declared, "data": page}).encode()  # fmt: skip
        ((name, _),) = _attachments([line])
        assert name.rpartition(".")[2] in {"txt", "bin"}


def test_count_alone_is_a_disclosure_that_the_resident_sees(app, clinic, hospital, file) -> None:
    treat(hospital, file)
    subject = {"reference": f"Patient/{file.patient}"}
    kept(clinic, {"resourceType": "Flag", "status": "active", "code": {"text": "x"}, "subject": subject})
    for asked in ("_summary=count", "_count=0"):
        counted = hospital.get(f"{BASE}/Flag?patient={file.patient}&{asked}").get_json()
        assert counted["total"] == 1
    log = owner_of(app, file).bearer.get(f"{BASE}/AuditEvent?patient={file.patient}").get_json()
    found = [
        one["resource"] for one in log["entry"] if one["resource"]["subtype"][0]["code"] == "search-type"
    ]
    assert len([one for one in found if "urn:citizen:disclosure-basis:treating" in json.dumps(one)]) == 2


@pytest.mark.parametrize("element", ["actor", "data"])
def test_modifier_inside_a_provision_is_refused_and_never_left_out(app, file, element) -> None:
    modifier = {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}
    data = {"meaning": "instance", "reference": {"reference": f"Patient/{file.patient}"}}
    provision = {"type": "permit", "actor": [unit("CL-BJ")], "data": [data]}
    provision[element] = [provision[element][0] | modifier]
    refused = write(owner_of(app, file).bearer, consent(file, provision))
    assert refused.status_code == 422, refused.text
    assert [f"Consent.provision.{element}[0].modifierExtension"] in [
        issue["expression"] for issue in refused.get_json()["issue"]
    ]
