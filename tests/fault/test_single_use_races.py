"""Codes, refresh tokens and client assertions are spent exactly once, however many come at once.

On a database that really commits: eight connections, one secret, one winner.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services import clock, ids
from services.actor import Actor, ActorKind
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.client_rules import DEVICE_CODE
from social_card import actions as cards
from social_card.rules import Event
from social_card.showing import show_card
from tests.support.doors import Bearer, bearer_for, key, staff_bearer
from tests.support.fhir import open_file
from tests.support.oauth import Door, answer_of, hidden_fields
from tests.support.smart import audience, smart_client

pytestmark = [pytest.mark.database, pytest.mark.fault]

ROUNDS = 5
RACERS = 8


@pytest.fixture
def door(settings, committed):
    from wsgi import make_app

    return Door(make_app(settings, committed))


def race(door, send):
    """All racers leave at once; their answers by status."""
    barrier = Barrier(RACERS)

    def run(_):
        http = Door(door.application)
        barrier.wait()
        return send(http)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def winners(answers):
    assert {answer.status_code for answer in answers} <= {200, 400, 401, 503}
    return [answer.get_json() for answer in answers if answer.status_code == 200]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_code_raced_pays_out_once_and_the_replays_revoke_it(door, round_):
    person, app = door.add_person(), door.add_client()
    code = door.code(app, person, scope="openid offline_access")
    answers = race(door, lambda one: one.redeem(app, code))
    (won,) = winners(answers)
    assert door.userinfo(won["access_token"]).status_code == 401
    assert door.refresh(app, won["refresh_token"]).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_refresh_token_raced_has_one_successor_and_the_reuse_revokes_it(door, round_):
    person, app = door.add_person(), door.add_client()
    first = door.tokens(app, person, scope="openid offline_access")
    answers = race(door, lambda one: one.refresh(app, first["refresh_token"]))
    (won,) = winners(answers)
    assert door.userinfo(won["access_token"]).status_code == 401
    assert door.refresh(app, won["refresh_token"]).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_device_code_raced_pays_out_once_and_the_replays_revoke_it(door, round_):
    person = door.add_person()
    kiosk = door.add_client(grants=[DEVICE_CODE], redirect_uris=[], post_logout_redirect_uris=[])
    asked = {"scope": "openid offline_access", "client_id": kiosk.client.client_id}
    codes = door.http.post("/oauth/device_authorization", data=asked).get_json()
    door.sign_in(person)
    page = door.http.get("/device", query_string={"user_code": codes["user_code"]})
    door.http.post("/device/decide", data={**hidden_fields(page.text), "decision": "allow"})
    form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
    answers = race(door, lambda one: one.token(kiosk, **form))
    (won,) = winners(answers)
    assert door.userinfo(won["access_token"]).status_code == 401
    assert door.refresh(kiosk, won["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_device_raced_by_two_tabs_is_answered_once(door):
    person = door.add_person()
    kiosk = door.add_client(grants=[DEVICE_CODE], redirect_uris=[], post_logout_redirect_uris=[])
    asked = {"scope": "openid", "client_id": kiosk.client.client_id}
    codes = door.http.post("/oauth/device_authorization", data=asked).get_json()

    def answer(one):
        one.sign_in(person)
        page = one.http.get("/device", query_string={"user_code": codes["user_code"]})
        if page.status_code != 200:
            return page.status_code
        form = {**hidden_fields(page.text), "decision": "allow"}
        return one.http.post("/device/decide", data=form).status_code

    statuses = race(door, answer)
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 409, 503}


def test_launch_raced_by_tabs_brings_one_code(door):
    clinic = door.add_person(kind="staff", roles=("practitioner",), unit="CL-HP")
    own = bearer_for(door.application, clinic, holder="practitioner")
    file = open_file(door.application, own)
    viewer = smart_client(door, initiate_login_uri="https://client.example/launch")
    body = {"client_id": viewer.client.client_id, "patient": file.patient}
    launch = own.post("/health-file/v1/launches", json=body, headers=key()).get_json()["launch"]

    def answer(one):
        one.sign_in(clinic)
        page = one.authorize(viewer, scope="launch patient/*.rs", aud=audience(one), launch=launch)
        given = page if page.status_code != 200 else one.decide(page)
        return answer_of(given) if given.status_code == 303 else {}

    answers = race(door, answer)
    assert sum("code" in one for one in answers) == 1
    assert {one["error"] for one in answers if "error" in one} <= {"invalid_request"}


def test_client_assertion_raced_is_taken_once(door):
    key = ECKey.generate_key("P-256", {"kid": "k1"})
    app = door.add_client(
        auth_method="private_key_jwt",
        grants=["client_credentials"],
        scopes=door.scopes_for("client"),
        redirect_uris=[],
        post_logout_redirect_uris=[],
        jwks={"keys": [key.as_dict(private=False)]},
    )
    now = int(clock.now().timestamp())
    name = app.client.client_id
    claims = {"iss": name, "sub": name, "aud": door.issuer, "jti": str(ids.new_id()), "exp": now + 60}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": "ES256", "kid": "k1"}, claims, key),
    }
    answers = race(door, lambda one: one.token(app, **form))
    assert len(winners(answers)) == 1
    # On a busy machine some are told that there was no place for them.
    lost = [answer.status_code for answer in answers if answer.status_code != 200]
    assert len(lost) == RACERS - 1
    assert set(lost) <= {401, 503}


def test_card_shown_to_eight_desks_at_once_is_checked_at_one(door, committed) -> None:
    app = door.application
    desk = staff_bearer(app, "practitioner", "CL-HP")
    file = open_file(app, desk)
    with committed.transaction(
        Opening(role=Role.RESIDENT, service="social_card", subjects=(file.account,))
    ) as session:
        holder = Actor(kind=ActorKind.RESIDENT, account=file.account, subject=file.account)
        card = cards.create_application(session, holder, pickup="x")
    with committed.transaction(Opening(role=Role.WORKER, service="social_card")) as session:
        officer = Actor(kind=ActorKind.STAFF, roles=frozenset({"officer"}), unit="CARD")
        for event in (Event.APPROVE, Event.PRODUCED, Event.HAND_OVER):
            cards.change_card(session, officer, card_id=card.id, event=event)
        cards.change_card(session, holder, card_id=card.id, event=Event.ACTIVATE)
        shown = show_card(session, holder)

    def send(one):
        bearer = Bearer(one.http, desk.token, desk.account)
        return bearer.post("/social-card/v1/checks", json={"code": shown.code})

    answers = race(door, send)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (RACERS - 1)
    with committed.transaction(Opening(role=Role.WORKER, service="health_file")) as session:
        standing = session.raw(
            "SELECT kind FROM health_file.treating_relations WHERE unit = 'CL-HP'"
        ).fetchall()
    assert standing == [("card",)]
