"""`citizen health import`: every form of file, references, refusals by place, and a second run that changes nothing."""

import gzip
import json
import os
from collections.abc import Iterator

import pytest

from bench.health.records import invent, life_of
from health_file import store
from health_file.fhir import text
from health_file.rules import SUBJECTS
from services.database.roles import Role
from services.database.session import Opening
from services.settings import CHECKOUT
from tests.support.imports import City, bundle_of, city_of, run_import, write_json
from tests.support.servers import TestServer

CORPUS = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"
WORKER = Opening(role=Role.WORKER, service="health_file")


@pytest.fixture(scope="module")
def clone(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with city_of(server, f"citizen_import_{os.getpid()}", tmp_path_factory.mktemp("data")) as city:
        yield city


@pytest.fixture
def city(clone: City) -> City:
    clone.forget_everything()
    return clone


def bodies(city):
    """Every current resource, opened, by our id."""
    from health_file.actions.views import view_of
    from health_file.models import resources

    with city.database.transaction(WORKER) as session:
        rows = session.execute(resources.select().where(resources.c.is_current)).all()
        return {str(row.id): view_of(session, row).body for row in rows}


def test_erasing_a_file_forgets_what_the_import_knew_of_it(city, tmp_path) -> None:
    city.enrol(invent(1), invent(2))
    folder = tmp_path / "in"
    folder.mkdir()
    write_json(folder / "a.json", bundle_of(1, 8))
    write_json(folder / "b.json", bundle_of(2, 6))
    assert run_import(city, tmp_path, folder).status == 0
    [(subject,)] = city.rows("SELECT subject_id FROM health_file.patients ORDER BY subject_id LIMIT 1")

    def known():
        """Entries and names of this file, and of all."""
        [counts] = city.rows(
            f"SELECT count(*) FILTER (WHERE e.subject_id = '{subject}'), count(*), (SELECT count(*) FROM"
            " health_file.import_names n JOIN health_file.import_entries o USING (resource_id)"
            f" WHERE o.subject_id = '{subject}'), (SELECT count(*) FROM health_file.import_names)"
            " FROM health_file.import_entries e"
        )
        return counts

    own, entries, named, names = known()
    assert own > 4
    assert named >= own
    with city.database.transaction(WORKER) as session:
        store.delete_file(session, subject)
    assert known() == (0, entries - own, 0, names - named)
    # The other file goes on as it was; this one begins afresh.
    assert run_import(city, tmp_path, folder).counts["created"] == own


def references(value):
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for one in value.values():
            yield from references(one)


def test_bundles_are_loaded_with_references_among_our_ids(city, tmp_path) -> None:
    city.enrol(invent(1), invent(2))
    folder = tmp_path / "in"
    folder.mkdir()
    write_json(folder / "a.json", bundle_of(1, 40))
    (folder / "b.json.gz").write_bytes(gzip.compress(text.write(bundle_of(2, 30, "collection"))))
    done = run_import(city, tmp_path, folder)
    assert (done.status, done.report) == (0, [])
    assert done.counts == {
        "entries": 72, "created": 72, "changed": 0, "unchanged": 0, "refused": 0, "warnings": 0
    }  # fmt: skip
    kept = bodies(city)
    owners = dict(city.rows("SELECT id::text, subject_id FROM health_file.resource_ids"))
    for resource_id, body in kept.items():
        for reference in references(body):
            kind, _, target = reference.partition("/")
            assert kept[target]["resourceType"] == kind
            assert owners[target] == owners[resource_id]
    authors = city.rows("SELECT DISTINCT author FROM health_file.resources")
    assert authors == [("CL-HP",)]
    event = "health_file.resources.imported"
    events = city.rows(
        "SELECT sum((details->>'count')::int), count(DISTINCT subject_id) FROM audit.events "
        f"WHERE event = '{event}'"
    )
    assert events == [(72, 2)]


def test_second_run_changes_nothing_and_a_changed_entry_becomes_the_next_version(city, tmp_path) -> None:
    city.enrol(invent(1))
    bundle = bundle_of(1, 20)
    file = write_json(tmp_path / "a.json", bundle)
    run_import(city, tmp_path, file)
    before = city.state()
    again = run_import(city, tmp_path, file)
    assert (again.status, again.counts["unchanged"], again.counts["created"]) == (0, 21, 0)
    assert city.state() == before
    bundle["entry"][3]["resource"]["note"] = [{"text": "补记"}]
    changed = run_import(city, tmp_path, write_json(tmp_path / "a.json", bundle))
    assert (changed.counts["changed"], changed.counts["unchanged"]) == (1, 20)
    assert city.rows(
        "SELECT max(version), count(*) FILTER (WHERE is_current) FROM health_file.resources"
    ) == [(2, 21)]
    assert run_import(city, tmp_path, tmp_path / "a.json").counts["unchanged"] == 21


def test_bulk_data_files_refer_to_each_other_in_any_order(city, tmp_path) -> None:
    city.enrol(invent(1), invent(2))
    files: dict[str, list[dict]] = {}
    for number in (1, 2):
        names = {}
        entries = list(life_of(number, 25))
        for place, entry in enumerate(entries):
            entry["resource"]["id"] = f"{number}-{place}"
            names[entry["fullUrl"]] = f"{entry['resource']['resourceType']}/{number}-{place}"
        for entry in entries:
            raw = text.write(entry["resource"]).decode()
            for urn, name in names.items():
                raw = raw.replace(urn, name)
            resource = text.read(raw.encode())
            files.setdefault(resource["resourceType"], []).append(resource)
    # Patient.ndjson comes last of all.
    for kind, found in files.items():
        name = "z" if kind == "Patient" else kind
        packed = gzip.compress(b"\r\n".join(map(text.write, found)))
        (tmp_path / f"{name}.ndjson.gz").write_bytes(packed)
    done = run_import(city, tmp_path, tmp_path)
    assert (done.status, done.counts["created"], done.counts["warnings"]) == (0, 52, 0)
    kept = bodies(city)
    assert all(
        reference.partition("/")[2] in kept for body in kept.values() for reference in references(body)
    )
    stdin = b"\n".join(map(text.write, files["Patient"] + files["Observation"]))
    piped = run_import(city, tmp_path, "-", stdin=stdin)
    assert (piped.status, piped.counts["unchanged"]) == (0, len(files["Observation"]) + 2)


def test_bad_entries_are_named_by_place_and_stop_nobody_else(city, tmp_path) -> None:
    city.enrol(invent(1))
    bundle = bundle_of(1, 12)
    entry = bundle["entry"]
    entry[2]["resource"]["status"] = "nonsense"
    entry[4] = {"request": {"method": "DELETE", "url": "Observation/1"}}
    entry[5]["resource"]["resourceType"] = "Claim"
    unknown = bundle_of(2, 3)
    good = text.write(bundle).replace(b'"entry":[', b'"entry":[17,')
    twice = text.write(unknown)[:-1] + b',"type":"batch"}'
    lines = [
        good,
        twice,
        text.write(unknown),
        b"{nonsense",
        b"",
        text.write({"resourceType": "Bundle", "type": "history"}),
    ]
    (tmp_path / "in.ndjson").write_bytes(b"\n".join(lines))
    (tmp_path / "torn.json.gz").write_bytes(gzip.compress(good)[:-30])
    done = run_import(city, tmp_path, tmp_path / "in.ndjson", tmp_path / "torn.json.gz")
    assert (done.status, done.counts["created"]) == (3, 10)
    found = [
        (one.get("line"), one.get("expression"), one["code"])
        for one in done.report
        if one["outcome"]["issue"][0]["severity"] == "error"
    ]
    assert sorted(found, key=str) == sorted(
        [
            (1, "Bundle.entry[0]", "health_file.entry_malformed"),
            (1, "Bundle.entry[3]", "health_file.resource_invalid"),
            (1, "Bundle.entry[5]", "health_file.entry_malformed"),
            (1, "Bundle.entry[6]", "health_file.type_not_supported"),
            (2, None, "health_file.entry_malformed"),
            (3, "Bundle.entry[0]", "health_file.resident_unknown"),
            (3, "Bundle.entry[1]", "health_file.resident_unknown"),
            (3, "Bundle.entry[2]", "health_file.resident_unknown"),
            (3, "Bundle.entry[3]", "health_file.resident_unknown"),
            (4, None, "health_file.entry_malformed"),
            (6, None, "health_file.entry_malformed"),
            (None, None, "health_file.entry_malformed"),
        ],
        key=str,
    )
    written = (tmp_path / "report.ndjson").read_text()
    for number in (1, 2):
        person = invent(number)
        assert person.name not in written
        assert person.id_number not in written
    assert all(one["outcome"]["resourceType"] == "OperationOutcome" for one in done.report)
    # What the refused are referred to by stays as it was sent, and is said.
    assert done.counts["warnings"] == len(done.report) - 12


def test_residents_enrolled_later_are_found_by_the_next_run(city, tmp_path) -> None:
    file = write_json(tmp_path / "a.json", bundle_of(1, 9))
    first = run_import(city, tmp_path, file)
    assert (first.status, first.counts["created"], first.counts["refused"]) == (3, 0, 10)
    assert city.rows("SELECT count(*) FROM health_file.resources") == [(0,)]
    city.enrol(invent(1))
    second = run_import(city, tmp_path, file)
    assert (second.status, second.counts["created"]) == (0, 10)


def test_ids_of_one_bundle_never_mean_a_person_of_another(city, tmp_path) -> None:
    city.enrol(invent(1), invent(2))
    bundles = []
    for number in (1, 2):
        patient = next(life_of(number, 0))["resource"] | {"id": "p"}
        observation = {
            "resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"},
            "subject": {"reference": "Patient/p"},
        }  # fmt: skip
        bundles.append(
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": observation}, {"resource": patient}],
            }
        )
    done = run_import(city, tmp_path, write_json(tmp_path / "a.ndjson", *bundles))
    assert (done.counts["created"], done.status) == (3, 3)
    assert [(one["line"], one["code"]) for one in done.report] == [(2, "health_file.entry_twice")]
    owners = city.rows("SELECT count(DISTINCT subject_id), count(*) FROM health_file.resources")
    assert owners == [(2, 3)]
    alone = {**bundles[0]["entry"][0]["resource"], "id": "q"}
    lost = run_import(city, tmp_path, write_json(tmp_path / "b.ndjson", alone))
    assert [one["code"] for one in lost.report] == ["health_file.resident_unknown"]


