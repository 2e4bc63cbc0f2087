"""Who sees what of a health file: treating relations, sensitive kinds, children and carers; refused is absent."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from health_file import actions, store
from health_file.access.people import age_on
from health_file.rules import ID_NUMBER_SYSTEM
from services import clock
from services.actor import Actor, ActorKind, Relation, system
from services.database.roles import Role
from services.database.session import Opening
from services.errors import NotFound
from services.ports import CardDesk
from tests.support.fhir import BASE, File, seen, write
from tests.support.people import enrol_resident

SENSITIVE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LEVEL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def kept(bearer, file, **elements):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    body |= {"subject": {"reference": f"Patient/{file.patient}"}, **elements}
    answer = write(bearer, body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def labelled(level=None, kind=None):
    given = [(LEVEL, level)] * bool(level) + [(SENSITIVE, kind)] * bool(kind)
    return {"meta": {"security": [{"system": system, "code": code} for system, code in given]}}


def visit(bearer, file, *, status="in-progress"):
    body = {"resourceType": "Encounter", "status": status, "class": {"code": "AMB"}}
    return write(bearer, {**body, "subject": {"reference": f"Patient/{file.patient}"}}).get_json()


def test_open_encounter_opens_the_file_to_its_unit_and_finishing_it_closes_it(
    app, clinic, hospital, file
) -> None:
    first = kept(clinic, file)
    assert seen(hospital, first) == 404
    encounter = visit(hospital, file)
    assert seen(hospital, first) == 200
    assert hospital.get(f"{BASE}/Observation?patient={file.patient}").get_json()["total"] == 1
    done = {**encounter, "status": "finished"}
    headers = {"Content-Type": "application/fhir+json", "If-Match": 'W/"1"'}
    answer = hospital.put(f"{BASE}/Encounter/{encounter['id']}", json=done, headers=headers)
    assert answer.status_code == 200, answer.text
    assert seen(hospital, first) == 404
    assert seen(hospital, encounter) == 200


def test_relation_ends_after_ninety_days_though_nobody_closes_it(app, hospital, clinic, file) -> None:
    visit(hospital, file)
    opening = Opening(role=Role.WORKER, service="health_file")
    with app.extensions["citizen_database"].transaction(opening) as session:
        standing = store.find_standing(session, file.account, "CL-BJ")
        assert timedelta(days=89) < standing.ends_at - session.at <= timedelta(days=90)
    later = clock.now() + timedelta(days=91)
    with clock.held(later), app.extensions["citizen_database"].transaction(opening) as session:
        assert store.find_standing(session, file.account, "CL-BJ") is None


def test_very_restricted_is_withheld_from_who_treats_and_not_from_who_wrote(clinic, hospital, file) -> None:
    plain = kept(clinic, file)
    secret = kept(clinic, file, **labelled("V"))
    restricted = kept(clinic, file, **labelled("R", "PSY"))
    visit(hospital, file)
    assert [seen(hospital, one) for one in (plain, secret, restricted)] == [200, 404, 200]
    assert [seen(clinic, one) for one in (plain, secret, restricted)] == [200, 200, 200]


def test_label_that_comes_later_holds_for_older_versions_and_for_the_deletion(
    app, clinic, hospital, file
) -> None:
    one = kept(clinic, file)
    visit(hospital, file)
    address = f"{BASE}/Observation/{one['id']}"
    assert hospital.get(f"{address}/_history/1").status_code == 200
    headers = {"Content-Type": "application/fhir+json", "If-Match": 'W/"1"'}
    answer = clinic.put(address, json={**one, **labelled("V")}, headers=headers)
    assert answer.status_code == 200, answer.text
    for path in ("", "/_history", "/_history/1", "/_history/2"):
        assert hospital.get(f"{address}{path}").status_code == 404
    assert clinic.delete(address).status_code == 204
    assert hospital.get(address).status_code == 404
    assert clinic.get(address).status_code == 410


@pytest.mark.parametrize(
    ("years", "expected"), [(10, [200, 200, 404]), (12, [200, 404, 404]), (14, [404] * 3)]
)
def test_parents_see_less_from_twelve_and_nothing_from_fourteen(
    app, clinic, open_as, years, expected
) -> None:
    today = clock.today()
    child = enrol_resident(app.extensions["citizen_database"], born_on=date(today.year - years, 1, 1))
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": ID_NUMBER_SYSTEM, "value": child.username}],
    }
    file = File(child.account, write(clinic, patient).get_json()["id"], child.username)
    rows = [
        kept(clinic, file),
        kept(clinic, file, code={"coding": [{"system": "http://loinc.org", "code": "2106-3"}]}),
        kept(clinic, file, **labelled("V")),
    ]
    parent = Actor(
        kind=ActorKind.RESIDENT,
        account=child.account,
        subject=child.account,
        relation=Relation.GUARDIAN,
        scopes=frozenset({"health_file:read"}),
    )
    found = []
    for row in rows:
        with open_as(parent, service="health_file") as session:
            try:
                actions.read_resource(
                    session, parent, resource_type="Observation", resource_id=UUID(row["id"])
                )
                found.append(200)
            except NotFound:
                found.append(404)
    assert found == expected


def test_birthdays_are_counted_as_people_do() -> None:
    assert age_on(date(2012, 11, 27), date(2026, 11, 26)) == 13
    assert age_on(date(2012, 11, 26), date(2026, 11, 26)) == 14
    assert age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert age_on(date(2012, 2, 29), date(2026, 3, 1)) == 14


def test_card_shown_at_a_desk_opens_the_file_for_half_an_hour(app, clinic, hospital, file) -> None:
    first = kept(clinic, file)
    desk, at = app.extensions["citizen_ports"][CardDesk], clock.now()
    database = app.extensions["citizen_database"]
    with database.transaction(Opening(role=Role.STAFF, service="social_card")) as session:
        opened = desk.card_shown(session, system("test"), subject_id=file.account, unit="CL-BJ")
    assert opened.patient == file.patient
    assert seen(hospital, first) == 200
    opening = Opening(role=Role.WORKER, service="health_file", subjects=(file.account,))
    with clock.held(at + timedelta(minutes=31)), database.transaction(opening) as session:
        assert store.find_standing(session, file.account, "CL-BJ") is None


def test_match_tells_the_id_to_who_knows_exactly_whose_it_is(app, clinic, hospital) -> None:
    someone = enrol_resident(app.extensions["citizen_database"])
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": ID_NUMBER_SYSTEM, "value": someone.username}],
        "name": [{"text": "试 样"}],
        "birthDate": "1980-05-17",
    }
    own = write(clinic, patient).get_json()["id"]
    second = write(hospital, patient)
    # Who knows an ID number hears that there is a file, and not where: `$match` is for who knows more.
    assert (second.status_code, second.headers.get("Location")) == (409, None)
    assert own not in second.text
    again = write(clinic, patient)
    assert (again.status_code, again.headers["Location"].rpartition("/")[2]) == (409, own)

    def matched(**changed):
        body = {
            "resourceType": "Parameters",
            "parameter": [{"name": "resource", "resource": patient | changed}],
        }
        answer = hospital.post(f"{BASE}/Patient/$match", json=body)
        assert answer.status_code == 200, answer.text
        return [entry["resource"] for entry in answer.get_json().get("entry", [])]

    assert matched(name=[{"family": "试", "given": ["样"]}]) == [{"resourceType": "Patient", "id": own}]
    assert matched(birthDate="1980-05-18") == matched(name=[{"text": "别人"}]) == []
    assert hospital.get(f"{BASE}/Patient/{own}").status_code == 404
