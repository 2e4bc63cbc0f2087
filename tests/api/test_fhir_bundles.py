"""Transactions are all or nothing and point at every entry at fault; a batch's entries are each their own."""

import base64
import json

from health_file.rules import ID_NUMBER_SYSTEM
from services.database.session import Session
from tests.support.doors import enrolled_id_number, key, resident_bearer
from tests.support.fhir import BASE, FHIR, owner_bearer, write

PATCH = "application/json-patch+json"


def observation(patient, **elements):
    subject = {"reference": patient if ":" in patient or "?" in patient else f"Patient/{patient}"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": subject,
        **elements,
    }


def entry(method, url, resource=None, full_url=None, **request):
    found = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        found["resource"] = resource
    if full_url is not None:
        found["fullUrl"] = full_url
    return found


def send(bearer, entries, kind="transaction", **headers):
    body = json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries})
    return bearer.post(BASE, data=body, headers={**FHIR, **headers})


def done(answer, kind="transaction"):
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert (found["resourceType"], found["type"]) == ("Bundle", f"{kind}-response")
    return found["entry"]


def statuses(entries):
    return [one["response"]["status"][:3] for one in entries]


def issues(answer, status):
    assert answer.status_code == status, answer.text
    return [(one["code"], one["expression"][0]) for one in answer.get_json()["issue"]]


def local(url):
    return url.partition("8000")[2].partition("/_history")[0]


def total(bearer, query):
    return bearer.get(f"{BASE}/{query}").get_json()["total"]


def test_entries_that_name_each_other_are_written_together(app, clinic) -> None:
    _, number = enrolled_id_number(app)
    person, doctor = (
        "urn:uuid:5ee8bd4f-7c11-4b6f-9d0e-1a3e5f2b9c01",
        "http://other.example/fhir/Practitioner/7",
    )
    text = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{person}">x</a></div>'
    seen = observation(
        person,
        performer=[{"reference": doctor}],
        text={"status": "generated", "div": text},
        extension=[{"url": "http://x.example/e", "valueUri": person}],
        identifier=[{"system": "urn:ietf:rfc:3986", "value": person}],
    )
    beside = {"resourceType": "Practitioner", "name": [{"text": "x"}]}
    role = {"resourceType": "PractitionerRole", "practitioner": {"reference": "Practitioner/7"}}
    entries = done(
        send(
            clinic,
            [
                entry("POST", "Observation", seen, "urn:uuid:5ee8bd4f-7c11-4b6f-9d0e-1a3e5f2b9c02"),
                entry("POST", "PractitionerRole", role, "http://other.example/fhir/PractitionerRole/1"),
                entry("POST", "Practitioner", beside, doctor),
                entry(
                    "POST",
                    "Patient",
                    {
                        "resourceType": "Patient",
                        "identifier": [{"system": ID_NUMBER_SYSTEM, "value": number}],
                    },
                    person,
                ),
            ],
        )
    )
    assert statuses(entries) == ["201"] * 4
    places = [one["response"]["location"] for one in entries]
    kept = clinic.get(local(places[0])).get_json()
    patient, practitioner = (local(place).removeprefix(f"{BASE}/") for place in (places[3], places[2]))
    assert kept["subject"]["reference"] == patient
    assert kept["performer"][0]["reference"] == practitioner
    assert kept["extension"][0]["valueUri"].endswith(f"{BASE}/{patient}")
    assert f'href="{kept["extension"][0]["valueUri"]}"' in kept["text"]["div"]
    assert kept["identifier"][0]["value"] == person
    assert clinic.get(local(places[1])).get_json()["practitioner"]["reference"] == practitioner
    assert {one["response"]["etag"] for one in entries} == {'W/"1"'}


