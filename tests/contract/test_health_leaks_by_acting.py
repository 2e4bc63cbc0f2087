"""Every act on somebody else's ids (PUT, PATCH, DELETE, conditions, operations, entries of Bundles) is as on nobody's.

The matrix is made from the routes that exist. Writing *about* a foreign resident is not in it: a clinic that
knows whose file it is writes into it, by a reference to the Patient.
"""

import json
import uuid

from tests.contract.test_health_leaks import SECRET, stranger, victim
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write

__all__ = ["stranger", "victim"]
CHANGES = ("PUT", "PATCH", "DELETE")
PATCH = [{"op": "replace", "path": "/status", "value": "amended"}]
# What a condition may say of a foreign record, beside what a search may.
CONDITIONS = ("_id={id}", "identifier={number}", "subject=Patient/{patient}", "patient.identifier={number}",
              "_has:Provenance:target:recorded=gt2000", "encounter=Encounter/{id}")  # fmt: skip
ADDRESSED = ("Observation", "Patient", "Consent")
# Written by who asks, about who asks: what it makes is the asker's own, foreign ids or not.
OWN_AFFAIRS = {"/health-file/v1/archives", "/health-file/v1/erasures", "/health-file/v1/shares"}


def filled(rule, kind, ids):
    address = rule.replace("<string:resource_type>", kind)
    for name in ("patient_id", "resource_id"):
        own = ids["patient"] if "Patient/<" in address else ids["id"]
        address = address.replace(f"<string:{name}>", own)
    while "<" in address:
        start, end = address.index("<"), address.index(">")
        address = address[:start] + ids["id"] + address[end + 1 :]
    return address


def body_of(method, address, kind, ids):
    """What fits where it is sent, with the foreign ids in it; and of which type it is."""
    if address.endswith("_search"):
        return f"_id={ids['id']}", "application/x-www-form-urlencoded"
    if method == "PATCH":
        return json.dumps(PATCH), "application/json-patch+json"
    if "$" in address or not address.startswith(BASE):
        values = [
            {"name": "resource", "resource": {"resourceType": kind or "Patient", "id": ids["id"]}},
            {"name": "patient", "valueString": ids["patient"]},
        ]
        shown = {"resourceType": "Parameters", "parameter": values[1:] if "lastn" in address else values[:1]}
        return json.dumps(shown), "application/fhir+json"
    return json.dumps({"resourceType": kind, "id": ids["id"], "status": "final"}), "application/fhir+json"


