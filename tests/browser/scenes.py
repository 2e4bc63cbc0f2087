"""Pages that answer a form or need a step before them: each scene leads a browser to one and leaves it there."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyotp
from playwright.sync_api import Page

from services.demo.tour import SCOPES
from services.gateway.oauth.pkce import challenge_of
from tests.browser.city import City, account_of
from tests.support.browser import virtual_authenticator
from tests.support.people import new_id_number
from tests.support.texts import last_code, texts_to

Play = Callable[[Page, City], None]
GET, POST = "GET", "POST"
STOP = re.compile(r"/recover/stop/[\w.~-]+")


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose browser it is, the page it ends on, the answer's status, and how it comes there."""

    who: str
    method: str
    rule: str
    status: int
    play: Play

    @property
    def name(self) -> str:
        """What a test calls it."""
        return self.play.__name__


SCENES: list[Scene] = []


def scene(who: str, method: str, rule: str, status: int = 200) -> Callable[[Play], Play]:
    """Put a scene into the list. `surely …`, and a newcomer, have just proved who they are with a passkey."""

    def register(play: Play) -> Play:
        SCENES.append(Scene(who, method, rule, status, play))
        return play

    return register


def reached(method: str) -> set[str]:
    """The rules on which scenes of this method end."""
    return {one.rule for one in SCENES if one.method == method}


def send(page: Page, action: str, **typed: str) -> None:
    """Fill the form that goes to an address, and send it."""
    form = page.locator(f"form[action='{action}'], form:not([action])").last
    for name, value in typed.items():
        form.locator(f"[name='{name}']").first.fill(value)
    with page.expect_navigation():
        form.locator("button").first.click()


# --- signing in, up, and finding the way back -------------------------------------------------------------------


@scene("everybody", POST, "/sign-in", 401)
def sign_in_is_refused(page: Page, city: City) -> None:
    page.goto(f"{city.url}/sign-in")
    send(page, "/sign-in", username="310101198005170019", password="wrong words here")


@scene("everybody", GET, "/sign-in/otp")
def sign_in_asks_for_a_code(page: Page, city: City) -> None:
    account = account_of("admin")
    page.goto(f"{city.url}/sign-in")
    send(page, "/sign-in", username=account["username"], password=account["password"])


@scene("everybody", POST, "/sign-in/otp", 401)
def code_of_sign_in_is_refused(page: Page, city: City) -> None:
    sign_in_asks_for_a_code(page, city)
    send(page, "/sign-in/otp", otp="000000")


@scene("everybody", POST, "/sign-up", 422)
def sign_up_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/sign-up")
    send(page, "/sign-up")


def _ask_for_account(page: Page, city: City) -> str:
    phone = city.new_phone()
    page.goto(f"{city.url}/sign-up")
    send(page, "/sign-up", id_number=new_id_number(), name="张三", phone=phone)
    return phone


@scene("everybody", POST, "/sign-up/code", 401)
def code_of_sign_up_is_wrong(page: Page, city: City) -> None:
    _ask_for_account(page, city)
    send(page, "/sign-up/code", otp="000000")


@scene("everybody", POST, "/sign-up/code/again")
def code_of_sign_up_comes_again(page: Page, city: City) -> None:
    _ask_for_account(page, city)
    send(page, "/sign-up/code/again")


@scene("everybody", GET, "/sign-up/password")
def sign_up_asks_for_a_password(page: Page, city: City) -> None:
    phone = _ask_for_account(page, city)
    send(page, "/sign-up/code", otp=last_code(city.database, f"+86{phone}"))


@scene("everybody", POST, "/sign-up/password", 422)
def password_of_sign_up_is_short(page: Page, city: City) -> None:
    sign_up_asks_for_a_password(page, city)
    send(page, "/sign-up/password", password="short")


@scene("everybody", POST, "/recover", 422)
def recovery_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/recover")
    send(page, "/recover")


def _ask_for_recovery(page: Page, city: City, account: Any = None) -> str:
    account = account or city.next_resident()
    page.goto(f"{city.url}/recover")
    send(page, "/recover", id_number=account["id_number"], phone=account["phone"])
    return str(account["phone"])


