"""What a person with a passkey does, over HTTP."""

from typing import Any

from werkzeug.test import TestResponse

from tests.support.authenticator import SoftAuthenticator
from tests.support.people import Browser

REGISTER = "/my/account/passkeys"
SIGN_IN = "/sign-in/passkey"
STEP_UP = "/step-up/passkey"


def options_of(browser: Browser, ceremony: str) -> dict[str, Any]:
    answer = browser.send(f"{ceremony}/options", {})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def register(browser: Browser, authenticator: SoftAuthenticator, *, name: str = "") -> TestResponse:
    credential = authenticator.create(options_of(browser, REGISTER))
    return browser.send(REGISTER, {"credential": credential, "name": name})


def show(browser: Browser, authenticator: SoftAuthenticator, ceremony: str = SIGN_IN) -> TestResponse:
    return browser.send(ceremony, {"credential": authenticator.get(options_of(browser, ceremony))})
