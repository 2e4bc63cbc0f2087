"""Single claims, and what the city has checked (OpenID Connect Core 5.5, Identity Assurance 1.0)."""

import json
from datetime import timedelta

import pytest

from services import clock
from services.gateway.models import grants
from services.gateway.oauth.claims_request import NOTHING, TRUST_FRAMEWORK, read_claims_request, restore
from services.gateway.oauth.errors import InvalidRequest
from tests.support.oauth import GATEWAY, answer_of, claims_of

pytestmark = pytest.mark.database

# The request of Identity Assurance section 6.1, with the claims that we have.
CHECKED = {
    "verification": {"trust_framework": None, "time": None},
    "claims": {"name": None, "birthdate": {"essential": True}},
}


@pytest.fixture
def pharmacy(door):
    return door.add_client(scopes=["openid", "offline_access", "profile", "verified_identity"])


def ask(**places):
    return json.dumps(places)


def test_verified_claims_come_in_the_places_asked_for(door, person, pharmacy):
    claims = ask(userinfo={"verified_claims": CHECKED}, id_token={"verified_claims": CHECKED})
    body = door.tokens(pharmacy, person, claims=claims)
    assert "verified_identity" in body["scope"]
    told = door.userinfo(body["access_token"]).get_json()["verified_claims"]
    assert told["verification"]["trust_framework"] == TRUST_FRAMEWORK
    assert told["verification"]["time"].endswith("Z")
    assert told["claims"] == {"name": f"测试{person.account.hex[-4:]}", "birthdate": "1949-12-31"}
    assert claims_of(body["id_token"])["verified_claims"] == told


def test_only_the_claims_asked_for_are_given(door, person, pharmacy):
    one = CHECKED | {"claims": {"birthdate": None, "nationalities": None}}
    body = door.tokens(pharmacy, person, claims=ask(userinfo={"verified_claims": one}))
    told = door.userinfo(body["access_token"]).get_json()
    assert set(told["verified_claims"]["claims"]) == {"birthdate"}
    assert "name" not in told
    assert "verified_claims" not in claims_of(body["id_token"])


def test_scope_alone_gives_all_of_it_at_userinfo(door, person, pharmacy):
    body = door.tokens(pharmacy, person, scope="openid verified_identity")
    told = door.userinfo(body["access_token"]).get_json()
    assert set(told["verified_claims"]["claims"]) == {"name", "birthdate"}
    assert "verified_claims" not in claims_of(body["id_token"])


def test_person_sees_it_on_the_consent_page_and_may_leave_it_out(door, person, pharmacy):
    door.sign_in(person)
    claims = ask(userinfo={"verified_claims": CHECKED, "name": None})
    page = door.authorize(pharmacy, claims=claims, part="yes")
    assert "市里核对过的您的姓名和出生日期" in page.text
    code = answer_of(door.decide(page, scope="profile"))["code"]
    told = door.userinfo(door.redeem(pharmacy, code).get_json()["access_token"]).get_json()
    assert "name" in told
    assert "verified_claims" not in told


def test_client_that_did_not_register_the_scope_gets_nothing_and_no_error(door, person):
    plain = door.add_client(scopes=["openid"])
    claims = ask(userinfo={"verified_claims": CHECKED, "name": {"essential": True}})
    body = door.tokens(plain, person, claims=claims)
    assert body["scope"] == "openid"
    assert set(door.userinfo(body["access_token"]).get_json()) == {"sub"}


def test_name_in_the_id_token_when_asked_for_there(door, person, pharmacy):
    body = door.tokens(pharmacy, person, claims=ask(id_token={"name": {"essential": True}}))
    assert claims_of(body["id_token"])["name"]
    assert "name" not in claims_of(door.tokens(pharmacy, person, scope="openid profile")["id_token"])


def test_child_is_not_told_about(door, pharmacy):
    guardian = door.add_person(children=1)
    door.sign_in(guardian)
    page = door.authorize(
        pharmacy, claims=ask(userinfo={"verified_claims": CHECKED}, id_token={"verified_claims": CHECKED})
    )
    code = answer_of(door.decide(page, subject=str(guardian.children[0])))["code"]
    body = door.redeem(pharmacy, code).get_json()
    assert "verified_claims" not in claims_of(body["id_token"])
    assert "verified_claims" not in door.userinfo(body["access_token"]).get_json()