@scene("everybody", POST, "/recover/code", 401)
def code_of_recovery_is_wrong(page: Page, city: City) -> None:
    _ask_for_recovery(page, city)
    send(page, "/recover/code", otp="000000")


def _prove_ownership(page: Page, city: City, phone: str) -> None:
    send(page, "/recover/code", otp=last_code(city.database, f"+86{phone}"))


@scene("everybody", GET, "/recover/wait")
def recovery_waits(page: Page, city: City) -> None:
    _prove_ownership(page, city, _ask_for_recovery(page, city))


@scene("everybody", GET, "/recover/password")
def recovery_asks_for_a_password(page: Page, city: City) -> None:
    account = city.next_resident()
    for _ in range(2):
        _prove_ownership(page, city, _ask_for_recovery(page, city, account))
        city.let_recoveries_be_ready()


@scene("everybody", POST, "/recover/password", 422)
def password_of_recovery_is_short(page: Page, city: City) -> None:
    recovery_asks_for_a_password(page, city)
    send(page, "/recover/password", password="short")


@scene("everybody", GET, "/recover/stop/<token>")
def recovery_is_to_be_stopped(page: Page, city: City) -> None:
    phone = _ask_for_recovery(page, city)
    _prove_ownership(page, city, phone)
    (path,) = {found for text in texts_to(city.database, f"+86{phone}") for found in STOP.findall(text)}
    page.goto(city.url + path)


@scene("everybody", POST, "/recover/stop/<token>")
def recovery_is_stopped(page: Page, city: City) -> None:
    recovery_is_to_be_stopped(page, city)
    send(page, urlsplit(page.url).path)