def test_transaction_does_every_kind_of_interaction_in_the_standards_order(clinic, file) -> None:
    first, second, third = (write(clinic, observation(file.patient)).get_json() for _ in range(3))
    patch = base64.b64encode(
        json.dumps([{"op": "replace", "path": "/status", "value": "amended"}]).encode()
    ).decode()
    entries = done(
        send(
            clinic,
            [
                entry("GET", f"Observation/{first['id']}"),
                entry("GET", f"Observation?patient={file.patient}&_count=0"),
                entry("PUT", f"Observation/{first['id']}", {**first, "status": "amended"}, ifMatch='W/"1"'),
                entry(
                    "PATCH",
                    f"Observation/{second['id']}",
                    {"resourceType": "Binary", "contentType": PATCH, "data": patch},
                    ifMatch='W/"1"',
                ),
                entry("POST", "Observation", observation(file.patient)),
                entry("DELETE", f"Observation/{third['id']}"),
            ],
        )
    )
    assert statuses(entries) == ["200", "200", "200", "200", "201", "204"]
    assert (entries[0]["resource"]["status"], entries[0]["response"]["etag"]) == ("amended", 'W/"2"')
    assert entries[1]["resource"]["total"] == 3
    assert clinic.get(f"{BASE}/Observation/{second['id']}").get_json()["status"] == "amended"
    assert clinic.get(f"{BASE}/Observation/{third['id']}").status_code == 410


def test_every_failing_entry_is_pointed_at_and_nothing_is_written(app, clinic, file) -> None:
    first = write(clinic, observation(file.patient)).get_json()
    absent = first["id"].replace(first["id"][:4], "0000", 1)
    refused = send(
        clinic,
        [
            entry("POST", "Observation", observation(file.patient)),
            entry("POST", "Observation", observation(file.patient, status="x")),
            entry("PUT", f"Observation/{first['id']}", first, ifMatch='W/"7"'),
            entry("PUT", f"Observation/{absent}", {**first, "id": absent}, ifMatch='W/"1"'),
            entry("POST", "Observation", observation("urn:uuid:5ee8bd4f-7c11-4b6f-9d0e-1a3e5f2b9c01")),
            entry("POST", "Observation", observation("Group/1")),
            entry("POST", "Account", {"resourceType": "Account"}),
            entry("PUT", "Observation", first),
            {"resource": first},
            entry("POST", "Observation", observation(file.patient), ifNoneExist="colour=red"),
            entry("POST", "AuditEvent", {"resourceType": "AuditEvent"}),
        ],
    )
    found = issues(refused, 422)
    assert found == [
        ("code-invalid", "Bundle.entry[1].resource.status"),
        ("conflict", "Bundle.entry[2].request.ifMatch"),
        ("not-found", "Bundle.entry[3].request.url"),
        ("not-found", "Bundle.entry[4].resource.subject.reference"),
        ("value", "Bundle.entry[5].resource.subject.reference"),
        ("not-supported", "Bundle.entry[6].request.url"),
        ("not-supported", "Bundle.entry[7].request.url"),
        ("required", "Bundle.entry[8].request"),
        ("not-supported", "Bundle.entry[9].request.ifNoneExist"),
        ("not-supported", "Bundle.entry[10].request.url"),
    ]
    assert total(clinic, f"Observation?patient={file.patient}") == 1


def test_one_resource_is_named_by_one_entry(clinic, file) -> None:
    first = write(clinic, observation(file.patient, identifier=[{"value": "7"}])).get_json()
    change = entry("PUT", f"Observation/{first['id']}", first, ifMatch='W/"1"')
    again = [change, entry("DELETE", f"Observation/{first['id']}")]
    assert issues(send(clinic, again), 400) == [("duplicate", "Bundle.entry[0].request.url")]
    found = [change, entry("PUT", "Observation?identifier=7", observation(file.patient))]
    assert issues(send(clinic, found), 400) == [("duplicate", "Bundle.entry[1].request.url")]
    made = observation(file.patient, identifier=[{"value": "8"}])
    twice = [
        entry("PUT", "Observation?identifier=8", observation(file.patient)),
        entry("POST", "Observation", made),
    ]
    assert issues(send(clinic, twice), 400) == [("duplicate", "Bundle.entry[0].request.url")]
    same = [entry("POST", "Observation", made, ifNoneExist="identifier=8")] * 2
    assert issues(send(clinic, same), 400) == [("duplicate", "Bundle.entry[1].request.ifNoneExist")]
    assert total(clinic, f"Observation?patient={file.patient}") == 1


