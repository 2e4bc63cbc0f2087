"""Every address of the health file, asked by strangers with somebody else's ids, answers as if nothing were there.

The matrix is made from the routes that exist: a new one is in it from the day it is mounted.
"""

import json
import uuid

import pytest

from tests.support.consents import consent, give, owner_of, unit
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, open_file, write

SECRET = "只有本人知道的话"
# Asked of a type: each names the foreign file in another way.
QUERIES = (
    "patient={patient}",
    "patient=Patient/{patient}&_total=accurate",
    "patient={patient}&_summary=count",
    "_id={id}",
    "subject=Patient/{patient}&_include=Observation:patient&_include=*",
    "_id={id}&_revinclude=Provenance:target",
    "patient.identifier={number}",
    "patient:Patient.name=x",
    "_has:Observation:patient:code=x",
    "encounter=Encounter/{id}",
    "subject:Patient.identifier={number}",
    "encounter.subject=Patient/{patient}",
    "_has:Provenance:target:recorded=gt2000",
    "_has:Observation:subject:_id={id}",
    "_id={id}&_include:iterate=*:*&_revinclude:iterate=*:*",
    "_sort=-date&subject=Patient/{patient}",
    "subject:identifier={number}",
)
TYPES = ("Observation", "Patient", "Condition", "Consent", "AuditEvent")


@pytest.fixture
def victim(app):
    clinic = staff_bearer(app, "practitioner", "CL-HP")
    owner = owner_of(app, open_file(app, clinic))
    body = {"resourceType": "Observation", "status": "final", "code": {"text": SECRET}, "valueString": SECRET}
    kept = write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}}).get_json()
    give(owner, {"type": "deny", "actor": [unit("CL-XX")]})
    clinic.get(f"{BASE}/Observation/{kept['id']}")
    return owner, kept["id"]


@pytest.fixture(params=["resident", "practitioner", "denied"])
def stranger(app, request, victim):
    if request.param == "resident":
        return owner_of(app, open_file(app, staff_bearer(app, "practitioner", "CL-OO"))).bearer
    bearer = staff_bearer(app, "practitioner", "CL-BJ")
    if request.param == "denied":
        owner, _ = victim
        visit = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"}}
        write(bearer, {**visit, "subject": {"reference": f"Patient/{owner.file.patient}"}})
        deny = consent(owner.file, {"type": "deny", "actor": [unit("CL-BJ")]})
        assert write(owner.bearer, deny).status_code == 201
    return bearer


def rules_of(app):
    return sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/health-file/") and "GET" in (rule.methods or ())
        }
    )


def addresses(app, ids):
    """Every GET address, with the ids in every place that an address has."""
    for rule in rules_of(app):
        for kind in TYPES if "resource_type" in rule else ("",):
            address = rule.replace("<string:resource_type>", kind)
            for place in ("resource_id", "id", "patient_id"):
                own = ids["patient"] if kind in {"", "Patient"} and "Patient/" in address else ids["id"]
                address = address.replace(f"<string:{place}>", own).replace(f"<uuid:{place}>", own)
            while "<" in address:
                start, end = address.index("<"), address.index(">")
                filler = (
                    "1" if "version" in address[start:end] or "number" in address[start:end] else ids["id"]
                )
                address = address[:start] + filler + address[end + 1 :]
            yield address
            if kind and address == f"{BASE}/{kind}":
                yield from (f"{address}?{query.format(**ids)}" for query in QUERIES)


def forms(ids):
    """The same questions as the body of a form (http.html#search), which no proxy's log sees."""
    for kind in ("Observation", "Patient"):
        for query in QUERIES:
            yield f"{BASE}/{kind}/_search", query.format(**ids)


def answer_to(bearer, address, ids, form=None):
    sent = {"content_type": "application/x-www-form-urlencoded", "data": form}
    answer = bearer.get(address) if form is None else bearer.post(address, **sent)
    text = answer.get_data().decode("utf-8", "replace")
    for name, value in ids.items():
        text = text.replace(value, name)
    shown = json.loads(text) if "json" in answer.mimetype and text else text
    if isinstance(shown, dict):
        for volatile in ("timestamp", "id", "request_id", "instance"):
            shown.pop(volatile, None)
        shown["link"] = [
            {**link, "url": link.get("url", "").partition("_cursor=")[0]} for link in shown.get("link", [])
        ]
    return answer.status_code, answer.headers.get("ETag"), answer.headers.get("Last-Modified"), shown, text


def test_nothing_of_a_foreign_file_shows_anywhere(app, victim, stranger) -> None:
    owner, observation = victim
    theirs = {"id": observation, "patient": owner.file.patient, "number": owner.file.id_number}
    nobodys = {"id": str(uuid.uuid4()), "patient": str(uuid.uuid4()), "number": "310101199001019990"}
    pairs = list(zip(addresses(app, theirs), addresses(app, nobodys), strict=True))
    assert len(pairs) > 60
    for foreign, absent in pairs:
        *seen, text = answer_to(stranger, foreign, theirs)
        assert SECRET not in text, foreign
        if foreign != absent:
            # An address without ids is the stranger's own, and its log grows while it is read.
            *missing, _ = answer_to(stranger, absent, nobodys)
            assert seen == missing, foreign
    for (address, foreign), (_, absent) in zip(forms(theirs), forms(nobodys), strict=True):
        *seen, text = answer_to(stranger, address, theirs, foreign)
        assert SECRET not in text, foreign
        *missing, _ = answer_to(stranger, address, nobodys, absent)
        assert seen == missing, foreign
        assert seen[0] < 500, foreign


def test_the_owner_finds_it_by_the_same_forms(app, victim) -> None:
    owner, observation = victim
    found = 0
    for address, form in forms(
        {"id": observation, "patient": owner.file.patient, "number": owner.file.id_number}
    ):
        *_, text = answer_to(owner.bearer, address, {}, form)
        found += SECRET in text
    assert found >= 3
