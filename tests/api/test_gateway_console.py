"""The gateway's desk: an administrator keeps clients, keys, invitations and staff; nobody else gets in."""

import re

import pytest

from services.database.roles import Role
from services.database.session import Opening
from services.gateway.clients import find_client, list_clients
from services.gateway.console.keys import rotate
from services.gateway.people.staff import list_staff
from services.vault.signing import list_ring
from tests.support.oauth import GATEWAY
from tests.support.people import Browser, cheap_passwords, code_of, enrol_resident, enrol_staff
from tests.support.people import Enrolled as Member

PLACE = "/console/gateway"
PAGES = ("", "/clients/new", "/keys", "/keys/rotate", "/invitations", "/staff", "/staff/new")
KEPT_OUT = ("operator", "officer", "supervisor", "practitioner", "biller")


@pytest.fixture(autouse=True)
def cheap():
    with cheap_passwords():
        yield


def browser_of(app, person):
    browser = Browser(app)
    browser.sign_in(person)
    return browser


@pytest.fixture
def admin(app):
    return enrol_staff(app.extensions["citizen_database"], roles=("admin",))


@pytest.fixture
def desk(app, admin):
    return browser_of(app, admin)


def shown_codes(page):
    return re.findall(r"<code>([^<]+)</code>", page.text)


def test_an_administrator_finds_the_desk_and_every_page_of_it(desk):
    assert f'href="{PLACE}"' in desk.get("/console").text
    for path in PAGES:
        page = desk.get(f"{PLACE}{path}")
        assert page.status_code == 200, (path, page.text)


def test_nobody_else_gets_in(app, database):
    for role in KEPT_OUT:
        browser = browser_of(app, enrol_staff(database, roles=(role,)))
        assert f'href="{PLACE}"' not in browser.get("/console").text
        assert [browser.get(f"{PLACE}{path}").status_code for path in PAGES] == [403] * len(PAGES)
    resident = browser_of(app, enrol_resident(database))
    assert [resident.get(f"{PLACE}{path}").status_code for path in PAGES] == [403] * len(PAGES)
    assert Browser(app).get(PLACE).status_code == 303


def test_a_client_is_registered_its_secret_shown_once_changed_and_withdrawn(desk, database):
    page = desk.submit(
        desk.get(f"{PLACE}/clients/new"),
        f"{PLACE}/clients/new",
        name="安康药房",
        auth_method="client_secret_basic",
        grants="authorization_code",
        scopes="openid profile",
        redirect_uris="https://client.example/callback",
    )
    assert page.status_code == 200, page.text
    (secret,) = shown_codes(page)
    with database.transaction(GATEWAY) as session:
        (client,) = (one for one, _ in list_clients(session) if one.name == "安康药房")
    assert client.owns_secret(secret)
    own = f"{PLACE}/clients/{client.client_id}"
    assert secret not in desk.get(own).text
    assert client.client_id in desk.get(PLACE).text
    answer = desk.submit(desk.get(own), own, scopes="openid", redirect_uris="https://client.example/new")
    assert answer.status_code == 303
    with database.transaction(GATEWAY) as session:
        assert find_client(session, client.client_id).scopes == ("openid",)
    assert desk.submit(desk.get(f"{own}/disable"), f"{own}/disable").status_code == 303
    with database.transaction(GATEWAY) as session:
        assert find_client(session, client.client_id) is None
    assert desk.get(own).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", {"name": ""}),
        ("redirect_uris", {"redirect_uris": "http://elsewhere.example/cb"}),
        ("scopes", {"scopes": "no_such:scope"}),
        ("jwks", {"jwks": "nonsense", "auth_method": "private_key_jwt"}),
        ("grants", {"grants": "implicit"}),
    ],
)
def test_what_is_wrong_with_a_client_stands_at_its_field(desk, field, typed):
    sound = {
        "name": "安康药房",
        "auth_method": "none",
        "grants": "authorization_code",
        "scopes": "openid",
        "redirect_uris": "https://client.example/callback",
    }
    page = desk.submit(desk.get(f"{PLACE}/clients/new"), f"{PLACE}/clients/new", **(sound | typed))
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text