def test_conditions_are_resolved_against_what_is_there_and_what_the_transaction_makes(clinic, file) -> None:
    held = write(clinic, observation(file.patient, identifier=[{"value": "7"}])).get_json()
    number = f"Patient?identifier={ID_NUMBER_SYSTEM}|{file.id_number}"
    derived = observation(number, derivedFrom=[{"reference": "Observation?identifier=9"}])
    link = "urn:uuid:5ee8bd4f-7c11-4b6f-9d0e-1a3e5f2b9c01"
    entries = done(
        send(
            clinic,
            [
                entry("POST", "Observation", derived),
                entry("POST", "Observation", observation(number, identifier=[{"value": "9"}])),
                entry(
                    "POST",
                    "Observation",
                    observation(file.patient, identifier=[{"value": "7"}]),
                    link,
                    ifNoneExist="identifier=7",
                ),
                entry("POST", "Observation", observation(file.patient, hasMember=[{"reference": link}])),
                entry(
                    "PUT",
                    "Observation?identifier=10",
                    observation(file.patient, identifier=[{"value": "10"}]),
                ),
            ],
        )
    )
    assert statuses(entries) == ["201", "201", "200", "201", "201"]
    made = clinic.get(local(entries[0]["response"]["location"])).get_json()
    assert made["subject"]["reference"] == f"Patient/{file.patient}"
    assert made["derivedFrom"][0]["reference"] in local(entries[1]["response"]["location"])
    member = clinic.get(local(entries[3]["response"]["location"])).get_json()["hasMember"][0]
    assert member["reference"] == f"Observation/{held['id']}"
    lost = send(clinic, [entry("POST", "Observation", observation("Patient?identifier=none"))])
    assert issues(lost, 422) == [("not-found", "Bundle.entry[0].resource.subject.reference")]


def test_batch_entries_are_each_their_own(clinic, file) -> None:
    first = write(clinic, observation(file.patient)).get_json()
    entries = done(
        send(
            clinic,
            [
                entry("POST", "Observation", observation(file.patient)),
                entry("POST", "Observation", observation(file.patient, status="x")),
                entry("GET", f"Observation/{first['id']}"),
                entry("GET", "Observation/none"),
                entry("PUT", f"Observation/{first['id']}", {**first, "status": "amended"}, ifMatch='W/"1"'),
                entry("PUT", f"Observation/{first['id']}", {**first, "status": "amended"}, ifMatch='W/"1"'),
                {"resource": first},
                entry("GET", "metadata"),
                entry("POST", "/", {"resourceType": "Bundle", "type": "batch"}),
            ],
            "batch",
        ),
        "batch",
    )
    assert statuses(entries) == ["201", "422", "200", "404", "200", "412", "422", "200", "404"]
    assert entries[1]["response"]["outcome"]["issue"][0]["expression"] == ["Observation.status"]
    assert entries[0]["resource"]["resourceType"] == "Observation"
    assert total(clinic, f"Observation?patient={file.patient}") == 2


def test_reader_reads_in_a_batch_and_writes_in_none(app, clinic, file) -> None:
    owner, stranger = owner_bearer(app, file), resident_bearer(app)
    get = entry("GET", f"Patient/{file.patient}")
    assert statuses(done(send(owner, [get], "batch"), "batch")) == ["200"]
    assert statuses(done(send(owner, [get]))) == ["200"]
    assert statuses(done(send(stranger, [get], "batch"), "batch")) == ["404"]
    assert send(stranger, [get]).status_code == 404
    post = entry("POST", "Observation", observation(file.patient))
    assert send(owner, [post]).status_code == 403
    assert statuses(done(send(owner, [get, post], "batch"), "batch")) == ["200", "403"]