def test_a_patient_that_another_clinic_opened_stays_and_records_join_it(city, tmp_path) -> None:
    city.enrol(invent(1))
    run_import(city, tmp_path, write_json(tmp_path / "a.json", bundle_of(1, 3)), unit="CL-BJ")
    other = bundle_of(1, 6)
    other["entry"][0]["resource"]["active"] = False
    done = run_import(city, tmp_path, write_json(tmp_path / "b.json", other))
    assert (done.status, done.counts["created"]) == (0, 6)
    assert [one["code"] for one in done.report] == ["health_file.patient_kept"]
    patients = [body for body in bodies(city).values() if body["resourceType"] == "Patient"]
    assert [patient["active"] for patient in patients] == [True]
    assert run_import(city, tmp_path, tmp_path / "b.json").counts["unchanged"] == 7


def test_official_examples_are_loaded_or_refused_each_for_its_own_reason(city, tmp_path) -> None:
    person = invent(1)
    city.enrol(person)
    examples = [json.loads(line) for line in gzip.decompress(CORPUS.read_bytes()).splitlines()]
    patient = next(one for one in examples if one["resourceType"] == "Patient" and one["id"] == "example")
    patient["identifier"] = [{"system": "urn:oid:2.16.156.10011.1.3", "value": person.id_number}]
    file = write_json(tmp_path / "examples.ndjson", *examples)
    done = run_import(city, tmp_path, file)
    codes = {one["code"] for one in done.report if one["outcome"]["issue"][0]["severity"] == "error"}
    assert codes <= {
        "health_file.resident_unknown",
        "health_file.type_not_supported",
        "health_file.entry_malformed",
        "health_file.entry_twice",
    }
    about = [
        one for one in examples
        if one.get(SUBJECTS.get(one["resourceType"], ""), {}).get("reference") == "Patient/example"
    ]  # fmt: skip
    assert done.counts["created"] >= len(about) + 1 > 60
    again = run_import(city, tmp_path, file)
    assert (again.counts["created"], again.counts["changed"]) == (0, 0)
    assert again.counts["refused"] == done.counts["refused"]


