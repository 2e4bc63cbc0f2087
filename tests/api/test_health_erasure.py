"""Erasing a health file: asked for with a proof, thought over, done for ever, receipted; all else stays."""

import base64
from datetime import date, timedelta

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from sqlalchemy import update

from ebills.models import bills
from health_file.actions.erasing.states import TRANSITIONS, ErasureState
from health_file.actions.views import _place
from health_file.models import metadata, resources
from health_file.retention import RULES, Dated, Held, find_blocking, years_after
from services import clock, vault
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.models import grants
from services.gateway.people import acr
from services.vault import store as keys
from tests.support.doors import Bearer, bearer_for
from tests.support.exports import work
from tests.support.fhir import BASE, FHIR, open_file, owner_bearer, write
from tests.support.oauth import Door, Person

API = "/health-file/v1/erasures"
WORKER = Opening(role=Role.WORKER, service="health_file")
LONG_AGO = "2005-03-01"
BILLS = bills.c.service_address_sealed


@pytest.fixture
def owner(app, file):
    return proven(app, file)


def proven(app, file):
    """The resident, who has just shown a code."""
    door = Door(app)
    person = Person(file.account, file.account, "resident", (), clock.now())
    person = door.sign_in_again(person)
    scopes = door.scopes_for("resident")
    client = door.add_client(scopes=["openid", "offline_access", *scopes])
    tokens = door.tokens(client, person, scope="openid offline_access " + " ".join(scopes))
    with door.database.transaction(Opening(role=Role.GATEWAY, service="gateway")) as session:
        session.execute(
            update(grants)
            .where(grants.c.subject_id == file.account)
            .values(acr=acr.ONE_TIME_PASSWORD, auth_time=session.at)
        )
    again = door.refresh(client, tokens["refresh_token"]).get_json()
    return Bearer(app.test_client(), again["access_token"], file.account)


def kept(clinic, file, **elements):
    """A record of long ago, which no rule keeps any more."""
    observed = {"status": "final", "code": {"text": "x"}, "effectiveDateTime": LONG_AGO}
    body = elements if "resourceType" in elements else {"resourceType": "Observation", **observed, **elements}
    answer = write(clinic, body | {"subject": {"reference": f"Patient/{file.patient}"}})
    assert answer.status_code == 201, answer.text
    return answer.get_json()["id"]


def asked(owner):
    answer = owner.post(API)
    assert answer.status_code == 202, answer.text
    return answer.get_json()


def in_days(days):
    return clock.held(clock.now() + timedelta(days=days))


def erased(database, owner):
    found = asked(owner)
    with in_days(7):
        work(database, "health_file.erase_file")
    return found["id"]


def rows_about(database, subject):
    """How many rows of the health file's tables are about somebody, by table."""
    found = {}
    with database.transaction(WORKER) as session:
        for table in metadata.sorted_tables:
            if "subject_id" in table.c and table.name != "erasures":
                count = session.execute(table.select().where(table.c.subject_id == subject)).rowcount
                if count:
                    found[table.name] = count
    return found


