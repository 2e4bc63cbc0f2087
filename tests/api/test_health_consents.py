"""Residents decide: FHIR Consents compiled into the one predicate, blocks, purposes of use, and the reader log."""

from datetime import timedelta
from uuid import UUID

import pytest

from health_file import actions
from services import clock
from services.actor import Actor, ActorKind
from services.database.roles import Role
from services.database.session import Opening
from services.errors import NotFound
from tests.support.consents import ACT, LEVEL, give, owner_of, person, purpose, put, unit
from tests.support.consents import consent as consent_of
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, open_file, write

API = "/health-file/v1"


@pytest.fixture
def owner(app, clinic):
    return owner_of(app, open_file(app, clinic))


def kept(clinic, owner, **elements):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **elements}
    answer = write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}})
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def seen(bearer, resource, **headers):
    address = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    return bearer.get(address, headers=headers).status_code


def security(system, code):
    return {"meta": {"security": [{"system": system, "code": code}]}}


def test_permit_lets_one_unit_in_and_its_withdrawal_shuts_it_out(clinic, hospital, owner) -> None:
    one = kept(clinic, owner)
    assert seen(hospital, one) == 404
    given = give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
    assert seen(hospital, one) == 200
    assert put(owner.bearer, {**given, "status": "inactive"}, 1).status_code == 200
    assert seen(hospital, one) == 404
    again = put(owner.bearer, {**given, "status": "active"}, 2)
    assert again.status_code == 409, again.text


def test_denial_wins_over_writing_treating_and_permits(clinic, hospital, owner) -> None:
    one = kept(clinic, owner)
    give(owner, {"type": "permit", "actor": [unit("CL-HP")]})
    assert seen(clinic, one) == 200
    denied = give(owner, {"type": "deny", "actor": [unit("CL-HP")]})
    assert seen(clinic, one) == 404
    found = clinic.get(f"{BASE}/Observation?patient={owner.file.patient}").get_json()
    assert (found["total"], "entry" in found) == (0, False)
    assert put(owner.bearer, {**denied, "status": "entered-in-error"}, 1).status_code == 200
    assert seen(clinic, one) == 200


def test_one_person_is_shut_out_and_colleagues_are_not(app, clinic, owner) -> None:
    colleague = staff_bearer(app, "practitioner", "CL-HP")
    one = kept(clinic, owner)
    give(owner, {"type": "deny", "actor": [person(clinic.account)]})
    assert (seen(clinic, one), seen(colleague, one)) == (404, 200)


def test_exception_within_a_provision_decides_instead_of_it(clinic, hospital, owner) -> None:
    plain, private = kept(clinic, owner), kept(clinic, owner, **security(ACT, "PSY"))
    exception = {"type": "deny", "securityLabel": [{"system": ACT, "code": "PSY"}]}
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")], "provision": [exception]})
    assert (seen(hospital, plain), seen(hospital, private)) == (200, 404)


def test_permit_within_a_denial_lets_that_much_in(clinic, hospital, owner) -> None:
    one, problem = kept(clinic, owner), None
    body = {"resourceType": "Condition", "code": {"text": "x"}}
    body["subject"] = {"reference": f"Patient/{owner.file.patient}"}
    problem = write(clinic, body).get_json()
    exception = {
        "type": "permit",
        "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Observation"}],
    }
    give(owner, {"type": "deny", "actor": [unit("CL-HP")], "provision": [exception]})
    assert (seen(clinic, one), seen(clinic, problem)) == (200, 404)


def test_periods_and_days_of_data_are_kept(clinic, hospital, owner) -> None:
    old = kept(clinic, owner, effectiveDateTime="2019-05-01")
    new = kept(clinic, owner, effectiveDateTime="2026-05-01")
    undated = kept(clinic, owner)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    give(
        owner,
        {
            "type": "permit",
            "actor": [unit("CL-BJ")],
            "period": {"end": tomorrow},
            "dataPeriod": {"start": "2026-01-01"},
        },
    )
    assert [seen(hospital, one) for one in (old, new, undated)] == [404, 200, 404]


