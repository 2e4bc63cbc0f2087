"""Beginning to treat: counted, told, rejected by the resident, reviewed where it is out of the ordinary."""

from datetime import date, timedelta

import pytest

from health_file.access.openings import Bound, Reason, Whom
from health_file.actions.openings import beginning
from health_file.rules import ID_NUMBER_SYSTEM
from services import clock
from services.actor import Relation, system
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.people.relations import create_relation
from services.ports import CardDesk
from tests.support.consents import give, owner_of, unit
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, File, open_file, write
from tests.support.people import enrol_resident

API = "/health-file/v1"
DAY = timedelta(days=1)


@pytest.fixture
def boss(app):
    return staff_bearer(app, "supervisor", "CITY")


@pytest.fixture
def owner(app, clinic):
    return owner_of(app, open_file(app, clinic))


@pytest.fixture
def record(clinic, owner):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    return write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}}).get_json()


def visit(bearer, file, status="in-progress"):
    body = {"resourceType": "Encounter", "status": status, "class": {"code": "AMB"}}
    return write(bearer, {**body, "subject": {"reference": f"Patient/{file.patient}"}})


def closed(bearer, encounter):
    done = {**encounter, "status": "finished"}
    headers = {**FHIR, "If-Match": f'W/"{encounter["meta"]["versionId"]}"'}
    answer = bearer.put(f"{BASE}/Encounter/{encounter['id']}", json=done, headers=headers)
    assert answer.status_code == 200, answer.text


def sees(bearer, record):
    return bearer.get(f"{BASE}/Observation/{record['id']}").status_code == 200


def waiting(boss):
    return boss.get(f"{API}/openings").get_json()["items"]


def told(database, account, kind):
    query = "SELECT row_to_json(t)::text FROM notices.messages t"
    return sum(
        f'"subject_id":"{account}"' in row and kind in row for row in database.read_as(Role.WORKER, query)
    )


def test_resident_hears_of_it_at_once_and_ends_it(app, database, hospital, owner, record, boss) -> None:
    assert visit(hospital, owner.file).status_code == 201
    assert sees(hospital, record)
    assert told(database, owner.file.account, "health_file.treating_opened") == 1
    treating = owner.bearer.get(f"{API}/treating-units").get_json()["items"]
    assert [(one["unit"], one["kind"]) for one in treating] == [("CL-BJ", "encounter")]
    assert waiting(boss) == []
    assert owner.bearer.post(f"{API}/treating-units/CL-BJ/rejection").status_code == 204
    assert not sees(hospital, record)
    assert owner.bearer.get(f"{API}/treating-units").get_json()["items"] == []
    assert owner.bearer.post(f"{API}/treating-units/CL-BJ/rejection").status_code == 404
    [one] = waiting(boss)
    assert (one["unit"], one["reasons"]) == ("CL-BJ", [Reason.REJECTED])
    # Another encounter is kept, opens nothing, and is looked at; so is going on with the old one.
    assert visit(hospital, owner.file).status_code == 201
    assert not sees(hospital, record)
    assert told(database, owner.file.account, "health_file.treating_refused") == 1
    assert len(waiting(boss)) == 2
    # A card shown at its desk is the resident's own word.
    desk = app.extensions["citizen_ports"][CardDesk]
    with app.extensions["citizen_database"].transaction(
        Opening(role=Role.STAFF, service="social_card")
    ) as session:
        desk.card_shown(session, system("test"), subject_id=owner.file.account, unit="CL-BJ")
    assert sees(hospital, record)
    assert visit(hospital, owner.file).status_code == 201


def test_rejected_encounter_does_not_open_again_when_it_goes_on(hospital, owner, record) -> None:
    encounter = visit(hospital, owner.file).get_json()
    assert owner.bearer.post(f"{API}/treating-units/CL-BJ/rejection").status_code == 204
    headers = {**FHIR, "If-Match": 'W/"1"'}
    again = hospital.put(f"{BASE}/Encounter/{encounter['id']}", json=encounter, headers=headers)
    assert again.status_code == 200, again.text
    assert not sees(hospital, record)
    closed(hospital, again.get_json())
    assert visit(hospital, owner.file).status_code == 201
    assert not sees(hospital, record)


def test_only_the_resident_rejects(app, clinic, hospital, owner, record) -> None:
    visit(hospital, owner.file)
    stranger = owner_of(app, open_file(app, clinic))
    assert stranger.bearer.post(f"{API}/treating-units/CL-BJ/rejection").status_code == 404
    assert hospital.post(f"{API}/treating-units/CL-BJ/rejection").status_code == 403
    assert sees(hospital, record)