def acts(app, ids):
    """Every way to change or ask by POST: (method, address, body, content type)."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        text = rule.rule
        if not text.startswith("/health-file/") or text in OWN_AFFAIRS:
            continue
        for method in sorted({*CHANGES, "POST"} & set(rule.methods or ())):
            for kind in ADDRESSED if "<string:resource_type>" in text else ("",):
                address = filled(text, kind, ids)
                is_creation = method == "POST" and address == f"{BASE}/{kind}"
                if is_creation or address == f"{BASE}/":
                    continue
                body, content_type = body_of(method, address, kind, ids)
                yield method, address, body, content_type
                if address == f"{BASE}/{kind}":
                    for one in CONDITIONS:
                        yield method, f"{address}?{one.format(**ids)}", body, content_type


def entries(ids):
    """Entries of a Bundle that name foreign records, each alone in one."""
    subject = {"reference": f"Patient/{ids['patient']}"}
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "y"}}
    patch = {"resourceType": "Binary", "contentType": "application/json-patch+json",
             "data": "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zdGF0dXMiLCJ2YWx1ZSI6ImFtZW5kZWQifV0="}  # fmt: skip
    own = f"Observation/{ids['id']}"
    yield {"request": {"method": "GET", "url": own}}
    yield {"request": {"method": "HEAD", "url": own}}
    yield {"request": {"method": "GET", "url": f"{own}/_history/1"}}
    yield {"request": {"method": "GET", "url": f"Observation?patient={ids['patient']}&_revinclude=*"}}
    yield {"request": {"method": "GET", "url": f"Patient/{ids['patient']}/$everything"}}
    yield {"request": {"method": "DELETE", "url": own}}
    yield {"request": {"method": "DELETE", "url": own, "ifMatch": 'W/"1"'}}
    yield {"request": {"method": "PATCH", "url": own, "ifMatch": 'W/"1"'}, "resource": patch}
    changed = {**observation, "id": ids["id"], "subject": subject}
    yield {"request": {"method": "PUT", "url": own, "ifMatch": 'W/"1"'}, "resource": changed}
    for one in CONDITIONS:
        query = f"Observation?{one.format(**ids)}"
        yield {"request": {"method": "DELETE", "url": query}}
        yield {"request": {"method": "PATCH", "url": query}, "resource": patch}
        # A reference that is a search, and a creation unless something is found: both over what the asker sees.
        about = {**observation, "subject": {"reference": query.replace("Observation?", "Patient?")}}
        yield {"request": {"method": "POST", "url": "Observation"}, "resource": about}


def shown(answer, ids):
    text = answer.get_data().decode("utf-8", "replace")
    for name, value in ids.items():
        text = text.replace(value, name)
    content = json.loads(text) if "json" in answer.mimetype and text else text
    if isinstance(content, dict):
        for volatile in ("id", "request_id", "instance", "timestamp", "meta"):
            content.pop(volatile, None)
    headers = {name: answer.headers.get(name) for name in ("ETag", "Last-Modified", "Location")}
    return answer.status_code, headers, content, text


def send(bearer, method, address, body, content_type):
    headers = {"Authorization": f"Bearer {bearer.token}", "If-Match": 'W/"1"', "Content-Type": content_type}
    return bearer.http.open(address, method=method, data=body, headers=headers)


def test_no_act_on_a_foreign_record_tells_or_changes_anything(app, victim, stranger) -> None:
    owner, observation = victim
    theirs = {"id": observation, "patient": owner.file.patient, "number": owner.file.id_number}
    nobodys = {"id": str(uuid.uuid4()), "patient": str(uuid.uuid4()), "number": "310101199001019990"}
    pairs = list(zip(acts(app, theirs), acts(app, nobodys), strict=True))
    assert len(pairs) > 60
    for foreign, absent in pairs:
        *seen, text = shown(send(stranger, *foreign), theirs)
        assert SECRET not in text, foreign
        assert seen[0] < 500, foreign
        if foreign != absent:
            *missing, _ = shown(send(stranger, *absent), nobodys)
            assert seen == missing, foreign
    for kind in ("transaction", "batch"):
        for foreign, absent in zip(entries(theirs), entries(nobodys), strict=True):
            answers = []
            for ids, one in ((theirs, foreign), (nobodys, absent)):
                bundle = json.dumps({"resourceType": "Bundle", "type": kind, "entry": [one]})
                *seen, text = shown(stranger.post(BASE, data=bundle, headers=FHIR), ids)
                assert SECRET not in text, one
                assert seen[0] < 500, one
                answers.append(seen)
            assert answers[0] == answers[1], foreign
    now = owner.bearer.get(f"{BASE}/Observation/{observation}/_history").get_json()
    assert (now["total"], now["entry"][0]["resource"]["valueString"]) == (1, SECRET)


def test_creation_unless_found_looks_at_what_the_writer_sees(app, victim) -> None:
    owner, observation = victim
    hospital = staff_bearer(app, "practitioner", "CL-BJ")
    own = open_file(app, hospital)
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "z"}}
    body["subject"] = {"reference": f"Patient/{own.patient}"}
    for one in CONDITIONS:
        asked = one.format(id=observation, patient=owner.file.patient, number=owner.file.id_number)
        answer = write(hospital, body, **{"If-None-Exist": asked})
        assert answer.status_code == 201, (asked, answer.text)
        assert SECRET not in answer.text
