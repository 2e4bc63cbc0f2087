"""One journey over HTTP: sign in, let an app in, and reach all five services with its one access token."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from services.demo.accounts import list_accounts
from services.demo.browser import Answer, Browser
from services.demo.people_seed import CLIENT_ID
from services.settings import SettingsError

SCOPES = (
    "openid", "profile", "health_file:read", "ebills:read", "social_card:read", "legal_id:read",
    "hotline:read", "hotline:create",
)  # fmt: skip
READS = (
    "/health-file/v1/resources",
    "/ebills/v1/bills",
    "/social-card/v1/cards",
    "/legal-id/v1/legal-persons",
    "/hotline/v1/tickets",
)


def take_tour(base_url: str, say: Callable[[str], None]) -> None:
    """Play the journey and say each step.

    Raises: SettingsError naming the step that did not go as it should.
    """
    account = next(one for one in list_accounts() if one["role"] == "representative")
    browser = Browser(base_url)
    tokens = obtain_tokens(browser, account, say)
    say(f"3. Redeem the code: an access token for {tokens['expires_in']} seconds")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    for path in READS:
        answer = browser.get(path, **bearer)
        _expect(answer.status == 200, path, answer)
        say(f"4. GET {path}: {len(answer.json()['items'])} items")
    _file_ticket(browser, bearer, say)
    _withdraw(browser, tokens["access_token"], say)


def obtain_tokens(browser: Browser, account: dict[str, Any], say: Callable[[str], None]) -> Any:
    """Sign a resident in, let the demo's app in, and redeem its code: the token endpoint's answer."""
    say(f"1. Open {browser.base_url}/ and sign in as {account['username']}")
    page = browser.follow(browser.get("/"))
    answer = browser.submit(
        page, {"username": account["username"], "password": account["password"]}, having="username"
    )
    _expect(answer.status == 303, "sign-in", answer)
    verifier = secrets.token_urlsafe(48)
    code = _authorize(browser, browser.base_url, verifier, say)
    return _redeem(browser, browser.base_url, code, verifier)


def _authorize(browser: Browser, base_url: str, verifier: str, say: Callable[[str], None]) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{base_url}/help",
        "scope": " ".join(SCOPES),
        "state": secrets.token_urlsafe(8),
        "nonce": secrets.token_urlsafe(8),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    page = browser.get(f"/oauth/authorize?{urlencode(asked)}")
    _expect(page.status == 200, "consent", page)
    say("2. The app asks for five services; allow it")
    answer = browser.submit(page, {"decision": "allow"}, having="decision")
    _expect(answer.status == 303, "consent", answer)
    told = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    _expect(told.get("state") == asked["state"] and told.get("iss") == base_url, "authorization", answer)
    return told["code"]


def _redeem(browser: Browser, base_url: str, code: str, verifier: str) -> Any:
    answer = browser.post(
        "/oauth/token",
        {
            "grant_type": "authorization_code",
            "client_id": CLIENT_ID,
            "code": code,
            "redirect_uri": f"{base_url}/help",
            "code_verifier": verifier,
        },
    )
    _expect(answer.status == 200, "token", answer)
    return answer.json()


def _file_ticket(browser: Browser, bearer: dict[str, str], say: Callable[[str], None]) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    ticket = {
        "category": "street_light",
        "text": "小区门口的路灯三天没亮了。",
        "district": "东岸区",
        "place": "和平路口",
    }
    first = browser.post_json("/hotline/v1/tickets", ticket, **bearer, **key)
    _expect(first.status == 201, "ticket", first)
    again = browser.post_json("/hotline/v1/tickets", ticket, **bearer, **key)
    _expect(again.text == first.text, "ticket pressed twice", again)
    say(f"5. File a ticket, pressed twice: number {first.json()['number']}, once")


def _withdraw(browser: Browser, token: str, say: Callable[[str], None]) -> None:
    answer = browser.post("/oauth/revoke", {"token": token, "client_id": CLIENT_ID})
    _expect(answer.status == 200, "revocation", answer)
    answer = browser.get(READS[1], Authorization=f"Bearer {token}")
    _expect(answer.status == 401, "use after revocation", answer)
    say("6. Revoke the token: the next request hears 401")


def _expect(is_so: bool, step: str, answer: Answer) -> None:  # noqa: FBT001
    if not is_so:
        raise SettingsError(f"the tour stopped at {step}: {answer.status} {answer.text[:300]}")