@pytest.mark.parametrize(
    "changed",
    [
        {"verification": {"trust_framework": {"value": "eidas"}}},
        {"verification": {"trust_framework": {"values": ["eidas", "de_aml"]}}},
        {"verification": {"trust_framework": None, "evidence": [{"type": {"value": "document"}}]}},
        {"verification": {"trust_framework": None, "time": {"max_age": 0}}},
        {"claims": {"nationalities": None}},
        {"claims": {"birthdate": {"value": "1949-12-31"}}},
    ],
)
def test_what_cannot_be_satisfied_is_left_out_whole(door, person, pharmacy, changed):
    claims = ask(
        userinfo={"verified_claims": CHECKED | changed}, id_token={"verified_claims": CHECKED | changed}
    )
    with clock.held(clock.now() + timedelta(seconds=5)):
        body = door.tokens(pharmacy, person, scope="openid verified_identity", claims=claims)
        assert "verified_claims" not in claims_of(body["id_token"])
        assert "verified_claims" not in door.userinfo(body["access_token"]).get_json()


def test_one_of_several_entries_that_fits_is_given(door, person, pharmacy):
    other = {"verification": {"trust_framework": {"value": "eidas"}}, "claims": {"name": None}}
    body = door.tokens(pharmacy, person, claims=ask(userinfo={"verified_claims": [other, CHECKED]}))
    told = door.userinfo(body["access_token"]).get_json()["verified_claims"]
    assert told["verification"]["trust_framework"] == TRUST_FRAMEWORK


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        '{"userinfo": 1}',
        ask(userinfo={"verified_claims": {}}),
        ask(userinfo={"verified_claims": {"claims": {"name": None}}}),
        ask(userinfo={"verified_claims": {"verification": {}, "claims": {"name": None}}}),
        ask(userinfo={"verified_claims": CHECKED | {"claims": {}}}),
        ask(userinfo={"verified_claims": [CHECKED] * 6}),
        ask(
            userinfo={
                "verified_claims": CHECKED
                | {"verification": {"trust_framework": None, "time": {"max_age": "x"}}}
            }
        ),
    ],
)
def test_unsound_requests_are_invalid_request(door, person, pharmacy, text):
    door.sign_in(person)
    assert answer_of(door.authorize(pharmacy, claims=text))["error"] == "invalid_request"
    with pytest.raises(InvalidRequest):
        read_claims_request(text)


@pytest.mark.parametrize("text", [None, "{}", ask(id_token=None), ask(id_token={"acr": {"values": ["x"]}})])
def test_other_claims_are_no_error(text):
    assert read_claims_request(text) == NOTHING


def test_request_is_kept_without_any_value_of_a_person(door, person, pharmacy, privacy):
    privacy.watch("1949-12-31")
    claims = ask(userinfo={"verified_claims": CHECKED, "name": {"value": "某某"}})
    door.tokens(pharmacy, person, claims=claims)
    with door.database.transaction(GATEWAY) as session:
        (row,) = session.execute(grants.select().where(grants.c.subject_id == person.account))
    assert "某某" not in json.dumps(row.requested_claims, ensure_ascii=False)
    assert restore(row.requested_claims).userinfo.verified[0].claims == ("name", "birthdate")


def test_answer_is_about_the_sub_that_was_asked_for_or_not_at_all(door, pharmacy):
    guardian = door.add_person(children=1)
    own = claims_of(door.tokens(pharmacy, guardian)["id_token"])["sub"]
    assert "code=" in door.authorize(pharmacy, claims=ask(id_token={"sub": {"value": own}})).location
    stranger = ask(id_token={"sub": {"value": "x"}})
    assert answer_of(door.authorize(pharmacy, claims=stranger))["error"] == "login_required"
    page = door.authorize(pharmacy, claims=ask(id_token={"sub": {"value": own}}), prompt="consent")
    answer = answer_of(door.decide(page, subject=str(guardian.children[0])))
    assert answer["error"] == "login_required"


def test_metadata_says_what_is_there(door):
    document = door.http.get("/.well-known/openid-configuration").get_json()
    assert document["claims_parameter_supported"] is True
    assert document["verified_claims_supported"] is True
    assert document["trust_frameworks_supported"] == [TRUST_FRAMEWORK]
    assert document["claims_in_verified_claims_supported"] == ["name", "birthdate"]