def test_file_is_gone_for_ever_and_all_else_stays(app, database, clinic, file, owner) -> None:
    observation = kept(clinic, file)
    changed = clinic.get(f"{BASE}/Observation/{observation}").get_json() | {"code": {"text": "y"}}
    put = clinic.put(f"{BASE}/Observation/{observation}", json=changed, headers={**FHIR, "If-Match": 'W/"1"'})
    assert put.status_code == 200, put.text
    attachment = {"contentType": "text/plain", "data": base64.b64encode(b"z" * 5000).decode()}
    kept(clinic, file, resourceType="DocumentReference", status="current", date=f"{LONG_AGO}T00:00:00Z",
         content=[{"attachment": attachment}])  # fmt: skip
    share = owner.post(
        "/health-file/v1/shares", json={"expires_at": (clock.now() + timedelta(days=30)).isoformat()}
    )
    assert share.status_code == 201, share.text
    with database.transaction(WORKER) as session:
        body = session.raw(
            "SELECT body_sealed FROM health_file.resources WHERE id = %s LIMIT 1", (observation,)
        ).fetchone()[0]
        bill = vault.seal(session, BILLS, file.account, file.account, "滨江路 1 号")
        old_key = keys.find_part_key(session, file.account, "health_file")[0]
    assert bytes(body[2:18]) == old_key.bytes
    erasure = erased(database, owner)
    assert rows_about(database, file.account) == {}
    with database.transaction(WORKER) as session:
        assert keys.find_part_key(session, file.account, "health_file") is None
        assert old_key in keys.list_tombstones(session)
        assert vault.cipher_for(session, file.account)
        assert session.raw(
            "SELECT count(*) FROM health_file.resource_ids WHERE id = ANY (%s::uuid[])",
            ([observation, file.patient],),
        ).fetchone() == (0,)
    for reader in (owner, clinic):
        for path in (
            f"Patient/{file.patient}",
            f"Observation/{observation}",
            f"Observation/{observation}/_history",
            f"Observation/{observation}/_history/1",
            f"Patient/{file.patient}/$everything",
            f"Patient/{file.patient}/$summary",
        ):
            assert reader.get(f"{BASE}/{path}").status_code == 404, path
        assert reader.get(f"{BASE}/Observation?subject=Patient/{file.patient}").get_json()["total"] == 0
    assert owner.get("/health-file/v1/shares").get_json()["items"] == []
    assert owner.get("/ebills/v1/bills").status_code == 200
    with database.transaction(WORKER) as session:
        assert vault.unseal_text(session, BILLS, file.account, file.account, bill) == "滨江路 1 号"
    assert work(database, "health_file.tell_erasure") == 2
    state = owner.get(f"{API}/{erasure}").get_json()
    assert (state["state"], state["has_receipt"]) == ("erased", True)
    log = owner.get("/health-file/v1/access-log").get_json()["items"]
    assert "health_file.resource.read" in {one["event"] for one in log}
    # A restored backup: the row is there again, its key is not.
    with database.transaction(WORKER) as session:
        session.raw(
            "INSERT INTO health_file.resources (subject_id, id, version, type, author, is_current, body_sealed, "
            "recorded_at) VALUES (%s, %s, 1, 'Observation', 'CL-HP', true, %s, now())",
            (file.account, observation, body),
        )
    for reader in (owner, clinic):
        assert reader.get(f"{BASE}/Observation/{observation}").status_code == 404
    with in_days(8):
        work(database, "health_file.sweep_erased")
    assert rows_about(database, file.account) == {}


def test_new_file_can_be_begun_and_has_a_key_of_its_own(app, database, clinic, file, owner) -> None:
    with database.transaction(WORKER) as session:
        before = keys.find_part_key(session, file.account, "health_file")
    erased(database, owner)
    again = {"resourceType": "Patient",
             "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": file.id_number}]}  # fmt: skip
    answer = write(clinic, again)
    assert answer.status_code == 201, answer.text
    assert owner.get(f"{BASE}/Patient/{answer.get_json()['id']}").status_code == 200
    with database.transaction(WORKER) as session:
        assert keys.find_part_key(session, file.account, "health_file")[0] != before[0]
        # The tombstone of the old key leaves the new one alone.
        assert vault.shred(session, before[0]) is False
    work(database, "health_file.sweep_erased")
    assert owner.get(f"{BASE}/Patient/{answer.get_json()['id']}").status_code == 200


def test_receipt_is_verified_with_the_published_keys(app, database, clinic, file, owner) -> None:
    kept(clinic, file)
    kept(clinic, file)
    erasure = erased(database, owner)
    answer = owner.get(f"{API}/{erasure}/receipt")
    assert (answer.status_code, answer.mimetype) == (200, "application/jwt")
    published = KeySet.import_key_set(app.test_client().get("/oauth/jwks").get_json())
    found = jwt.decode(answer.text, published, algorithms=["ES256"])
    assert found.header["typ"] == "erasure-receipt+jwt"
    assert found.claims["jti"] == erasure
    assert found.claims["erased"] == {
        "Observation": {"resources": 2, "versions": 2},
        "Patient": {"resources": 1, "versions": 1},
    }
    assert found.claims["retention_rules"] == "2026-11"
    head, body, signature = answer.text.split(".")
    with pytest.raises((BadSignatureError, ValueError)):
        jwt.decode(f"{head}.{body[:-2]}AA.{signature}", published, algorithms=["ES256"])
    # A receipt is no token.
    stranger = Bearer(app.test_client(), answer.text, file.account)
    assert stranger.get(API).status_code == 401


def test_what_the_law_keeps_blocks_and_is_named(clinic, file, owner, database) -> None:
    today = clock.today()
    kept(clinic, file, effectiveDateTime=years_after(today, -14).isoformat())
    stay = {"resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"},
            "period": {"start": "2001-01-01", "end": "2001-02-01"}}  # fmt: skip
    kept(clinic, file, **stay)
    answer = owner.post(f"{BASE}/Patient/{file.patient}/$erase")
    assert answer.status_code == 409, answer.text
    issues = answer.get_json()["issue"]
    assert {one["code"] for one in issues} == {"business-rule"}
    said = " ".join(one["diagnostics"] for one in issues)
    assert years_after(years_after(today, -14), 15).isoformat() in said
    assert "2031-02-01" in said
    assert "第二十九条" in said
    assert len(issues) == 2
    assert owner.post(API).status_code == 409
    assert owner.get(API).get_json()["items"] == []


