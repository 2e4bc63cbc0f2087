"""`$everything`, `$lastn` and the statement of what the server can do."""

import json

from health_file import store
from health_file.actions.search import index_resources
from health_file.actions.views import ResourceView, row_of
from health_file.fhir.operations import OPERATIONS
from health_file.fhir.parameters import PARAMETERS
from health_file.rules import HELD_TYPES
from services import ids
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, make, owner_bearer

LOINC = "http://loinc.org"


def observation(file, code="8480-6", on="2026-03-05", **elements):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]} if isinstance(code, str) else code,
        "subject": {"reference": f"Patient/{file.patient}"},
        "effectiveDateTime": on,
        **elements,
    }


def fill(database, file, count) -> list[str]:
    """Many observations at once, as an import writes them."""
    owner = file.account
    with database.transaction(Opening(role=Role.STAFF, service="health_file", subjects=(owner,))) as session:
        views = [
            ResourceView(
                id=ids.new_id(),
                type="Observation",
                version=1,
                author="CL-HP",
                recorded_at=session.at,
                body=observation(file, on=f"20{number % 26:02}-03-05"),
                subject_id=owner,
            )
            for number in range(count)
        ]
        store.add_resources(session, [row_of(session, view) for view in views])
        index_resources(session, views)
    return [str(view.id) for view in views]


def follow(bearer, address):
    while address:
        answer = bearer.get(address)
        assert answer.status_code == 200, answer.text
        bundle = answer.get_json()
        yield bundle
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        address = links["next"].partition("8000")[2] if "next" in links else None


def entries(bundles, mode="match"):
    return [
        entry["resource"]["id"]
        for bundle in bundles
        for entry in bundle.get("entry", [])
        if entry["search"]["mode"] == mode
    ]


def test_everything_holds_a_large_file_once_while_others_write(clinic, file, database) -> None:
    made = fill(database, file, 2300)
    practitioner = make(clinic, {"resourceType": "Practitioner", "name": [{"text": "Dr"}]})
    named = [{"reference": f"Practitioner/{practitioner}"}]
    late = [make(clinic, observation(file, performer=named)) for _ in range(2)]
    bundles = []
    for bundle in follow(clinic, f"{BASE}/Patient/{file.patient}/$everything?_count=500"):
        bundles.append(bundle)
        make(clinic, observation(file))
    found = entries(bundles)
    assert len(found) == len(set(found))
    assert {file.patient, *made, *late} <= set(found)
    assert entries(bundles, "include") == [practitioner]
    assert {bundle["total"] for bundle in bundles} == {2303}
    assert all("_count=500" in link["url"] for bundle in bundles for link in bundle["link"])


def test_everything_is_narrowed_by_period_type_and_instant(app, clinic, file) -> None:
    old, new = (
        make(clinic, observation(file, on="2020-01-01")),
        make(clinic, observation(file, on="2026-01-01")),
    )
    address = f"{BASE}/Patient/{file.patient}/$everything"

    def found(query):
        return set(entries(follow(clinic, f"{address}?{query}")))

    assert found("") == {file.patient, old, new}
    assert found("start=2025&end=2026-12") == {file.patient, new}
    assert found("end=2020-01-01") == {file.patient, old}
    assert found("_type=Observation&start=2021") == {new}
    assert found("_since=2200-01-01T00:00:00Z") == set()
    owner = owner_bearer(app, file)
    assert set(entries(follow(owner, f"{BASE}/Patient/$everything"))) == {file.patient, old, new}
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueCode": "Observation"}]}
    answer = clinic.post(address, data=json.dumps(parameters), headers=FHIR)
    assert set(entries([answer.get_json()])) == {old, new}
    for query in (
        "colour=red",
        "start=x",
        "_since=2026",
        "_count=0",
        "_type=Account",
        "start=2026&start=2027",
    ):
        assert clinic.get(f"{address}?{query}").status_code == 400, query


def test_everything_of_a_file_that_is_absent_or_somebody_elses_is_not_found(app, clinic, file) -> None:
    stranger = staff_bearer(app, "practitioner", "CL-BJ")
    make(stranger, observation(file))
    for bearer, patient in ((stranger, file.patient), (clinic, ids.new_id()), (clinic, "x")):
        answer = bearer.get(f"{BASE}/Patient/{patient}/$everything")
        assert (answer.status_code, answer.get_json()["resourceType"]) == (404, "OperationOutcome")
    assert clinic.get(f"{BASE}/Patient/$everything").status_code == 404


