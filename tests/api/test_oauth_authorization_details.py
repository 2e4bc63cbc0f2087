"""Rich authorization requests: exactly which bills, which tickets (RFC 9396)."""

import json

import pytest

from services.errors import Invalid
from services.gateway.client_rules import TOKEN_EXCHANGE
from services.gateway.clients import find_client
from services.gateway.models import consents, grants
from services.gateway.oauth.authorization_details import covers, is_within, narrow, read_details
from services.gateway.oauth.errors import InvalidAuthorizationDetails
from tests.support.doors import Bearer, bearer_for, staff_bearer
from tests.support.ebills import BILL, BILLER, NUMBER, add_billers, bill, claim, send
from tests.support.oauth import GATEWAY, answer_of, claims_of, error_of

pytestmark = pytest.mark.database

TYPES = ["health_file", "legal_person", "social_card", "ticket", "utility_bill"]
TICKET = {
    "category": "street_light",
    "text": "三号楼前的路灯坏了",
    "district": "东岸区",
    "place": "和平路 12 号",
}
OTHER_NUMBER = "SEPC31000999"
ONE = {"type": "utility_bill", "actions": ["read"], "account_number": NUMBER}
OTHER = {"type": "utility_bill", "actions": ["read"], "account_number": OTHER_NUMBER}


@pytest.fixture
def pharmacy(door):
    return door.add_client(auth_method="client_secret_basic", authorization_details_types=TYPES)


def tokens(door, app, person, *details, **given):
    return door.tokens(app, person, authorization_details=json.dumps(details), **given)


def get(door, url, body):
    return door.http.get(url, headers={"Authorization": f"Bearer {body['access_token']}"})


def test_details_travel_to_the_token_response_the_token_and_introspection(door, person, pharmacy):
    body = tokens(door, pharmacy, person, ONE)
    assert body["authorization_details"] == [ONE]
    assert set(body["scope"].split()) == {"openid", "ebills:read"}
    assert claims_of(body["access_token"])["authorization_details"] == [ONE]
    told = door.http.post(
        "/oauth/introspect", data={"token": body["access_token"]}, auth=pharmacy.basic
    ).get_json()
    assert told["authorization_details"] == [ONE]


def test_details_alone_are_enough_without_scope(door, person, pharmacy):
    body = tokens(door, pharmacy, person, {"type": "social_card", "actions": ["read"]}, scope=None)
    assert body["scope"] == "social_card:read"


def test_actions_left_out_mean_all_of_the_type(door, person, pharmacy):
    body = tokens(door, pharmacy, person, {"type": "social_card"})
    assert body["authorization_details"] == [{"type": "social_card", "actions": ["apply", "read"]}]
    assert {"social_card:read", "social_card:apply"} <= set(body["scope"].split())


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{}",
        "[]",
        "[1]",
        "[{}]",
        '[{"type": 1}]',
        '[{"type": "nothing"}]',
        '[{"type": "utility_bill", "extra": "x"}]',
        '[{"type": "utility_bill", "actions": []}]',
        '[{"type": "utility_bill", "actions": "read"}]',
        '[{"type": "utility_bill", "actions": ["pay"]}]',
        '[{"type": "utility_bill", "actions": [["read"]]}]',
        '[{"type": "utility_bill", "account_number": 7}]',
        '[{"type": "utility_bill", "account_number": ""}]',
        '[{"type": "utility_bill", "account_number": ["a"]}]',
        '[{"type": "utility_bill", "account_number": "' + "1" * 33 + '"}]',
        '[{"type": "ticket", "identifier": []}]',
        '[{"type": "ticket", "identifier": ["7"]}]',
        '[{"type": "utility_bill", "locations": ["https://other.example"]}]',
        '[{"type": "utility_bill", "type": "ticket"}]',
        json.dumps([{"type": "health_file"}] * 11),
    ],
)
def test_unsound_details_are_refused_with_their_own_error(door, person, pharmacy, text):
    door.sign_in(person)
    answer = answer_of(door.authorize(pharmacy, authorization_details=text))
    assert answer["error"] == "invalid_authorization_details"
    assert answer["state"] == "s-1"


def test_type_that_the_client_did_not_register_is_refused(door, person):
    plain = door.add_client(authorization_details_types=["ticket"])
    door.sign_in(person)
    answer = answer_of(door.authorize(plain, authorization_details=json.dumps([ONE])))
    assert answer["error"] == "invalid_authorization_details"
    with pytest.raises(Invalid):
        door.add_client(authorization_details_types=["nothing"])


