"""Chains, includes, order, forms, several types: what stands beside a plain search, and that none of it leaks."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, make, open_file, owner_bearer

LOINC = "http://loinc.org"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def observe(clinic, file, code="8480-6", on="2026-03-05", **elements) -> str:
    return make(
        clinic,
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "subject": {"reference": f"Patient/{file.patient}"},
            "effectiveDateTime": on,
            **elements,
        },
    )


def visit(clinic, file, **elements) -> str:
    system = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return make(
        clinic,
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": system, "code": "AMB"},
            "subject": {"reference": f"Patient/{file.patient}"},
            **elements,
        },
    )


def ask(bearer, path, *pairs, status=200, **headers):
    answer = bearer.get(f"{BASE}/{path}?{urlencode(pairs)}", headers=headers)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def ids_of(bundle, mode="match") -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]


def find(bearer, path, *pairs) -> list[str]:
    return ids_of(ask(bearer, path, *pairs))


def following(bundle) -> str | None:
    links = {link["relation"]: link["url"] for link in bundle["link"]}
    return links["next"].partition(f"{BASE}/")[2] if "next" in links else None


def pages(bearer, path, *pairs):
    bundle = ask(bearer, path, *pairs)
    while True:
        yield bundle
        rest = following(bundle)
        if rest is None:
            return
        answer = bearer.get(f"{BASE}/{rest}")
        assert answer.status_code == 200, answer.text
        bundle = answer.get_json()


HOURS = [
    ("2026-03-05T02:00:00Z", True), ("2026-03-05T10:00:00+08:00", True), ("2026-03-05T10:00", True),
    ("2026-03-05T10:00:01+08:00", False), ("ge2026-03-05T02:00:00Z", True), ("gt2026-03-05T02:00:00Z", False),
    ("le2026-03-05T02:00:00Z", True), ("lt2026-03-05T02:00:00Z", False), ("sa2026-03-05T01:59:59Z", True),
    ("eb2026-03-05T02:00:01Z", True), ("eb2026-03-05T02:00:00Z", False), ("ne2026-03-05T02:00:00Z", False),
    ("ge2026-03-04T23:00:00Z", True), ("lt2026-03-06T00:00:00Z", True), ("gt2026-03-06T00:00:00Z", False),
    ("lt2026-03-05T01:00:00Z,gt2026-03-05T01:00:00Z", True), ("ap2026-03-05T09:00:00Z", True),
    ("lt2026-03-05T01:00:00Z,gt2026-03-05T03:00:00Z", False),
]  # fmt: skip


def test_hours_decide_where_days_cannot(clinic, file) -> None:
    made = observe(clinic, file, on="2026-03-05T10:00:00+08:00")
    for value, is_found in HOURS:
        bundle = ask(clinic, "Observation", ("date", value))
        assert (ids_of(bundle), bundle["total"]) == (([made], 1) if is_found else ([], 0)), value


def test_pages_and_total_are_right_where_hours_decide(clinic, file) -> None:
    made = [observe(clinic, file, on=f"2026-03-05T{hour:02}:00:00+08:00") for hour in range(8, 16)]
    late = [observe(clinic, file, on=f"2026-03-0{day}") for day in (6, 7)]
    asked = (("date", "ge2026-03-05T12:00:00+08:00"), ("_count", "2"), ("_sort", "date"))
    seen = list(pages(clinic, "Observation", *asked))
    assert [one for bundle in seen for one in ids_of(bundle)] == made[4:] + late
    assert {bundle["total"] for bundle in seen} == {6}


def test_reference_by_identifier_and_identifier_by_type(clinic, file) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v2-0203"
    made = observe(
        clinic,
        file,
        performer=[{"identifier": {"system": "urn:doc", "value": "7"}}],
        identifier=[
            {"type": {"coding": [{"system": system, "code": "MR"}]}, "system": "urn:mr", "value": "a|b"}
        ],
    )
    assert find(clinic, "Observation", ("performer:identifier", "urn:doc|7")) == [made]
    assert find(clinic, "Observation", ("performer:identifier", "7")) == [made]
    assert find(clinic, "Observation", ("performer:identifier", "urn:other|7")) == []
    assert find(clinic, "Observation", ("identifier:of-type", f"{system}|MR|a\\|b")) == [made]
    assert find(clinic, "Observation", ("identifier:of-type", f"{system}|SB|a\\|b")) == []
    assert find(clinic, "Observation", ("identifier", "urn:mr|a\\|b")) == [made]


def test_quantity_is_found_in_its_unit_and_precision(clinic, file) -> None:
    quantity = {"value": 118.25, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    made = observe(clinic, file, valueQuantity=quantity)
    for value in ("118.25", "gt118||mmHg", "118.3", "118|http://unitsofmeasure.org|mm[Hg]", "ap110"):
        # 118.3 means from 118.25 on, as it is written.
        assert find(clinic, "Observation", ("value-quantity", value)) == [made], value
    for value in ("118.2", "lt118", "118||kg", "sa118.25"):
        assert find(clinic, "Observation", ("value-quantity", value)) == [], value
    assert find(clinic, "Observation", ("code-value-quantity", f"{LOINC}|8480-6$gt118")) == [made]
    assert find(clinic, "Observation", ("code-value-quantity", f"{LOINC}|1$gt118")) == []


REFUSED = (
    "code:in=x", "code:above=x", "name=x", "subject:Patient.name.x=1", "subject:Group.name=x", "code.x=1", "status:x=1",
    "_has:Observation:patient:code=1", "_has:x=1", "_include=Observation:code", "_include=x",
    "_include=Observation:subject:Device:x", "_sort=-", "_sort=code-value-quantity", "_summary=x", "_elements=a b",
    "value-quantity=x", "code-value-quantity=1", "value-quantity:missing=x", "patient.x=1", "_text=x", "_content=x",
    "_filter=x", "_list=x", "identifier=a|b|c", "date:exact=2026", "_include=Observation:subject&_summary=text",
)  # fmt: skip


def test_what_is_not_understood_is_refused(clinic) -> None:
    for query in REFUSED:
        answer = clinic.get(f"{BASE}/Observation?{query}")
        assert (answer.status_code, answer.get_json()["resourceType"]) == (400, "OperationOutcome"), query


def test_chain_leads_over_what_the_reader_sees_and_tells_nothing_of_the_rest(app, clinic, file) -> None:
    seen = observe(clinic, file)
    encounter = visit(clinic, file, identifier=[{"system": "urn:v", "value": "1"}])
    inside = observe(clinic, file, encounter={"reference": f"Encounter/{encounter}"})
    number = file.id_number
    for name in ("patient.identifier", "subject:Patient.identifier", "subject.identifier"):
        assert set(find(clinic, "Observation", (name, number))) == {seen, inside}, name
    assert find(clinic, "Observation", ("encounter.identifier", "urn:v|1")) == [inside]
    assert find(clinic, "Observation", ("encounter:Encounter.status", "planned")) == []
    assert find(clinic, "Observation", ("patient.identifier", "0")) == []
    other = staff_bearer(app, "practitioner", "CL-BJ")
    their = observe(other, file, encounter={"reference": f"Encounter/{encounter}"})
    assert find(other, "Observation") == [their]
    # They see neither the Patient nor the Encounter: a chain must not say what stands there.
    for name, value in (
        ("patient.identifier", number),
        ("encounter.identifier", "urn:v|1"),
        ("patient.active:missing", "true"),
    ):
        assert find(other, "Observation", (name, value)) == [], name


def test_reverse_chain_counts_what_the_reader_sees(app, clinic, file) -> None:
    made = observe(clinic, file, code="1")
    assert find(clinic, "Patient", ("_has:Observation:patient:code", "1")) == [file.patient]
    assert find(clinic, "Patient", ("_has:Observation:patient:code", "2")) == []
    encounter = visit(clinic, file)
    observe(clinic, file, code="3", encounter={"reference": f"Encounter/{encounter}"})
    assert find(clinic, "Encounter", ("_has:Observation:encounter:code", "3")) == [encounter]
    assert find(clinic, "Encounter", ("_has:Observation:encounter:code", "1")) == []
    owner, other = owner_bearer(app, file), staff_bearer(app, "practitioner", "CL-BJ")
    observe(other, file, code="9")
    assert find(owner, "Patient", ("_has:Observation:patient:code", "9")) == [file.patient]
    assert find(clinic, "Patient", ("_has:Observation:patient:code", "9")) == []
    assert made in find(owner, "Observation")


def test_includes_show_each_row_once_and_none_that_the_reader_does_not_see(app, clinic, file) -> None:
    encounter = visit(clinic, file)
    first, second = (
        observe(clinic, file, encounter={"reference": f"Encounter/{encounter}"}) for _ in range(2)
    )
    bundle = ask(
        clinic, "Observation", ("_include", "Observation:encounter"), ("_include", "Observation:subject")
    )
    assert set(ids_of(bundle)) == {first, second}
    assert sorted(ids_of(bundle, "include")) == sorted([encounter, file.patient])
    assert bundle["total"] == 2
    bundle = ask(
        clinic,
        "Observation",
        ("_include", "Observation:subject:Group"),
        ("_include", "Observation:encounter:Encounter"),
    )
    assert ids_of(bundle, "include") == [encounter]
    assert set(ids_of(ask(clinic, "Observation", ("_include", "*")), "include")) == {encounter, file.patient}
    bundle = ask(
        clinic, "Encounter", ("_revinclude", "Observation:encounter"), ("_include", "Encounter:patient")
    )
    assert set(ids_of(bundle, "include")) == {first, second, file.patient}
    assert set(ids_of(ask(clinic, "Patient", ("_revinclude", "Observation:patient")), "include")) == {
        first,
        second,
    }
    bundle = ask(clinic, "Patient", ("_revinclude", "*"))
    assert set(ids_of(bundle, "include")) == {first, second, encounter}
    other = staff_bearer(app, "practitioner", "CL-BJ")
    theirs = observe(other, file, encounter={"reference": f"Encounter/{encounter}"})
    bundle = ask(other, "Observation", ("_include", "*"), ("_revinclude", "*"), ("_include:iterate", "*"))
    assert (ids_of(bundle), ids_of(bundle, "include")) == ([theirs], [])
    assert theirs not in json.dumps(ask(clinic, "Encounter", ("_revinclude", "Observation:encounter")))


def test_iterated_include_goes_on_from_what_was_included(clinic, file) -> None:
    first = visit(clinic, file)
    second = visit(clinic, file, partOf={"reference": f"Encounter/{first}"})
    made = observe(clinic, file, encounter={"reference": f"Encounter/{second}"})
    once = ask(
        clinic,
        "Observation",
        ("_id", made),
        ("_include", "Observation:encounter"),
        ("_include", "Encounter:part-of"),
    )
    assert ids_of(once, "include") == [second]
    again = ask(
        clinic,
        "Observation",
        ("_id", made),
        ("_include", "Observation:encounter"),
        ("_include:iterate", "Encounter:part-of"),
    )
    assert set(ids_of(again, "include")) == {first, second}


def test_order_by_what_is_sealed(clinic, file) -> None:
    a = observe(clinic, file, code="b", on="2026-03-01")
    b = observe(clinic, file, code="a", on="2026-03-02T10:00:00Z")
    c = observe(clinic, file, code="a", on="2026-03-02T09:00:00Z")
    d = make(clinic, {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                      "subject": {"reference": f"Patient/{file.patient}"}})  # fmt: skip
    for sort, expected in (
        ("date", [a, c, b, d]), ("-date", [b, c, a, d]), ("code,-date", [b, c, a, d]), ("-code,date", [d, a, c, b]),
        ("_id", [a, b, c, d]), ("-_id", [d, c, b, a]), ("status,_lastUpdated", [a, b, c, d]),
    ):  # fmt: skip
        whole = find(clinic, "Observation", ("_sort", sort))
        assert whole == expected, sort
        joined = [
            one
            for page in pages(clinic, "Observation", ("_sort", sort), ("_count", "1"))
            for one in ids_of(page)
        ]
        assert joined == expected, sort


def test_pages_hold_everything_once_while_others_write(clinic, file) -> None:
    made = {observe(clinic, file) for _ in range(7)}
    for sort in ("", "date", "_id"):
        seen: list[str] = []
        for page in pages(
            clinic, "Observation", ("code", "8480-6"), ("_count", "2"), *([("_sort", sort)] if sort else [])
        ):
            seen += ids_of(page)
            observe(clinic, file)
        assert len(seen) == len(set(seen))
        assert made <= set(seen), sort


def test_next_link_keeps_every_parameter_and_self_says_what_was_used(clinic, file) -> None:
    for _ in range(3):
        observe(clinic, file)
    asked = (("code", "8480-6"), ("date", "ge2026"), ("date", "lt2027"), ("_count", "1"), ("_include", "*"))
    bundle = ask(clinic, "Observation", *asked, ("colour", "red"), Prefer="handling=lenient")
    links = {link["relation"]: urlsplit(link["url"]) for link in bundle["link"]}
    assert parse_qs(links["self"].query) == {
        "code": ["8480-6"], "date": ["ge2026", "lt2027"], "_count": ["1"], "_include": ["*"]
    }  # fmt: skip
    kept = parse_qs(links["next"].query)
    assert {name: kept[name] for name in ("code", "date", "_count", "_include")} == parse_qs(
        links["self"].query
    )


def test_form_keeps_its_parameters_out_of_every_address(clinic, file) -> None:
    made = [observe(clinic, file) for _ in range(3)]
    body = urlencode([("patient.identifier", file.id_number), ("_count", "2")])
    answer = clinic.post(f"{BASE}/Observation/_search", data=body, headers=FORM)
    assert answer.status_code == 200, answer.text
    bundle = answer.get_json()
    rest = following(bundle)
    assert bundle["total"] == 3
    assert file.id_number not in rest
    assert "_count" not in rest
    again = clinic.get(f"{BASE}/{rest}").get_json()
    assert sorted(ids_of(bundle) + ids_of(again)) == made
    assert again["total"] == 3
    assert (
        clinic.post(
            f"{BASE}/Observation/_search", data="{}", headers={"Content-Type": "text/plain"}
        ).status_code
        == 415
    )


def test_several_types_at_once(clinic, file) -> None:
    made, encounter = observe(clinic, file), visit(clinic, file)
    assert set(find(clinic, "", ("_type", "Observation,Encounter"))) == {made, encounter}
    assert set(find(clinic, "", ("_type", "Observation,Encounter"), ("patient", file.patient))) == {
        made,
        encounter,
    }
    assert set(find(clinic, "", ("_lastUpdated", "ge2020"))) >= {made, encounter, file.patient}
    body = urlencode([("_type", "Observation"), ("code", "8480-6")])
    assert ids_of(clinic.post(f"{BASE}/_search", data=body, headers=FORM).get_json()) == [made]
    ask(clinic, "", ("_type", "Observation,Encounter"), ("code", "1"), status=400)
    ask(clinic, "", ("_type", "Account"), status=400)


def test_search_in_one_file(app, clinic, file) -> None:
    made, encounter = observe(clinic, file), visit(clinic, file)
    observe(clinic, open_file(app, clinic))
    assert find(clinic, f"Patient/{file.patient}/Observation", ("code", "8480-6")) == [made]
    assert set(find(clinic, f"Patient/{file.patient}/*")) == {made, encounter, file.patient}
    assert find(clinic, f"Patient/{file.patient}/*", ("_type", "Encounter")) == [encounter]
    stranger = staff_bearer(app, "practitioner", "CL-BJ")
    assert find(stranger, f"Patient/{file.patient}/*") == []
    ask(clinic, f"Patient/{file.patient}/Practitioner", status=404)


def test_search_with_summary_or_elements_shows_only_those(clinic, file) -> None:
    observe(
        clinic,
        file,
        text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
        note=[{"text": "n"}],
    )

    def shown(*pairs):
        return ask(clinic, "Observation", *pairs)["entry"][0]["resource"]

    assert not {"text", "note"} & set(shown(("_summary", "true")))
    assert {"code", "status", "subject"} <= set(shown(("_summary", "true")))
    assert {"text", "status", "code"} <= set(shown(("_summary", "text")))
    assert "note" not in shown(("_summary", "text"))
    assert "text" not in shown(("_summary", "data"))
    assert "note" in shown(("_summary", "data"))
    assert set(shown(("_elements", "effective"))) == {
        "resourceType",
        "id",
        "meta",
        "status",
        "code",
        "effectiveDateTime",
    }
    assert shown(("_elements", "note"))["meta"]["tag"][-1]["code"] == "SUBSETTED"
    counted = ask(clinic, "Observation", ("_summary", "count"))
    assert (counted["total"], "entry" in counted) == (1, False)
    assert "total" not in ask(clinic, "Observation", ("_total", "none"))