def test_period_ends_by_the_clock_alone(app, clinic, hospital, owner) -> None:
    one = kept(clinic, owner)
    give(
        owner,
        {"type": "permit", "actor": [unit("CL-BJ")], "period": {"end": clock.today().isoformat()}},
    )
    actor = Actor(
        kind=ActorKind.STAFF,
        account=hospital.account,
        roles=frozenset({"practitioner"}),
        unit="CL-BJ",
        scopes=frozenset({"health_file:read"}),
    )

    def read(at):
        opening = Opening(role=Role.STAFF, service="health_file", account=hospital.account)
        with clock.held(at), app.extensions["citizen_database"].transaction(opening) as session:
            return actions.read_resource(
                session, actor, resource_type="Observation", resource_id=UUID(one["id"])
            )

    assert read(clock.now()).id == UUID(one["id"])
    with pytest.raises(NotFound):
        read(clock.now() + timedelta(days=1))


def test_research_takes_a_consent_of_its_own_and_a_header(clinic, hospital, owner) -> None:
    one = kept(clinic, owner)
    research = {"X-Purpose-Of-Use": "HRESCH"}
    assert seen(clinic, one, **research) == 404
    mixed = {"type": "permit", "actor": [unit("CL-BJ")], "purpose": [purpose("TREAT"), purpose("HRESCH")]}
    assert write(owner.bearer, consent_of(owner.file, mixed)).status_code == 422
    scope = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]}
    alone = {"type": "permit", "actor": [unit("CL-BJ")], "purpose": [purpose("HRESCH")]}
    give(owner, alone, scope=scope)
    assert (seen(hospital, one), seen(hospital, one, **research)) == (404, 200)
    assert seen(clinic, one, **{"X-Purpose-Of-Use": "BTG"}) == 403
    assert seen(clinic, one, **{"X-Purpose-Of-Use": "TREAT"}) == 200


def test_very_restricted_takes_a_permit_that_names_it(clinic, hospital, owner) -> None:
    one = kept(clinic, owner, **security(LEVEL, "V"))
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
    assert seen(hospital, one) == 404
    # Who permits a kind of record has not permitted what was locked away within it.
    hidden = kept(
        clinic, owner, meta={"security": [{"system": LEVEL, "code": "V"}, {"system": ACT, "code": "PSY"}]}
    )
    plain = kept(clinic, owner, **security(ACT, "PSY"))
    kind = {"system": ACT, "code": "PSY"}
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")], "securityLabel": [kind]})
    assert (seen(hospital, plain), seen(hospital, hidden)) == (200, 404)
    named = {"meaning": "instance", "reference": {"reference": f"Observation/{hidden['id']}"}}
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")], "data": [named]})
    assert (seen(hospital, hidden), seen(hospital, one)) == (200, 404)
    label = {"system": LEVEL, "code": "V"}
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")], "securityLabel": [label]})
    assert seen(hospital, one) == 200


@pytest.mark.parametrize(
    ("provision", "where"),
    [
        ({"type": "permit", "code": [{"text": "x"}]}, "Consent.provision.code"),
        (
            {"type": "deny", "actor": [unit("CL-BJ") | {"role": {"coding": [{"code": "CST"}]}}]},
            "Consent.provision.actor[0].role",
        ),
        (
            {
                "type": "deny",
                "provision": [{"type": "permit", "purpose": [purpose("TREAT"), purpose("XXX")]}],
            },
            "Consent.provision.provision[0].purpose[1]",
        ),
        (
            {
                "type": "deny",
                "data": [{"meaning": "related", "reference": {"reference": "Observation/1"}}],
            },
            "Consent.provision.data[0]",
        ),
        (
            {"type": "deny", "securityLabel": [{"system": ACT, "code": "NOPE"}]},
            "Consent.provision.securityLabel[0]",
        ),
    ],
)
def test_what_no_rule_can_say_is_refused_and_pointed_at(owner, provision, where) -> None:
    answer = write(owner.bearer, consent_of(owner.file, provision))
    assert answer.status_code == 422, answer.text
    assert where in [issue["expression"][0] for issue in answer.get_json()["issue"] if "expression" in issue]


def test_resident_writes_consents_about_themselves_and_nothing_else(app, clinic, owner) -> None:
    other = owner_of(app, open_file(app, clinic))
    deny = {"type": "deny", "actor": [unit("CL-HP")]}
    assert write(owner.bearer, consent_of(other.file, deny)).status_code == 422
    mine = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    mine["subject"] = {"reference": f"Patient/{owner.file.patient}"}
    assert write(owner.bearer, mine).status_code == 403
    given = give(owner, deny)
    assert put(other.bearer, {**given, "status": "inactive"}, 1).status_code == 404
    assert clinic.get(f"{BASE}/Consent/{given['id']}").status_code == 404


