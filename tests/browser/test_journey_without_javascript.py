"""The same journey over plain HTTP: no script runs, every form is read from its page and sent as it stands."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from services.demo.browser import Browser
from services.gateway.oauth.pkce import challenge_of
from tests.browser.test_journey import PAGES, READS, SCOPES, VERIFIER, client_id, person, suite  # noqa: F401
from tests.support.ebills import BILLER, NUMBER
from tests.support.people import PASSWORD

H1 = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


@pytest.fixture
def browser(suite, person):  # noqa: F811
    """Somebody who has signed in."""
    opened = Browser(suite)
    form = opened.follow(opened.get("/"))
    answer = opened.submit(form, {"username": person.username, "password": PASSWORD}, having="username")
    assert (answer.status, answer.location) == (303, f"{suite}/")
    return opened


def title(answer) -> str:
    assert answer.status == 200, answer.text
    (found,) = H1.findall(answer.text)
    return found


def test_page_asked_for_before_sign_in_is_shown_after_it(suite, person) -> None:  # noqa: F811
    browser = Browser(suite)
    asked = browser.get("/my/bills/accounts")
    assert asked.status == 303
    form = browser.follow(asked)
    answer = browser.submit(form, {"username": person.username, "password": PASSWORD}, having="username")
    assert answer.location == f"{suite}/my/bills/accounts"


def test_wrong_password_brings_the_form_back_with_one_sentence(suite, person) -> None:  # noqa: F811
    browser = Browser(suite)
    form = browser.get("/sign-in")
    answer = browser.submit(form, {"username": person.username, "password": "swordfish"}, having="username")
    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert "swordfish" not in answer.text


def test_five_services_are_reached_with_one_token_and_left_again(browser, client_id, suite) -> None:  # noqa: F811
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": f"{suite}/help",
        "scope": SCOPES,
        "state": "s-1",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    page = browser.get(f"/oauth/authorize?{urlencode(asked)}")
    answer = browser.submit(page, {"decision": "allow"}, having="decision")
    told = parse_qs(urlsplit(answer.location).query)
    assert (told["state"], told["iss"]) == (["s-1"], [suite])
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": told["code"][0],
        "redirect_uri": f"{suite}/help",
        "code_verifier": VERIFIER,
    }
    token = browser.post("/oauth/token", form).json()["access_token"]
    for path in READS:
        assert browser.get(path, Authorization=f"Bearer {token}").status == 200
    consents = browser.get("/my/account/consents")
    assert "安康药房" in consents.text
    link = re.search(r'href="(/my/account/consents/[0-9a-f-]+)"', consents.text)
    asked_again = browser.get(link[1])
    assert browser.submit(asked_again, {}, having="form_token").status == 303
    assert browser.get(READS[0], Authorization=f"Bearer {token}").status == 401


def test_five_pages_speak_both_languages_and_elder_mode(browser) -> None:
    chinese = [title(browser.get(path)) for path in PAGES]
    page = browser.get("/my/bills")
    answer = browser.post("/display", {"language": "en", "back": "/my/bills"})
    assert answer.location.endswith("/my/bills")
    english = [title(browser.get(path)) for path in PAGES]
    assert all(ours.isascii() for ours in english)
    assert not any(ours.isascii() for ours in chinese)
    browser.post("/display", {"mode": "elder", "back": "/"})
    elder = browser.get("/my/bills").text
    assert 'data-mode="elder"' in elder
    assert "tel:12345" in elder
    assert 'data-mode="elder"' not in page.text


def test_account_is_claimed_by_form_and_a_mistake_keeps_what_was_typed(browser) -> None:
    page = browser.get("/my/bills/accounts/new")
    typed = {"biller": BILLER, "account_number": NUMBER, "amount": "1"}
    wrong = browser.submit(page, typed, having="amount")
    assert wrong.status == 422
    assert f'value="{NUMBER}"' in wrong.text
    assert browser.submit(wrong, {**typed, "amount": "186.44"}, having="amount").status == 303
    assert NUMBER in browser.get("/my/bills/accounts").text


def test_ticket_is_filed_once_however_often_the_button_is_pressed(browser) -> None:
    page = browser.get("/my/tickets/new")
    typed = ({"category": "street_light", "text": "路灯坏了"}, {"district": "东岸区", "address": "和平路"})
    for answers, having in zip(typed, ("text", "district"), strict=True):
        step = browser.submit(page, answers, having=having)
        assert step.status == 303
        page = browser.get(step.location)
    assert "路灯坏了" in page.text
    first, second = (browser.submit(page, {"phone": ""}, having="phone") for _ in range(2))
    assert first.status == second.status == 303
    assert first.location == second.location
    assert browser.get("/my/tickets").text.count("/my/tickets/0") == 1


def test_sign_out_ends_the_session_and_the_next_page_asks_again(browser) -> None:
    page = browser.get("/my/account")
    answer = browser.submit(page, {}, having="form_token")
    assert answer.status == 303
    assert browser.get("/my/bills").status == 303
