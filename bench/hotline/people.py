"""Who asks: residents who let an app in, and operators with their second factor; each gives fresh tokens when asked."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp

from services.demo.browser import Browser

CALLBACK = "http://localhost:9/callback"


@dataclass
class Person:
    """Somebody signed in, in a browser of their own."""

    browser: Browser
    client_id: str
    scope: str

    @property
    def cookie(self) -> str:
        """What the browser sends."""
        return "; ".join(f"{name}={value}" for name, value in self.browser._cookies.items())  # noqa: SLF001

    def token(self) -> str:
        """A fresh access token: they live five minutes."""
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": self.scope,
            "state": secrets.token_urlsafe(8),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        page = self.browser.get(f"/oauth/authorize?{urlencode(asked)}")
        while page.status != 200 and not page.location.startswith(CALLBACK):
            page = self.browser.get(page.location)
        if page.status == 200:
            page = self.browser.submit(page, {"decision": "allow"}, having="decision")
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": parse_qs(urlsplit(page.location).query)["code"][0],
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        }
        answer = self.browser.post("/oauth/token", form)
        assert answer.status == 200, answer.text[:300]
        token: str = answer.json()["access_token"]
        return token


def sign_in(base_url: str, account: dict[str, Any], client_id: str, scope: str) -> Person:
    """Sign somebody of the demo city in."""
    browser = Browser(base_url)
    page = browser.follow(browser.get("/"))
    typed = {"username": account["username"], "password": account["password"]}
    answer = browser.submit(page, typed, having="username")
    if account["totp_secret"]:
        code = pyotp.TOTP(account["totp_secret"]).at(datetime.now(UTC))
        answer = browser.submit(browser.follow(answer), {"otp": code}, having="otp")
    assert answer.status == 303, answer.text[:300]
    return Person(browser, client_id, scope)
