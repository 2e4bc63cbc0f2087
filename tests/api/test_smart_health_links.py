"""SMART Health Links as a viewer opens them: manifest, passcode, direct file, files by address, and every end."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from joserfc import jwe
from joserfc.jwk import OctKey
from sqlalchemy import update

from health_file import actions
from health_file.actions.sharing.states import TRANSITIONS, ShareState
from health_file.rules import ID_NUMBER_SYSTEM
from services import clock
from services.actor import Actor, ActorKind, Relation, system
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.models import relations
from services.gateway.people.relations import create_relation
from tests.support.doors import resident_bearer
from tests.support.exports import work
from tests.support.fhir import owner_bearer, write
from tests.support.ips import check_document
from tests.support.people import born_to_turn, enrol_resident

SHARES = "/health-file/v1/shares"


@pytest.fixture
def owner(app, file):
    return owner_bearer(app, file)


def in_days(days):
    return (clock.now() + timedelta(days=days)).isoformat()


def shared(owner, **wanted):
    answer = owner.post(SHARES, json={"expires_at": in_days(7), **wanted})
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def payload(link):
    assert link.startswith("shlink:/")
    raw = link.removeprefix("shlink:/")
    return json.loads(urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))


def local(url):
    return url.partition("8000")[2]


def manifest(app, link, **asked):
    body = {"recipient": "东方医院急诊", **asked}
    return app.test_client().post(local(payload(link)["url"]), json=body)


def decrypted(content, link):
    key = payload(link)["key"]
    found = jwe.decrypt_compact(
        content, OctKey.import_key(urlsafe_b64decode(key + "=")), algorithms=["dir", "A256GCM", "DEF"]
    )
    return found.headers(), json.loads(found.plaintext)


def test_link_opens_the_summary(app, owner, file) -> None:
    share = shared(owner, label="出国看病")
    link = payload(share["link"])
    assert (link["label"], link["v"], "flag" in link) == ("出国看病", 1, False)
    assert (len(link["key"]), len(link["url"]) <= 128) == (43, True)
    assert link["exp"] == pytest.approx(clock.now().timestamp() + 7 * 86400, abs=60)
    answer = manifest(app, share["link"])
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    (only,) = answer.get_json()["files"]
    headers, bundle = decrypted(only["embedded"], share["link"])
    assert (headers["alg"], headers["enc"], headers["zip"], headers["cty"]) == (
        "dir",
        "A256GCM",
        "DEF",
        only["contentType"],
    )
    assert check_document(bundle) == []
    assert bundle["entry"][1]["resource"]["id"] == file.patient


def test_file_by_its_own_address_for_some_minutes(app, owner) -> None:
    link = shared(owner)["link"]
    (only,) = manifest(app, link, embeddedLengthMax=10).get_json()["files"]
    http = app.test_client()
    answer = http.get(local(only["location"]))
    assert (answer.status_code, answer.mimetype) == (200, "application/jose")
    assert decrypted(answer.text, link)[1]["type"] == "document"
    assert http.get(local(only["location"])[:-3] + "AAA").status_code == 404
    with clock.held(clock.now() + timedelta(minutes=6)):
        assert http.get(local(only["location"])).status_code == 404


def test_passcode_has_so_many_attempts_in_its_life(app, owner, file) -> None:
    share = shared(owner, passcode="7431-kite")
    assert payload(share["link"])["flag"] == "P"
    assert manifest(app, share["link"], passcode="7431-kite").status_code == 200
    left = []
    for wrong in ("", "1", "2"):
        answer = manifest(app, share["link"], passcode=wrong)
        assert answer.status_code == 401
        left.append(answer.get_json())
    assert left == [{"remainingAttempts": 4}, {"remainingAttempts": 3}, {"remainingAttempts": 2}]
    assert manifest(app, share["link"], passcode="7431-kite").status_code == 200
    assert manifest(app, share["link"], passcode="x").get_json() == {"remainingAttempts": 1}
    assert manifest(app, share["link"], passcode="x").get_json() == {"remainingAttempts": 0}
    assert manifest(app, share["link"], passcode="7431-kite").status_code == 404
    seen = owner.get(f"{SHARES}/{share['id']}").get_json()
    assert (seen["state"], seen["link"], seen["attempts_left"]) == ("revoked", None, 0)
    assert [one["is_shown"] for one in seen["accesses"]].count(False) == 5


def test_direct_link_is_one_file(app, owner) -> None:
    link = shared(owner, is_direct=True)["link"]
    assert payload(link)["flag"] == "U"
    http, address = app.test_client(), local(payload(link)["url"])
    answer = http.get(f"{address}?recipient=me")
    assert (answer.status_code, answer.mimetype) == (200, "application/jose")
    assert decrypted(answer.text, link)[1]["type"] == "document"
    assert http.get(address).status_code == 422
    assert manifest(app, link).status_code == 404
    ordinary = shared(owner)["link"]
    assert http.get(f"{local(payload(ordinary)['url'])}?recipient=me").status_code == 404


def test_link_with_counted_uses_opens_so_often(app, owner) -> None:
    share = shared(owner, uses=2)
    assert [manifest(app, share["link"]).status_code for _ in range(3)] == [200, 200, 404]
    assert owner.get(f"{SHARES}/{share['id']}").get_json()["state"] == "used_up"


def test_revoked_and_expired_open_nothing(app, owner, database) -> None:
    share = shared(owner)
    (only,) = manifest(app, share["link"], embeddedLengthMax=1).get_json()["files"]
    assert owner.delete(f"{SHARES}/{share['id']}").status_code == 204
    assert manifest(app, share["link"]).status_code == 404
    assert app.test_client().get(local(only["location"])).status_code == 404
    second = shared(owner)
    with clock.held(clock.now() + timedelta(days=8)):
        assert manifest(app, second["link"]).status_code == 404
        assert work(database, "health_file.expire_share")
    states = {one["id"]: one["state"] for one in owner.get(SHARES).get_json()["items"]}
    assert states == {share["id"]: "revoked", second["id"]: "expired"}


def test_who_opened_it_is_in_the_log_and_on_the_page(app, owner, file, database) -> None:
    share = shared(owner)
    manifest(app, share["link"])
    seen = owner.get(f"{SHARES}/{share['id']}").get_json()
    assert [(one["recipient"], one["is_shown"]) for one in seen["accesses"]] == [("东方医院急诊", True)]
    subjects = database.read_as(
        Role.VERIFIER, "SELECT subject_id FROM audit.events WHERE event = 'health_file.share.opened'"
    )
    assert subjects == [file.account]


def test_what_the_database_holds_opens_nothing(app, owner, database, privacy) -> None:
    privacy.watch("出国看病 4417")
    privacy.watch("7431-kite-x")
    share = shared(owner, label="出国看病 4417", passcode="7431-kite-x")
    key = payload(share["link"])["key"]
    privacy.watch(key)
    privacy.watch(payload(share["link"])["url"].rpartition("/")[2])
    manifest(app, share["link"], passcode="7431-kite-x")


def test_others_neither_see_nor_end_it(app, owner, clinic) -> None:
    share = shared(owner)
    stranger = resident_bearer(app)
    for other in (stranger, clinic):
        assert other.get(f"{SHARES}/{share['id']}").status_code == 404
        assert other.delete(f"{SHARES}/{share['id']}").status_code == 404
    assert stranger.get(SHARES).get_json() == {"items": []}
    assert clinic.post(SHARES, json={"expires_at": in_days(1)}).status_code == 403
    assert manifest(app, share["link"]).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"passcode": "123"},
        {"passcode": "1234", "is_direct": True},
        {"label": "x" * 81},
        {"uses": 0},
        {"nonsense": 1},
    ],
)
def test_share_with_a_bad_wish_is_refused(owner, wanted) -> None:
    assert owner.post(SHARES, json={"expires_at": in_days(1), **wanted}).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 422), (b"[]", 422), (b"{", 400), (b'{"recipient": ""}', 422), (b'{"recipient": 1}', 422),
        (b'{"recipient": "a", "embeddedLengthMax": "9"}', 422), (b'{"recipient": "a", "passcode": 1}', 422),
        (b'{"recipient": "' + b"a" * 5000 + b'"}', 422),
    ],
)  # fmt: skip
def test_manifest_asked_wrongly_is_refused(app, owner, body, status) -> None:
    address = local(payload(shared(owner)["link"])["url"])
    answer = app.test_client().post(address, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert app.test_client().post("/health-file/shl/unknown", json={"recipient": "a"}).status_code == 404


def test_summary_of_then_is_what_is_shared(app, owner, clinic, file) -> None:
    link = shared(owner)["link"]
    flag = {"resourceType": "Flag", "status": "active", "code": {"text": "新的"}}
    assert write(clinic, {**flag, "subject": {"reference": f"Patient/{file.patient}"}}).status_code == 201
    bundle = decrypted(manifest(app, link).get_json()["files"][0]["embedded"], link)[1]
    assert "Flag" not in {one["resource"]["resourceType"] for one in bundle["entry"]}


def test_links_that_have_ended_lead_nowhere_in_the_state_table() -> None:
    assert {state for state, _ in TRANSITIONS} == {ShareState.ACTIVE}
    assert set(TRANSITIONS.values()) == set(ShareState) - {ShareState.ACTIVE}


def test_parents_link_ends_with_the_guardianship(app, database, clinic, open_as) -> None:
    parent = enrol_resident(app.extensions["citizen_database"])
    born_on = born_to_turn(14, in_days=3)
    child = enrol_resident(app.extensions["citizen_database"], born_on=born_on)
    with database.transaction(Opening(role=Role.GATEWAY, service="gateway")) as session:
        relation = create_relation(
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
    assert write(clinic, patient).status_code == 201
    actor = Actor(
        kind=ActorKind.RESIDENT,
        account=parent.account,
        subject=child.account,
        relation=Relation.GUARDIAN,
        scopes=frozenset({"health_file:read"}),
    )

    def made():
        with open_as(actor, service="health_file") as session:
            return actions.create_share(
                session,
                actor,
                address="http://localhost:8000/health-file/shl",
                base_url="http://localhost:8000/health-file/fhir",
                language="en",
                say=lambda sentence, **facts: sentence,
                expires_at=clock.now() + timedelta(days=300),
            )

    def opened(share):
        token = payload(share.link)["url"].rpartition("/")[2]
        return app.test_client().post(f"/health-file/shl/{token}", json={"recipient": "Dr."}).status_code

    first, second = made(), made()
    # The day of the child's 14th birthday, in the city.
    assert first.expires_at.astimezone(clock.SHANGHAI).date() == born_on.replace(year=born_on.year + 14)
    assert opened(first) == 200
    with clock.held(clock.now() + timedelta(days=4)):
        assert opened(second) == 404
    # Ended before its time: the link stands no longer than who made it.
    with database.transaction(Opening(role=Role.GATEWAY, service="gateway")) as session:
        session.execute(update(relations).where(relations.c.id == relation).values(ends_at=session.at))
    assert opened(first) == 404
    child_actor = Actor(
        kind=ActorKind.RESIDENT,
        account=child.account,
        subject=child.account,
        scopes=frozenset({"health_file:read"}),
    )
    with open_as(child_actor, service="health_file") as session:
        assert {one.state for one in actions.list_shares(session, child_actor)} == {"expired"}