def test_details_can_be_pushed_and_are_checked_there(door, person, pharmacy):
    form = {
        "response_type": "code",
        "redirect_uri": "https://client.example/callback",
        "scope": "openid",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    good = door.http.post(
        "/oauth/par", data=form | {"authorization_details": json.dumps([ONE])}, auth=pharmacy.basic
    )
    assert good.status_code == 201, good.text
    bad = door.http.post("/oauth/par", data=form | {"authorization_details": "[{}]"}, auth=pharmacy.basic)
    assert error_of(bad) == "invalid_authorization_details"


def test_consent_page_says_exactly_what_and_nothing_wider(door, person, pharmacy):
    door.sign_in(person)
    page = door.authorize(pharmacy, authorization_details=json.dumps([ONE]))
    assert f"只限户号 {NUMBER}" in page.text
    assert page.text.count("看您的水电燃气账单和户号") == 1
    part = door.authorize(pharmacy, authorization_details=json.dumps([ONE, OTHER]), part="yes")
    assert part.text.count('name="detail"') == 2
    assert 'value="ebills:read"' not in part.text


def test_person_ticks_one_detail_and_the_other_is_not_given(door, person, pharmacy):
    door.sign_in(person)
    asked = json.dumps([ONE, OTHER])
    page = door.authorize(pharmacy, authorization_details=asked, part="yes")
    code = answer_of(door.decide(page, detail="1"))["code"]
    assert door.redeem(pharmacy, code).get_json()["authorization_details"] == [OTHER]


def test_person_who_ticks_no_detail_gives_no_scope_of_it_either(door, person, pharmacy):
    door.sign_in(person)
    asked = json.dumps([ONE])
    page = door.authorize(pharmacy, authorization_details=asked, part="yes", scope="openid hotline:read")
    # A scope that a detail stands for cannot be given without it, whatever is sent.
    code = answer_of(door.decide(page, scope=["hotline:read", "ebills:read"]))["code"]
    body = door.redeem(pharmacy, code).get_json()
    assert body["scope"] == "openid hotline:read"
    assert "authorization_details" not in body


def test_standing_consent_covers_the_same_and_less_and_never_more(door, person, pharmacy):
    tokens(door, pharmacy, person, ONE)
    silent = {"prompt": "none"}
    again = door.authorize(pharmacy, authorization_details=json.dumps([ONE]), **silent)
    assert "code=" in again.location
    for wider in (
        {"authorization_details": json.dumps([OTHER])},
        {"authorization_details": json.dumps([{"type": "utility_bill"}])},
        {"scope": "openid ebills:read"},
    ):
        assert "consent_required" in door.authorize(pharmacy, **silent, **wider).location


def test_consent_given_without_limits_covers_every_limit(door, person, pharmacy):
    door.tokens(pharmacy, person, scope="openid ebills:read")
    answer = door.authorize(pharmacy, prompt="none", authorization_details=json.dumps([ONE]))
    assert "code=" in answer.location


def test_token_request_may_ask_for_less_and_refresh_for_all_again(door, person, pharmacy):
    ticket = {"type": "ticket", "actions": ["read"]}
    code = door.code(
        pharmacy,
        person,
        scope="openid offline_access",
        authorization_details=json.dumps([ONE, OTHER, ticket]),
    )
    body = door.redeem(pharmacy, code, authorization_details=json.dumps([ONE])).get_json()
    assert body["authorization_details"] == [ONE]
    assert "hotline:read" not in body["scope"]
    again = door.refresh(pharmacy, body["refresh_token"]).get_json()
    assert again["authorization_details"] == [ONE, OTHER, ticket]
    less = door.refresh(
        pharmacy, again["refresh_token"], authorization_details=json.dumps([ticket])
    ).get_json()
    assert less["authorization_details"] == [ticket]
    assert "ebills:read" not in less["scope"]
    more = door.refresh(
        pharmacy, less["refresh_token"], authorization_details=json.dumps([{"type": "health_file"}])
    )
    assert error_of(more) == "invalid_authorization_details"


def test_narrowed_scope_takes_its_details_along(door, person, pharmacy):
    body = tokens(door, pharmacy, person, ONE, scope="openid offline_access hotline:read")
    less = door.refresh(pharmacy, body["refresh_token"], scope="hotline:read").get_json()
    assert "authorization_details" not in less


def test_exchanged_token_is_limited_as_its_subject_was(door, person):
    app = door.add_client(
        auth_method="client_secret_basic",
        grants=["authorization_code", TOKEN_EXCHANGE],
        authorization_details_types=TYPES,
    )
    body = tokens(door, app, person, ONE, OTHER)
    form = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": body["access_token"],
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    assert door.token(app, **form).get_json()["authorization_details"] == [ONE, OTHER]
    less = door.token(app, **form, authorization_details=json.dumps([ONE])).get_json()
    assert less["authorization_details"] == [ONE]
    more = door.token(app, **form, authorization_details=json.dumps([{"type": "utility_bill"}]))
    assert error_of(more) == "invalid_authorization_details"


def test_grants_without_a_person_refuse_details(door):
    app = door.add_client(
        auth_method="client_secret_basic",
        grants=["client_credentials"],
        scopes=["ebills:import"],
        redirect_uris=[],
        post_logout_redirect_uris=[],
    )
    answer = door.token(app, grant_type="client_credentials", authorization_details=json.dumps([ONE]))
    assert error_of(answer) == "invalid_authorization_details"


def test_details_are_stored_sealed(door, person, pharmacy, privacy):
    privacy.watch(NUMBER)
    tokens(door, pharmacy, person, ONE)
    with door.database.transaction(GATEWAY) as session:
        kept = repr(session.execute(grants.select()).all()) + repr(session.execute(consents.select()).all())
    assert NUMBER not in kept


def test_consents_page_shows_the_limits(door, person, pharmacy):
    tokens(door, pharmacy, person, ONE)
    assert f"只限户号 {NUMBER}" in door.http.get("/my/account/consents").text


def test_metadata_lists_the_types(door):
    document = door.http.get("/.well-known/oauth-authorization-server").get_json()
    assert document["authorization_details_types_supported"] == TYPES


@pytest.fixture
def two_accounts(door, person, database):
    """The person holds two accounts with a bill each."""
    add_billers(database)
    biller = staff_bearer(door.application, "biller", BILLER)
    second = bill(number="202610-00999", account_number=OTHER_NUMBER)
    assert send(biller, BILL, second).status_code == 201
    holder = bearer_for(door.application, person)
    assert claim(holder, BILL).status_code == 201
    assert claim(holder, second).status_code == 201
    return holder


def test_bills_of_one_account_number_are_all_that_such_a_token_reads(door, person, pharmacy, two_accounts):
    body = tokens(door, pharmacy, person, ONE)
    found = get(door, "/ebills/v1/bills", body).get_json()["items"]
    assert {one["account_number"] for one in found} == {NUMBER}
    accounts = get(door, "/ebills/v1/accounts", body).get_json()
    assert [one["account_number"] for one in accounts] == [NUMBER]
    everything = two_accounts.get("/ebills/v1/bills").get_json()["items"]
    assert {one["account_number"] for one in everything} == {NUMBER, OTHER_NUMBER}
    for one in everything:
        expected = 200 if one["account_number"] == NUMBER else 404
        assert get(door, f"/ebills/v1/bills/{one['id']}", body).status_code == expected


def test_bills_within_any_of_several_limits_are_read(door, person, pharmacy, two_accounts):
    both = get(door, "/ebills/v1/bills", tokens(door, pharmacy, person, ONE, OTHER)).get_json()["items"]
    assert len(both) == 2
    biller = {"type": "utility_bill", "biller": BILLER}
    assert len(get(door, "/ebills/v1/bills", tokens(door, pharmacy, person, biller)).get_json()["items"]) == 2
    nobody = {"type": "utility_bill", "biller": "SWTR"}
    assert get(door, "/ebills/v1/bills", tokens(door, pharmacy, person, nobody)).get_json()["items"] == []


def test_ticket_that_a_detail_names_is_the_only_one_that_exists(door, person, pharmacy):
    reporter = bearer_for(door.application, person)
    one, two = (filed(reporter) for _ in range(2))
    body = tokens(door, pharmacy, person, {"type": "ticket", "identifier": [one]})
    found = get(door, "/hotline/v1/tickets", body).get_json()["items"]
    assert [ticket["id"] for ticket in found] == [one]
    assert get(door, f"/hotline/v1/tickets/{one}", body).status_code == 200
    assert get(door, f"/hotline/v1/tickets/{two}", body).status_code == 404


def filed(reporter: Bearer) -> str:
    answer = reporter.post("/hotline/v1/tickets", json=TICKET)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def test_details_that_say_no_more_are_within_the_others(door, pharmacy):
    catalogue = door.catalogue
    whole, part = {"type": "utility_bill", "actions": ["read"]}, {"biller": BILLER}
    assert is_within(catalogue, whole | part, whole)
    assert not is_within(catalogue, whole, whole | part)
    assert is_within(catalogue, whole | part | {"account_number": "1"}, whole | part)
    assert not is_within(catalogue, whole | {"biller": "X"}, whole | part)
    few = {"type": "ticket", "actions": ["read"], "identifier": ["a"]}
    many = few | {"identifier": ["a", "b"]}
    assert is_within(catalogue, few, many)
    assert not is_within(catalogue, many, few)
    assert covers(catalogue, (many,), (few,), ["hotline:read"])
    assert not covers(catalogue, (few,), (), ["hotline:read"])
    assert covers(catalogue, (few,), (), ["ebills:read"])
    with pytest.raises(InvalidAuthorizationDetails):
        narrow(catalogue, (few,), (many,), ("hotline:read",))
    with door.database.transaction(GATEWAY) as session:
        client = find_client(session, pharmacy.client.client_id)
    assert read_details(catalogue, door.issuer, client, None) == ()