def test_bundle_that_cannot_be_processed_is_refused_whole(clinic) -> None:
    assert issues(send(clinic, [], "collection"), 422) == [("value", "Bundle.type")]
    assert issues(send(clinic, [entry("GET", "metadata")] * 501), 413) == [("too-costly", "Bundle.entry")]
    assert clinic.post(BASE, data=json.dumps({"resourceType": "Patient"}), headers=FHIR).status_code == 422
    assert clinic.post(BASE, data="[" * 40 + "]" * 40, headers=FHIR).status_code == 400
    assert clinic.post(BASE, data="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert done(send(clinic, [entry("GET", "metadata")]))[0]["response"]["status"] == "200 OK"


def test_transaction_sent_twice_under_one_key_is_written_once(clinic, file) -> None:
    once = key()
    for _ in range(2):
        entries = [entry("POST", "Observation", observation(file.patient))]
        assert statuses(done(send(clinic, entries, **once))) == ["201"]
    assert total(clinic, f"Observation?patient={file.patient}") == 1


def test_answer_holds_what_was_preferred(clinic, file) -> None:
    post = entry("POST", "Observation", observation(file.patient))
    assert "resource" not in done(send(clinic, [post]))[0]
    preferred = done(send(clinic, [post], Prefer="return=representation"))[0]
    assert preferred["resource"]["meta"]["versionId"] == "1"
    outcome = done(send(clinic, [post], Prefer="return=OperationOutcome"))[0]["response"]["outcome"]
    assert outcome["issue"][0]["severity"] == "information"


def test_statements_do_not_grow_with_the_entries(app, clinic, file, monkeypatch) -> None:
    counted = []
    for name in ("raw", "execute"):
        plain = getattr(Session, name)

        def counting(self, *arguments, plain=plain):
            counted.append(arguments[0])
            return plain(self, *arguments)

        monkeypatch.setattr(Session, name, counting)

    def statements(count):
        counted.clear()
        entries = [entry("POST", "Observation", observation(file.patient)) for _ in range(count)]
        assert len(done(send(clinic, entries))) == count
        return len(counted)

    assert statements(2) == statements(60)


def test_full_addresses_of_this_server_are_what_they_name(clinic, file) -> None:
    full = f"http://localhost:8000{BASE}/Patient/{file.patient}"
    single = write(clinic, observation(full))
    assert single.status_code == 201, single.text
    assert statuses(done(send(clinic, [entry("POST", "Observation", observation(full))]))) == ["201"]
    found = clinic.get(f"{BASE}/Observation?patient={file.patient}").get_json()
    assert found["total"] == 2
    assert found["entry"][0]["resource"]["subject"]["reference"] == f"Patient/{file.patient}"
    elsewhere = write(clinic, observation(full.replace("localhost", "elsewhere.example")))
    assert elsewhere.status_code == 422


def test_entries_about_a_new_resident_do_not_wait_for_its_searches_nor_share_its_faults(
    app, clinic, file
) -> None:
    link = "urn:uuid:5ee8bd4f-7c11-4b6f-9d0e-1a3e5f2b9c01"
    write(clinic, {"resourceType": "Practitioner", "identifier": [{"system": "urn:x", "value": "7"}]})

    def person(**elements):
        identifier = [{"system": ID_NUMBER_SYSTEM, "value": enrolled_id_number(app)[1]}]
        body = {"resourceType": "Patient", "identifier": identifier, **elements}
        return entry("POST", "Patient", body, link)

    doctor = [{"reference": "Practitioner?identifier=urn:x|7"}]
    about = entry("POST", "Observation", observation(link))
    assert statuses(done(send(clinic, [about, person(generalPractitioner=doctor)]))) == ["201"] * 2
    assert issues(send(clinic, [about, person(gender="x")]), 422) == [
        ("code-invalid", "Bundle.entry[1].resource.gender")
    ]
    lost = [entry("POST", "Observation", observation("Patient?identifier=none")), person(gender="x")]
    assert ("code-invalid", "Bundle.entry[1].resource.gender") in issues(send(clinic, lost), 422)
    nobody = {"resourceType": "Patient", "identifier": [{"system": ID_NUMBER_SYSTEM, "value": "none"}]}
    unknown = [entry("POST", "Patient", nobody, link), about]
    assert issues(send(clinic, unknown), 422) == [("business-rule", "Bundle.entry[0].resource")]