def test_consent_written_by_a_clinic_opens_nothing(clinic, hospital, owner) -> None:
    one = kept(clinic, owner)
    made = write(hospital, consent_of(owner.file, {"type": "permit", "actor": [unit("CL-BJ")]}))
    assert made.status_code == 201
    assert seen(hospital, one) == 404


def test_reader_is_named_blocked_and_let_in_again(app, clinic, owner) -> None:
    one = kept(clinic, owner)
    assert seen(clinic, one) == 200
    log = owner.bearer.get(f"{API}/access-log").get_json()["items"]
    reading = next(item for item in log if item["reader"]["kind"] == "staff")
    assert reading["reader"]["person"] == str(clinic.account)
    assert (reading["reader"]["unit"], reading["purpose"], reading["consent"]) == ("CL-HP", "TREAT", "author")
    assert reading["resources"] == [f"Observation/{one['id']}"]
    assert reading["reader"]["name"]
    block = owner.bearer.post(f"{API}/blocks", json={"person": reading["reader"]["person"]})
    assert block.status_code == 201, block.text
    assert list(block.get_json()["names"].values()) == [reading["reader"]["name"]]
    assert seen(clinic, one) == 404
    again = owner.bearer.post(f"{API}/blocks", json={"person": reading["reader"]["person"]})
    assert again.get_json()["id"] == block.get_json()["id"]
    assert len(owner.bearer.get(f"{API}/blocks").get_json()["items"]) == 1
    assert owner.bearer.delete(f"{API}/blocks/{block.get_json()['id']}").status_code == 204
    assert seen(clinic, one) == 200
    assert owner.bearer.get(f"{API}/blocks").get_json()["items"] == []
    assert owner.bearer.post(f"{API}/blocks", json={}).status_code == 422


def test_consents_api_gives_lists_and_withdraws(clinic, hospital, owner) -> None:
    one = kept(clinic, owner)
    body = consent_of(owner.file, {"type": "permit", "actor": [unit("CL-BJ")]})
    given = owner.bearer.post(f"{API}/consents", json={"resource": body})
    assert given.status_code == 201, given.text
    assert seen(hospital, one) == 200
    item = owner.bearer.get(f"{API}/consents").get_json()["items"][0]
    assert (item["state"], item["provisions"][0]["units"]) == ("active", ["CL-BJ"])
    for _ in range(2):
        ended = owner.bearer.post(f"{API}/consents/{given.get_json()['id']}/withdrawal")
        assert ended.get_json()["state"] == "inactive", ended.text
    assert seen(hospital, one) == 404


def test_audit_events_and_access_log_are_the_residents_own(app, clinic, owner) -> None:
    one = kept(clinic, owner)
    seen(clinic, one)
    address = f"{BASE}/AuditEvent?patient={owner.file.patient}"
    bundle = owner.bearer.get(address).get_json()
    event = bundle["entry"][0]["resource"]
    assert event["resourceType"] == "AuditEvent"
    assert {entity["what"]["reference"] for entity in event["entity"]} == {
        f"Patient/{owner.file.patient}",
        f"Observation/{one['id']}",
    }
    single = owner.bearer.get(f"{BASE}/AuditEvent/{event['id']}")
    assert single.get_json() == event
    # The log was read twice by now, and says so.
    events = [entry["resource"] for entry in owner.bearer.get(address).get_json()["entry"]]
    assert len(events) == 3
    log = owner.bearer.get(f"{BASE}/Patient/{owner.file.patient}/$access-log").get_json()
    names = [part["name"] for part in log["parameter"][-1]["part"]]
    assert {"reader", "organization", "purpose", "basis", "event", "resource"} <= set(names)
    other = owner_of(app, open_file(app, clinic))
    assert other.bearer.get(address).status_code == 404
    assert other.bearer.get(f"{BASE}/AuditEvent/{event['id']}").status_code == 404
    assert other.bearer.get(f"{BASE}/Patient/{owner.file.patient}/$access-log").status_code == 404
    assert clinic.get(address).status_code == 403