@scene("newcomer", POST, "/sign-out")
def sign_out(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account")
    send(page, "/sign-out")


@scene("newcomer", POST, "/my/account/devices/<uuid:session_id>/end")
def one_place_is_signed_out(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/devices")
    with page.expect_navigation():
        page.locator("main form[action^='/my/account/devices/0'] button").first.click()


@scene("newcomer", POST, "/my/account/devices/end")
def every_place_is_signed_out(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/devices")
    send(page, "/my/account/devices/end")


# --- the account ---------------------------------------------------------------------------------------------------


@scene("representative", POST, "/my/account/password", 422)
def password_is_not_changed(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/password")
    send(page, "/my/account/password", current="wrong words here", password="short")


@scene("representative", POST, "/my/account/contact/<any(phone, email):kind>", 422)
def contact_is_refused(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/contact/phone")
    send(page, "/my/account/contact/phone", phone="123", current="wrong words here")


@scene("representative", GET, "/my/account/contact/code")
def contact_asks_for_a_code(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/contact/email")
    password = account_of("representative")["password"]
    send(page, "/my/account/contact/email", email=f"{secrets.token_hex(4)}@citizen.example", current=password)


@scene("representative", POST, "/my/account/contact/code", 401)
def code_of_contact_is_wrong(page: Page, city: City) -> None:
    contact_asks_for_a_code(page, city)
    send(page, "/my/account/contact/code", otp="000000")


@scene("representative", POST, "/my/account/delegates/new", 422)
def carer_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/delegates/new")
    send(page, "/my/account/delegates/new")


@scene("newcomer", POST, "/my/account/code/new")
def code_is_set_up(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/account/code/new")
    secret = "".join(page.locator("main code, main .code").first.inner_text().split())
    send(page, "/my/account/code/new", otp=pyotp.TOTP(secret).now())


@scene("newcomer", POST, "/my/account/recovery-codes")
def recovery_codes_are_printed(page: Page, city: City) -> None:
    code_is_set_up(page, city)
    page.goto(f"{city.url}/my/account/recovery-codes")
    send(page, "/my/account/recovery-codes")


@scene("surely representative", GET, "/my/account/passkeys/<uuid:passkey_id>/remove")
def passkey_is_to_be_removed(page: Page, city: City) -> None:
    with virtual_authenticator(page):
        page.goto(f"{city.url}/my/account/passkeys/new")
        page.fill("#name", "我的电脑")
        page.click("[data-passkey] button")
        page.wait_for_url(lambda url: "/passkeys/new" not in url)
    page.goto(f"{city.url}/my/account/security")
    page.click("main a[href$='/remove']")


# --- consents and clients ------------------------------------------------------------------------------------------


def _authorize(page: Page, city: City, scopes: str) -> None:
    asked = {
        "response_type": "code",
        "client_id": city.client_id,
        "redirect_uri": f"{city.url}/help",
        "scope": scopes,
        "state": secrets.token_urlsafe(8),
        "nonce": secrets.token_urlsafe(8),
        "code_challenge": challenge_of("v" * 64),
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    page.goto(f"{city.url}/oauth/authorize?{urlencode(asked)}")


@scene("representative", GET, "/oauth/authorize")
def app_asks_for_consent(page: Page, city: City) -> None:
    _authorize(page, city, " ".join(SCOPES))


@scene("representative", GET, "/my/account/consents/<uuid:consent_id>")
def consent_is_to_be_withdrawn(page: Page, city: City) -> None:
    app_asks_for_consent(page, city)
    with page.expect_navigation():
        page.click("button[name=decision][value=allow]")
    page.goto(f"{city.url}/my/account/consents")
    page.click("main a[href^='/my/account/consents/']")


@scene("newcomer", POST, "/oauth/logout/confirm")
def logout_is_confirmed(page: Page, city: City) -> None:
    page.goto(f"{city.url}/oauth/logout")
    send(page, "/oauth/logout/confirm")


@scene("representative", GET, "/device", 404)
def device_code_is_unknown(page: Page, city: City) -> None:
    page.goto(f"{city.url}/device?user_code=BBBB-BBBB")


# --- the five services ---------------------------------------------------------------------------------------------


@scene("representative", POST, "/business/register", 422)
def business_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/business/register")
    send(page, "/business/register")


@scene("representative", POST, "/my/bills/accounts/new", 422)
def bill_account_is_refused(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/bills/accounts/new")
    page.select_option("[name=biller]", index=1)
    send(page, "/my/bills/accounts/new", account_number="1", amount="1")


@scene("representative", POST, "/my/card/apply", 422)
def card_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/card/apply")
    send(page, "/my/card/apply")


@scene("practitioner", POST, "/console/card/checks", 422)
def card_code_is_wrong(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/card/checks")
    send(page, "/console/card/checks", code="123")


@scene("practitioner", POST, "/console/health/apps", 422)
def app_of_a_practitioner_is_not_opened(page: Page, city: City) -> None:
    assert city.client_id
    page.goto(f"{city.url}/console/health/apps")
    send(page, "/console/health/apps")


@scene("biller", POST, "/console/bills", 422)
def bill_file_is_wrong(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/bills")
    page.set_input_files(
        "#file", {"name": "bills.csv", "mimeType": "text/csv", "buffer": b"citizen-bills,1,X,1,1\n"}
    )
    send(page, "/console/bills")


@scene("representative", POST, "/my/health/consents/new")
def health_consent_names_a_unit(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/health/consents/new")
    send(page, "/my/health/consents/new", name="滨江")


@scene("representative", POST, "/my/health/consents/new")
def health_consent_says_what(page: Page, city: City) -> None:
    health_consent_names_a_unit(page, city)
    page.check("[name=unit]")
    send(page, "/my/health/consents/new")


@scene("representative", POST, "/my/health/consents/new", 422)
def health_consent_says_nothing(page: Page, city: City) -> None:
    health_consent_says_what(page, city)
    send(page, "/my/health/consents/new")


@scene("representative", POST, "/my/health/consents/new")
def health_consent_says_until_when(page: Page, city: City) -> None:
    health_consent_says_what(page, city)
    page.check("[name=reach][value=all]")
    send(page, "/my/health/consents/new")


@scene("representative", POST, "/my/health/consents/new")
def health_consent_is_read_again(page: Page, city: City) -> None:
    health_consent_says_until_when(page, city)
    page.locator("[name=purpose]").first.check()
    page.locator("[name=life]").first.check()
    send(page, "/my/health/consents/new")


@scene("representative", POST, "/my/health/download/links", 422)
def link_has_a_short_passcode(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/health/download/links")
    send(page, "/my/health/download/links", passcode="1")


@scene("representative", GET, "/my/health/download/links/<uuid:share_id>")
def link_is_made(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/health/download/links")
    send(page, "/my/health/download/links", passcode="1234", label="给张医生")


@scene("newcomer", GET, "/my/health/erasure/confirm")
def erasure_is_asked_about(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/health/erasure/confirm")


# --- the hotline ---------------------------------------------------------------------------------------------------


@scene("representative", POST, "/my/tickets/new/<int:step>", 422)
def first_step_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/tickets/new/1")
    send(page, "/my/tickets/new/1", text="")


@scene("representative", POST, "/my/tickets/new", 422)
def whole_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/tickets/new")
    # As a program or an old bookmark would send it.
    page.evaluate("document.querySelector('main form').action = '/my/tickets/new'")
    send(page, "/my/tickets/new", text="")


@scene("representative", GET, "/my/tickets/new/<int:step>")
def second_step(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/tickets/new/1")
    page.select_option("#category", "street_light")
    send(page, "/my/tickets/new/1", text="三号楼前的路灯坏了。")


@scene("representative", GET, "/my/tickets/new/<int:step>")
def third_step(page: Page, city: City) -> None:
    second_step(page, city)
    send(page, "/my/tickets/new/2", district="东岸区", address="和平路 12 号")


@scene("representative", GET, "/my/tickets/filed")
def ticket_is_filed(page: Page, city: City) -> None:
    third_step(page, city)
    send(page, "/my/tickets/new/3")


@scene("everybody", POST, "/track", 404)
def tracking_code_is_wrong(page: Page, city: City) -> None:
    page.goto(f"{city.url}/track")
    send(page, "/track", number="261127000001", code="WRONG-CODE")


@scene("representative", POST, "/track")
def ticket_is_tracked(page: Page, city: City) -> None:
    ticket_is_filed(page, city)
    number, code = page.locator("dd").all_inner_texts()[:2]
    page.goto(f"{city.url}/track")
    send(page, "/track", number=number, code=code)


@scene("operator", GET, "/console/hotline/<uuid:ticket_id>")
def ticket_is_held(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/hotline")
    send(page, "/console/hotline/next")


@scene("operator", POST, "/console/hotline/<uuid:ticket_id>", 422)
def answer_says_nothing(page: Page, city: City) -> None:
    ticket_is_held(page, city)
    with page.expect_navigation():
        page.locator("button[name=action][value=answer]").click()


@scene("representative", POST, "/my/tickets/<uuid:ticket_id>", 422)
def supplement_says_nothing(page: Page, city: City) -> None:
    ticket_is_filed(page, city)
    page.click("main a[href^='/my/tickets/0']")
    with page.expect_navigation():
        page.locator("button[name=action][value=supplement]").click()


@scene("operator", GET, "/console/hotline/calls/<uuid:call_id>")
def call_is_looked_at(page: Page, city: City) -> None:
    city.ring()
    page.goto(f"{city.url}/console/hotline/calls")
    page.click("main a[href^='/console/hotline/calls/0']")


def _share(page: Page, city: City, until: str) -> None:
    """The resident lets the hotline see what one service says."""
    page.goto(f"{city.url}/my/tickets/context")
    page.locator("[name=services]").first.check()
    page.select_option("#until", until)
    send(page, "/my/tickets/context")


@scene("representative", POST, "/my/tickets/context", 422)
def nothing_is_shared(page: Page, city: City) -> None:
    page.goto(f"{city.url}/my/tickets/context")
    send(page, "/my/tickets/context")


@scene("representative", POST, "/my/tickets/context")
def digits_are_to_be_read_out(page: Page, city: City) -> None:
    _share(page, city, "call")


@scene("operator", POST, "/console/hotline/calls/<uuid:call_id>/context")
def operator_hears_on_a_call(page: Page, city: City) -> None:
    with city.browser_of("representative") as home:
        theirs = home.new_page()
        digits_are_to_be_read_out(theirs, city)
        digits = theirs.inner_text("main .fact")
    call_is_looked_at(page, city)
    page.fill("[name=code]", digits)
    with page.expect_navigation():
        page.locator("form[action$='/context-code'] button").click()
    with page.expect_navigation():
        page.locator("form[action$='/context'] button").click()


@scene("operator", POST, "/console/hotline/<uuid:ticket_id>/context")
def operator_hears_about_a_ticket(page: Page, city: City) -> None:
    with city.browser_of("representative") as home:
        theirs = home.new_page()
        _share(theirs, city, "30")
        ticket_is_filed(theirs, city)
        ticket = theirs.locator("main a[href^='/my/tickets/0']").get_attribute("href") or ""
    page.goto(f"{city.url}/console/hotline/{ticket.rpartition('/')[2]}")
    with page.expect_navigation():
        page.locator("form[action$='/claim'] button").click()
    with page.expect_navigation():
        page.locator("form[action$='/context'] button").click()


@scene("operator", POST, "/console/hotline/new", 422)
def call_is_written_down_without_words(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/hotline/new")
    with page.expect_navigation():
        page.click("main form button[value=file]")


@scene("operator", POST, "/console/hotline/new")
def like_tickets_are_shown_to_the_operator(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/hotline/new")
    page.select_option("#category", "street_light")
    send(page, "/console/hotline/new", text="小区门口的路灯三天没亮了。", district="东岸区")


@scene("operator", GET, "/console/hotline/filed")
def operator_reads_out_the_number(page: Page, city: City) -> None:
    like_tickets_are_shown_to_the_operator(page, city)
    with page.expect_navigation():
        page.click("main form button[value=file]")


@scene("supervisor", POST, "/console/hotline/articles", 422)
def article_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/hotline/articles/new")
    send(page, "/console/hotline/articles")


@scene("operator", POST, "/console/hotline/<uuid:ticket_id>/template")
def answer_begins_with_a_template(page: Page, city: City) -> None:
    ticket_is_held(page, city)
    page.select_option("#template", index=1)
    with page.expect_navigation():
        page.locator("button[formaction$='/template#note']").first.click()


@scene("supervisor", POST, "/console/hotline/templates", 422)
def template_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/hotline/templates/new")
    send(page, "/console/hotline/templates")


@scene("operator", POST, "/console/hotline/search")
def tickets_are_found(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/hotline/search")
    send(page, "/console/hotline/search", words="路灯")


@scene("operator", POST, "/console/hotline/search/saved", 422)
def search_has_too_long_a_name(page: Page, city: City) -> None:
    tickets_are_found(page, city)
    send(page, "/console/hotline/search/saved", title="长" * 61)


# --- the gateway's console -----------------------------------------------------------------------------------------


@scene("admin", POST, "/console/gateway/clients/new", 422)
def app_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway/clients/new")
    send(page, "/console/gateway/clients/new")


@scene("admin", POST, "/console/gateway/clients/<string:client_id>", 422)
def app_is_not_changed(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway")
    page.click("main tbody a")
    page.locator("main form [name=scopes]").fill("")
    with page.expect_navigation():
        page.locator("main form button").first.click()


@scene("admin", POST, "/console/gateway/invitations", 422)
def invitation_form_is_wrong(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway/invitations")
    send(page, "/console/gateway/invitations", purpose="", uses="0")


@scene("admin", POST, "/console/gateway/invitations")
def invitation_is_made(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway/invitations")
    send(page, "/console/gateway/invitations", purpose="滨江人民医院")


@scene("admin", POST, "/console/gateway/staff/new", 422)
def staff_form_is_empty(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway/staff/new")
    send(page, "/console/gateway/staff/new")


@scene("admin", POST, "/console/gateway/staff/new")
def member_of_staff_is_enrolled(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway/staff/new")
    page.locator("[name=roles]").first.check()
    send(
        page, "/console/gateway/staff/new", name="李四", username=f"li.{secrets.token_hex(3)}", unit="HOTLINE"
    )


@scene("admin", POST, "/console/gateway/staff/<uuid:subject>", 422)
def member_of_staff_is_not_changed(page: Page, city: City) -> None:
    page.goto(f"{city.url}/console/gateway/staff")
    page.click("main .rows a")
    page.locator("main form [name=unit]").fill("")
    with page.expect_navigation():
        page.locator("main form button").first.click()