def test_last_observations_of_each_kind(clinic, file) -> None:
    vital = [{"coding": [{"code": "vital-signs"}]}]
    both = {"coding": [{"system": LOINC, "code": "8480-6"}, {"system": "urn:own", "code": "SYS"}]}
    first = make(clinic, observation(file, on="2026-01-01", category=vital))
    second = make(clinic, observation(file, on="2026-01-02T10:00:00Z", category=vital, code=both))
    third = make(clinic, observation(file, on="2026-01-02T11:00:00Z", category=vital,
                                     code={"coding": [{"system": "urn:own", "code": "SYS"}]}))  # fmt: skip
    other = make(clinic, observation(file, code="8867-4", on="2025-01-01", category=vital))
    words = make(clinic, observation(file, on="2025-01-01", code={"text": "步数"}))
    address = f"{BASE}/Observation/$lastn?patient=Patient/{file.patient}"

    def last(query):
        return entries([clinic.get(f"{address}{query}").get_json()])

    assert set(last("")) == {third, other, words}
    assert set(last("&category=vital-signs")) == {third, other}
    assert set(last("&max=2&category=vital-signs")) == {third, second, other}
    assert last("&max=3&code=8480-6,SYS") == [third, second, first]
    assert clinic.get(f"{BASE}/Observation/$lastn").status_code == 400
    assert clinic.get(f"{address}&max=0").status_code == 400


def test_capability_statement_says_what_is_searched_and_done(client) -> None:
    statement = client.get(f"{BASE}/metadata").get_json()
    (rest,) = statement["rest"]
    types = {one["type"]: one for one in rest["resource"]}
    # cpb-1, cpb-2, cpb-9, cpb-12, cpb-15 (capabilitystatement.html#invs)
    assert statement["kind"] == "instance"
    assert statement["implementation"]["url"].endswith(BASE)
    assert len(types) == len(rest["resource"]) == len(HELD_TYPES)
    operations = {(name, one["name"]) for name in types for one in types[name].get("operation", [])}
    for name, one in types.items():
        searched = {parameter["name"]: parameter for parameter in one["searchParam"]}
        assert len(searched) == len(one["searchParam"])
        assert set(searched) == {*PARAMETERS[name], "_id", "_lastUpdated"}
        for code, parameter in PARAMETERS[name].items():
            assert searched[code]["type"] == parameter.kind
            assert searched[code]["definition"].startswith("http://hl7.org/fhir/SearchParameter/")
        assert {"search-type", "read"} <= {interaction["code"] for interaction in one["interaction"]}
    assert "Observation:subject" in types["Patient"]["searchRevInclude"]
    assert "Observation:encounter" in types["Observation"]["searchInclude"]
    assert {(name, one.name) for one in OPERATIONS for name in one.types} <= operations
    terminology = client.get(f"{BASE}/metadata?mode=terminology").get_json()
    assert terminology["resourceType"] == "TerminologyCapabilities"
    assert client.get(f"{BASE}/metadata?mode=x").status_code == 400


def test_every_operation_has_its_routes_and_needs_its_scope(app) -> None:
    routes = {
        (str(rule), method): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    # An operation on every type has one route, whose address names the type.
    routes |= {
        (path.replace("<string:resource_type>", name), method): view
        for (path, method), view in routes.items()
        for one in OPERATIONS
        for name in one.types
        if path.endswith(f"/${one.name}")
    }
    for one in OPERATIONS:
        places = {
            "system": [f"{BASE}/${one.name}"],
            "type": [f"{BASE}/{name}/${one.name}" for name in one.types],
            "instance": [f"{BASE}/{name}/<string:" for name in one.types],
        }
        for level in one.levels:
            for place in places[level]:
                for method in one.methods:
                    assert any(
                        (path == place or (path.startswith(place) and path.endswith(f"/${one.name}")))
                        and verb == method
                        for path, verb in routes
                    ), (one.name, place, method)