def test_an_invitation_given_out_at_the_desk_lets_a_client_register(app, desk):
    page = desk.submit(
        desk.get(f"{PLACE}/invitations"), f"{PLACE}/invitations", purpose="药房", uses="1", days="7"
    )
    assert page.status_code == 200, page.text
    token, endpoint = shown_codes(page)
    assert endpoint.endswith("/oauth/register")
    answer = app.test_client().post(
        "/oauth/register",
        json={"redirect_uris": ["https://client.example/cb"], "token_endpoint_auth_method": "none"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201
    assert token not in desk.get(f"{PLACE}/invitations").text


def test_an_invitation_can_be_withdrawn(desk):
    desk.submit(desk.get(f"{PLACE}/invitations"), f"{PLACE}/invitations", purpose="药房", uses="1", days="7")
    page = desk.get(f"{PLACE}/invitations")
    (action,) = re.findall(rf'action="({PLACE}/invitations/[^"]+/cancel)"', page.text)
    assert desk.submit(page, action).status_code == 303
    assert action not in desk.get(f"{PLACE}/invitations").text


@pytest.mark.parametrize("typed", [{"purpose": ""}, {"uses": "0"}, {"uses": "many"}, {"days": "400"}])
def test_a_wrong_invitation_says_what_to_mend(desk, typed):
    sound = {"purpose": "药房", "uses": "1", "days": "7"}
    page = desk.submit(desk.get(f"{PLACE}/invitations"), f"{PLACE}/invitations", **(sound | typed))
    assert page.status_code == 422


def test_keys_are_stepped_by_the_worker(desk, database):
    with database.transaction(GATEWAY) as session:
        before = {key.state: key.kid for key in list_ring(session) if key.use == "token"}
    assert before["active"][:12] in desk.get(f"{PLACE}/keys").text
    assert desk.submit(desk.get(f"{PLACE}/keys/rotate"), f"{PLACE}/keys/rotate").status_code == 303
    from services.actor import system

    for _ in range(2):  # a job may come twice: the second finds the next key too young
        with database.transaction(Opening(role=Role.WORKER)) as session:
            rotate(session, system("gateway.rotate_signing_keys"))
    with database.transaction(GATEWAY) as session:
        after = {key.state: key.kid for key in list_ring(session) if key.use == "token"}
    assert (after["active"], after["retired"]) == (before["next"], before["active"])
    assert f'href="{PLACE}/keys/rotate"' not in desk.get(f"{PLACE}/keys").text


def test_a_new_member_signs_in_with_what_was_shown_once(app, desk):
    page = desk.submit(
        desk.get(f"{PLACE}/staff/new"),
        f"{PLACE}/staff/new",
        name="测试乙",
        username="wang.min",
        unit="HOTLINE",
        roles="operator",
    )
    assert page.status_code == 200, page.text
    username, password, secret = re.findall(r"<dd>([^<]+)</dd>", page.text)
    browser = Browser(app)
    assert browser.give_password(username, password).status_code == 303
    assert browser.give_code(code_of(Member(None, username, secret))).status_code == 303
    assert browser.get("/console").status_code == 200
    taken = desk.submit(
        desk.get(f"{PLACE}/staff/new"),
        f"{PLACE}/staff/new",
        name="测试乙",
        username="wang.min",
        unit="HOTLINE",
        roles="operator",
    )
    assert taken.status_code == 409


def test_a_change_of_role_signs_the_member_out_and_an_end_keeps_them_out(app, desk, database):
    member = enrol_staff(database)
    browser = browser_of(app, member)
    own = f"{PLACE}/staff/{member.account}"
    assert desk.submit(desk.get(own), own, unit="PIPES", roles="officer").status_code == 303
    assert browser.get("/console").status_code == 303
    with database.transaction(GATEWAY) as session:
        from services.actor import system

        (found,) = (one for one in list_staff(session, system("test")) if one.subject == member.account)
    assert (found.unit, found.roles) == ("PIPES", ("officer",))
    assert desk.submit(desk.get(f"{own}/end"), f"{own}/end").status_code == 303
    assert desk.get(own).status_code == 404
    assert Browser(app).give_password(member.username).status_code == 401


def test_nobody_changes_or_ends_themselves(desk, admin):
    own = f"{PLACE}/staff/{admin.account}"
    assert '<form method="post" action="/console' not in desk.get(own).text
    assert desk.submit(desk.get(f"{own}/end"), f"{own}/end").status_code == 403
    assert desk.get(PLACE).status_code == 200
