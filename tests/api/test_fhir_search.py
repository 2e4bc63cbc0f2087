"""Search on the FHIR base: each kind of parameter, pages, totals and conditional create, and nobody else's rows."""

import json
from urllib.parse import urlencode

import pytest

from services import clock
from services.database.roles import Role
from tests.support.doors import Bearer, bearer_for, resident_bearer, staff_bearer
from tests.support.fhir import BASE, write
from tests.support.oauth import Door, Person

LOINC = "http://loinc.org"


def observe(clinic, file, code="8480-6", on="2026-03-05", **elements):
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{file.patient}"},
        "effectiveDateTime": on,
        **elements,
    }
    answer = write(clinic, body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["id"]


def find(bearer, resource_type="Observation", *pairs, **parameters):
    answer = bearer.get(f"{BASE}/{resource_type}?{urlencode([*parameters.items(), *pairs])}")
    assert answer.status_code == 200, answer.text
    bundle = answer.get_json()
    found = [entry["resource"]["id"] for entry in bundle.get("entry", [])]
    if "_count" not in parameters and bundle.get("total") is not None:
        assert bundle["total"] == len(found)
    return found


@pytest.mark.parametrize(
    ("parameters", "is_found"),
    [
        ({"code": "8480-6"}, True),
        ({"code": f"{LOINC}|8480-6"}, True),
        ({"code": f"{LOINC}|"}, True),
        ({"code": "|8480-6"}, False),
        ({"code": "http://other|8480-6"}, False),
        ({"code": "1,8480-6"}, True),
        ({"code:not": "8480-6"}, False),
        ({"code:not": "1"}, True),
        ({"status": "final"}, True),
        ({"status": "final", "code": "1"}, False),
        ({"value-string:missing": "true"}, True),
        ({"code:missing": "true"}, False),
        ({"date": "2026-03-05"}, True),
        ({"date": "2026-03"}, True),
        ({"date": "2026"}, True),
        ({"date": "2025"}, False),
        ({"date": "ge2026-03-05"}, True),
        ({"date": "gt2026-03-05"}, False),
        ({"date": "lt2026-03-06"}, True),
        ({"date": "sa2026-03-04"}, True),
        ({"date": "eb2026-03-05"}, False),
        ({"date": "ne2026-03-05"}, False),
        ({"_lastUpdated": "ge2020-01-01"}, True),
        ({"_lastUpdated": "lt2020-01-01T00:00:00Z"}, False),
        ({"_id": "x"}, False),
    ],
)
def test_observation_is_found_by_what_it_says(parameters, is_found, clinic, file) -> None:
    made = observe(clinic, file)
    assert find(clinic, **parameters) == ([made] if is_found else [])


def test_observation_is_found_by_its_references(clinic, file) -> None:
    made = observe(clinic, file, performer=[{"reference": "Practitioner/p1"}])
    assert find(clinic, subject=f"Patient/{file.patient}") == [made]
    assert find(clinic, patient=file.patient) == [made]
    assert find(clinic, **{"subject:Patient": file.patient}) == [made]
    assert find(clinic, subject=f"http://localhost:8000{BASE}/Patient/{file.patient}") == [made]
    assert find(clinic, performer="Practitioner/p1") == [made]
    assert find(clinic, **{"subject:Group": file.patient}) == []
    assert find(clinic, _id=made) == [made]


def test_repeated_parameters_ask_for_both(clinic, file) -> None:
    made = [observe(clinic, file, on=f"2026-0{month}-01") for month in (1, 2, 3)]
    assert find(clinic, "Observation", ("date", "ge2026-02"), ("date", "lt2026-03")) == [made[1]]


def test_patient_is_found_by_identifier_and_by_the_beginning_of_a_name(clinic, file, privacy) -> None:
    patient = clinic.get(f"{BASE}/Patient/{file.patient}").get_json()
    patient["name"] = [{"family": "Müller", "given": ["Anna"], "text": "张丽华"}]
    headers = {"Content-Type": "application/fhir+json", "If-Match": 'W/"1"'}
    answer = clinic.put(f"{BASE}/Patient/{file.patient}", data=json.dumps(patient), headers=headers)
    assert answer.status_code == 200, answer.text
    for parameters in (
        {"identifier": file.id_number},
        {"identifier": f"urn:oid:2.16.156.10011.1.3|{file.id_number}"},
        {"name": "mul"},
        {"name": "张丽"},
        {"family": "MULLER"},
        {"family:exact": "Müller"},
        {"given": "an"},
    ):
        assert find(clinic, "Patient", **parameters) == [file.patient], parameters
    for parameters in ({"family:exact": "muller"}, {"name": "nna"}, {"given": "mul"}):
        assert find(clinic, "Patient", **parameters) == [], parameters


def test_changed_or_deleted_resource_is_found_by_what_it_says_now(clinic, file) -> None:
    made = observe(clinic, file)
    body = clinic.get(f"{BASE}/Observation/{made}").get_json() | {"status": "amended"}
    headers = {"Content-Type": "application/fhir+json", "If-Match": 'W/"1"'}
    assert clinic.put(f"{BASE}/Observation/{made}", data=json.dumps(body), headers=headers).status_code == 200
    assert find(clinic, status="amended") == [made]
    assert find(clinic, status="final") == []
    clinic.delete(f"{BASE}/Observation/{made}")
    assert find(clinic, status="amended") == []


@pytest.mark.parametrize("order", ["_lastUpdated", "-_lastUpdated"])
def test_pages_hold_everything_once_in_order(order, clinic, file) -> None:
    made = [observe(clinic, file) for _ in range(5)]
    answer = clinic.get(f"{BASE}/Observation?code=8480-6&_count=2&_sort={order}").get_json()
    seen = []
    while True:
        assert answer["total"] == 5
        seen += [entry["resource"]["id"] for entry in answer["entry"]]
        links = {link["relation"]: link["url"] for link in answer["link"]}
        if "next" not in links:
            break
        answer = clinic.get(links["next"].partition("8000")[2]).get_json()
    assert seen == (made if order == "_lastUpdated" else made[::-1])


def test_cursor_is_the_readers_own_and_of_one_search(app, clinic, file) -> None:
    observe(clinic, file)
    observe(clinic, file)
    answer = clinic.get(f"{BASE}/Observation?_count=1").get_json()
    following = answer["link"][1]["url"].partition("8000")[2]
    assert clinic.get(following).status_code == 200
    assert staff_bearer(app, "practitioner", "CL-HP").get(following).status_code == 400
    assert clinic.get(f"{following}&status=final").status_code == 400


def test_count_and_total_are_as_asked(clinic, file) -> None:
    observe(clinic, file)
    counted = clinic.get(f"{BASE}/Observation?_count=0").get_json()
    assert (counted["total"], "entry" in counted) == (1, False)
    assert "total" not in clinic.get(f"{BASE}/Observation?_total=none").get_json()


@pytest.mark.parametrize(
    "query",
    ["colour=red", "code:in=x", "code=", "date=2026-13", "date=yesterday", "date=2026-01-01T10", "_count=x",
     "_sort=colour", "_total=x", "_count=1&_count=2", "family=x", "_lastUpdated=x", "subject:x=1", "code:missing=x"],
)  # fmt: skip
def test_search_that_is_not_understood_is_refused_without_repeating_it(query, clinic) -> None:
    answer = clinic.get(f"{BASE}/Observation?{query}")
    assert (answer.status_code, answer.get_json()["resourceType"]) == (400, "OperationOutcome")
    assert "yesterday" not in answer.text
    assert "colour" not in answer.text


def test_lenient_search_leaves_out_what_is_not_known(clinic, file) -> None:
    made = observe(clinic, file)
    answer = clinic.get(f"{BASE}/Observation?colour=red", headers={"Prefer": "handling=lenient"})
    assert [entry["resource"]["id"] for entry in answer.get_json()["entry"]] == [made]


def test_search_and_total_show_nobody_elses_rows(app, clinic, file) -> None:
    made = observe(clinic, file)
    owner = bearer_for(
        app, Door(app).sign_in_again(Person(file.account, file.account, "resident", (), clock.now()))
    )
    queries = ({}, {"code": "8480-6"}, {"patient": file.patient}, {"_id": made}, {"code:not": "1"}, {"date": "2026"},
               {"_count": "0"}, {"identifier:missing": "true"})  # fmt: skip
    for parameters in queries:
        assert "_count" in parameters or find(owner, **parameters) == [made]
        for stranger in (resident_bearer(app), staff_bearer(app, "practitioner", "CL-BJ")):
            answer = stranger.get(f"{BASE}/Observation?{urlencode(parameters)}").get_json()
            assert (answer["total"], "entry" in answer) == (0, False)


def test_index_holds_no_clear_text(clinic, file, database) -> None:
    observe(clinic, file)
    rows = database.read_as(Role.WORKER, "SELECT row_to_json(t)::text FROM health_file.tokens t")
    assert rows
    assert not any(
        "8480" in row or file.patient[:13] in row.partition("digest")[2].partition(",")[0] for row in rows
    )


def test_conditional_create_makes_one_and_finds_it_again(app, clinic, file) -> None:
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "identifier": [{"system": "urn:lab", "value": "7"}],
            "subject": {"reference": f"Patient/{file.patient}"}}  # fmt: skip
    first = write(clinic, body, **{"If-None-Exist": "identifier=urn:lab|7"})
    again = write(clinic, body, **{"If-None-Exist": "identifier=urn:lab|7"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == again.headers["Location"]
    made = first.get_json()["id"]
    write(clinic, body)
    assert write(clinic, body, **{"If-None-Exist": "identifier=urn:lab|7"}).status_code == 412
    door = Door(app)
    writer = door.add_client(scopes=["openid", "health_file:write"])
    person = door.add_person(kind="staff", roles=("practitioner",), unit="CL-HP")
    token = door.tokens(writer, person, scope="health_file:write")["access_token"]
    blind = write(Bearer(app.test_client(), token, person.account), body, **{"If-None-Exist": f"_id={made}"})
    assert (blind.status_code, blind.text) == (200, "")
    for condition in ("", "colour=red", "_count=1"):
        assert write(clinic, body, **{"If-None-Exist": condition}).status_code == 400