def test_too_many_in_a_day_are_refused_and_many_are_looked_at(
    app, clinic, hospital, boss, monkeypatch
) -> None:
    bounds = (
        Bound(Whom.PRACTITIONER, 1, DAY, is_refused=False),
        Bound(Whom.PRACTITIONER, 3, DAY, is_refused=True),
    )
    monkeypatch.setattr(beginning, "BOUNDS", bounds)
    files = [open_file(app, clinic) for _ in range(4)]
    answers = [visit(hospital, file) for file in files[:3]]
    assert [one.status_code for one in answers] == [201, 201, 201]
    # Closing what was opened gives nothing back.
    for one in answers:
        closed(hospital, one.get_json())
    refused = visit(hospital, files[3])
    assert (refused.status_code, refused.get_json()["issue"][0]["code"]) == (429, "throttled")
    assert hospital.get(f"{BASE}/Encounter?patient={files[3].patient}").get_json()["total"] == 0
    # Another member of the same unit has an allowance of their own; what is closed already opens nothing.
    assert visit(staff_bearer(app, "practitioner", "CL-BJ"), files[3]).status_code == 201
    assert visit(hospital, files[0], status="finished").status_code == 201
    assert sum(Reason.MANY in one["reasons"] for one in waiting(boss)) == 2


def test_units_bound_holds_for_all_its_people_and_in_a_transaction(
    app, clinic, hospital, monkeypatch
) -> None:
    monkeypatch.setattr(beginning, "BOUNDS", (Bound(Whom.UNIT, 2, DAY, is_refused=True),))
    files = [open_file(app, clinic) for _ in range(3)]
    body = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"}}
    entry = [
        {
            "resource": {**body, "subject": {"reference": f"Patient/{file.patient}"}},
            "request": {"method": "POST", "url": "Encounter"},
        }
        for file in files
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entry}
    assert hospital.post(BASE, json=bundle, headers=FHIR).status_code == 429
    bundle["entry"] = entry[:2]
    assert hospital.post(BASE, json=bundle, headers=FHIR).status_code == 200
    assert visit(staff_bearer(app, "practitioner", "CL-BJ"), files[2]).status_code == 429


def test_file_that_was_only_looked_at_is_reviewed(hospital, owner, record, boss) -> None:
    closed(hospital, visit(hospital, owner.file).get_json())
    [one] = waiting(boss)
    assert (one["reasons"], one["person"]) == ([Reason.BRIEF], str(hospital.account))
    encounter = visit(hospital, owner.file).get_json()
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "y"}}
    write(hospital, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}})
    closed(hospital, encounter)
    assert len(waiting(boss)) == 1


def test_beginning_with_who_is_shut_out_is_reviewed_and_reads_nothing(hospital, owner, record, boss) -> None:
    give(owner, {"type": "deny", "actor": [unit("CL-BJ")]})
    visit(hospital, owner.file)
    assert not sees(hospital, record)
    assert [one["reasons"] for one in waiting(boss)] == [[Reason.BLOCKED]]


def test_review_that_finds_it_wrong_ends_it(app, hospital, owner, record, boss, monkeypatch) -> None:
    monkeypatch.setattr(beginning, "BOUNDS", (Bound(Whom.PRACTITIONER, 0, DAY, is_refused=False),))
    visit(hospital, owner.file)
    assert sees(hospital, record)
    [one] = waiting(boss)
    verdict = {"verdict": "unjustified"}
    assert hospital.post(f"{API}/openings/{one['id']}/review", json=verdict).status_code == 403
    assert boss.post(f"{API}/openings/{one['id']}/review", json=verdict).status_code == 204
    assert boss.post(f"{API}/openings/{one['id']}/review", json=verdict).status_code == 409
    assert not sees(hospital, record)
    assert waiting(boss) == []


def test_childs_parents_hear_of_it(app, database, clinic, hospital) -> None:
    city = app.extensions["citizen_database"]
    parent = enrol_resident(city)
    child = enrol_resident(city, born_on=date(clock.today().year - 5, 1, 1))
    with city.transaction(Opening(role=Role.GATEWAY, service="gateway")) as session:
        create_relation(
            session,
            system("test"),
            account=parent.account,
            for_subject=child.account,
            relation=Relation.GUARDIAN,
        )
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": ID_NUMBER_SYSTEM, "value": child.username}],
    }
    file = File(child.account, write(clinic, patient).get_json()["id"], child.username)
    visit(hospital, file)
    assert told(database, parent.account, "health_file.treating_opened") == 1
    assert told(database, child.account, "health_file.treating_opened") == 1