def test_what_is_written_meanwhile_blocks_at_the_end(clinic, file, owner, database) -> None:
    kept(clinic, file)
    answer = owner.post(f"{BASE}/Patient/{file.patient}/$erase")
    assert answer.status_code == 202, answer.text
    erasure = answer.headers["Content-Location"].rpartition("/")[2]
    kept(clinic, file, effectiveDateTime=clock.today().isoformat())
    work(database, "health_file.erase_file")
    assert owner.get(f"{API}/{erasure}").get_json()["state"] == "cooling"
    with in_days(7):
        work(database, "health_file.erase_file")
    assert owner.get(f"{API}/{erasure}").get_json()["state"] == "blocked"
    assert owner.get(f"{API}/{erasure}/receipt").status_code == 404
    assert owner.get(f"{BASE}/Patient/{file.patient}").status_code == 200


def test_wish_is_withdrawn_and_asked_once(app, clinic, file, owner, database) -> None:
    first = asked(owner)
    assert owner.post(API).status_code == 409
    assert work(database, "health_file.tell_erasure") == 1
    withdrawn = owner.delete(f"{API}/{first['id']}")
    assert (withdrawn.status_code, withdrawn.get_json()["state"]) == (200, "withdrawn")
    assert owner.delete(f"{API}/{first['id']}").status_code == 409
    with in_days(8):
        work(database, "health_file.erase_file")
    assert owner.get(f"{BASE}/Patient/{file.patient}").status_code == 200
    assert asked(owner)["id"] != first["id"]
    assert {(was.value, now.value) for (was, _), now in TRANSITIONS.items()} == {
        ("cooling", "withdrawn"), ("cooling", "erased"), ("cooling", "blocked"),
    }  # fmt: skip
    assert set(ErasureState) == {"cooling", "withdrawn", "erased", "blocked"}


def test_only_the_owner_asks_and_only_with_a_fresh_proof(app, clinic, file) -> None:
    bearer = owner_bearer(app, file)
    for address in (API, f"{BASE}/Patient/{file.patient}/$erase"):
        answer = bearer.post(address)
        assert answer.status_code == 401
        assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]
        assert clinic.post(address).status_code == 403
    other = open_file(app, clinic)
    stranger = proven(app, other)
    assert stranger.post(f"{BASE}/Patient/{file.patient}/$erase").status_code == 404
    first = asked(proven(app, file))
    for call in (stranger.get, stranger.delete):
        assert call(f"{API}/{first['id']}").status_code == 404
    assert bearer_for(app, Door(app).add_person()).post(API).status_code == 401


def test_older_rows_under_the_residents_key_go_on_to_open(database, clinic, file, owner) -> None:
    observation = kept(clinic, file)
    with database.transaction(
        Opening(role=Role.WORKER, service="health_file", subjects=(file.account,))
    ) as session:
        row = session.execute(resources.select().where(resources.c.id == observation)).one()
        raw = vault.part_cipher_for(session, file.account, "health_file").unseal(
            resources.c.body_sealed, _place(row.id, 1), row.body_sealed
        )
        sealed = vault.seal(session, resources.c.body_sealed, file.account, _place(row.id, 1), raw)
        session.execute(resources.update().where(resources.c.id == row.id).values(body_sealed=sealed))
    for reader in (owner, clinic):
        assert reader.get(f"{BASE}/Observation/{observation}").status_code == 200
        assert reader.get(f"{BASE}/Observation?_id={observation}").get_json()["total"] == 1


def test_retention_by_each_rule_blocks_until_its_day() -> None:
    today = date(2026, 11, 26)
    assert {rule.code: rule.years for rule in RULES} == {"outpatient": 15, "inpatient": 30, "immunization": 5}
    shot = Dated("CL", {"resourceType": "Immunization", "expirationDate": "2021-12"}, date(2021, 1, 5))
    held = [Held("CL", "Immunization", 1, date(2021, 1, 5))]
    assert [one.until for one in find_blocking(held, [shot], today)] == [date(2026, 12, 31)]
    assert find_blocking(held, [shot], date(2026, 12, 31)) == []
    unknown = Dated("CL", {"resourceType": "Immunization"}, date(2020, 2, 29))
    assert [one.until for one in find_blocking(held, [unknown], today)] == [date(2030, 3, 1)]
    staying = Dated(
        "CL", {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "IMP"}}, today
    )
    visit = [Held("CL", "Encounter", 1, date(1990, 1, 1))]
    assert [(one.rule.code, one.until) for one in find_blocking(visit, [staying], today)] == [
        ("inpatient", None)
    ]
    own = [Held("resident", "Consent", 3, today), Held("CL", "Patient", 1, today)]
    assert find_blocking(own, [], today) == []
    assert years_after(date(2024, 2, 29), 15) == date(2039, 3, 1)