def test_what_was_changed_here_since_is_not_overwritten(city, tmp_path) -> None:
    city.enrol(invent(1))
    bundle = bundle_of(1, 2)
    run_import(city, tmp_path, write_json(tmp_path / "a.json", bundle))
    city.rows("UPDATE health_file.resources SET author = 'CL-BJ' WHERE type = 'Condition' RETURNING id")
    for entry in bundle["entry"][1:]:
        entry["resource"]["identifier"] = [{"value": "new"}]
    done = run_import(city, tmp_path, write_json(tmp_path / "a.json", bundle))
    assert (done.counts["changed"], [one["code"] for one in done.report]) == (1, ["health_file.changed_here"])


def test_directory_and_shelves_are_found_by_identifier_and_by_what_they_name(city, tmp_path) -> None:
    city.enrol(invent(1))
    doctor = {
        "fullUrl": "urn:uuid:0b1b1f0e-0000-4000-8000-000000000001",
        "resource": {"resourceType": "Practitioner", "identifier": [{"system": "urn:staff", "value": "7"}]},
        "request": {"method": "POST", "url": "Practitioner", "ifNoneExist": "identifier=urn:staff|7"},
    }
    directory = {"resourceType": "Bundle", "type": "batch", "entry": [doctor]}
    bundle = bundle_of(1, 2)
    patient, visit, condition = bundle["entry"]
    visit["resource"]["participant"] = [{"individual": {"reference": "Practitioner?identifier=urn:staff|7"}}]
    condition["resource"]["recorder"] = {"reference": "Practitioner?identifier=urn:staff|8"}
    bundle["entry"] += [
        {
            "fullUrl": "urn:uuid:0b1b1f0e-0000-4000-8000-000000000002",
            "resource": {
                "resourceType": "Provenance",
                "target": [{"reference": visit["fullUrl"]}],
                "recorded": "2026-11-26T08:00:00Z",
                "agent": [{"who": {"reference": "Practitioner?identifier=urn:staff|7"}}],
            },
        },
        {
            "fullUrl": "urn:uuid:0b1b1f0e-0000-4000-8000-000000000003",
            "resource": {
                "resourceType": "Binary",
                "contentType": "text/plain",
                "securityContext": {"reference": patient["fullUrl"]},
                "data": "aGVsbG8=",
            },
        },
    ]
    files = [write_json(tmp_path / "a.json", bundle), write_json(tmp_path / "b.json", directory)]
    done = run_import(city, tmp_path, *files)
    assert (done.status, done.report, done.counts["created"]) == (0, [], 6)
    owners = dict(city.rows("SELECT type, subject_id FROM health_file.resource_ids"))
    assert owners["Provenance"] == owners["Binary"] == owners["Patient"] != owners["Practitioner"]
    found = {body["resourceType"]: (key, body) for key, body in bodies(city).items()}
    known = f"Practitioner/{found['Practitioner'][0]}"
    assert found["Encounter"][1]["participant"][0]["individual"] == {"reference": known}
    assert found["Provenance"][1]["agent"][0]["who"] == {"reference": known}
    assert found["Condition"][1]["recorder"] == {
        "type": "Practitioner", "identifier": {"system": "urn:staff", "value": "8"}
    }  # fmt: skip
    doctor["fullUrl"] = "urn:uuid:0b1b1f0e-0000-4000-8000-00000000000f"  # numbered anew in the next export
    again = run_import(city, tmp_path, files[0], write_json(files[1], directory))
    assert (again.counts["unchanged"], again.counts["created"]) == (6, 0)


def test_what_cannot_be_read_is_said(city, tmp_path) -> None:
    assert run_import(city, tmp_path, tmp_path / "absent.json").status == 1
    (tmp_path / "empty").mkdir()
    assert run_import(city, tmp_path, tmp_path / "empty").status == 1
