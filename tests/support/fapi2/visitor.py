"""The person in front of a browser: signs in by the plain form, answers the consent page, lands at the client."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from services.demo.browser import Answer, Browser, forms_of
from tests.support.people import PASSWORD, Enrolled

MOST_STEPS = 12


@dataclass(frozen=True)
class Page:
    """A page that is neither sign-in nor consent: where a journey that may not go on ends."""

    status: int
    text: str


@dataclass(frozen=True)
class Callback:
    """The redirect to the client."""

    address: str
    parameters: dict[str, str]
    status: int

    @property
    def code(self) -> str:
        """The code, where it was a yes."""
        assert "error" not in self.parameters, self.parameters
        return self.parameters["code"]


@dataclass
class Visitor:
    """One browser with one person."""

    base_url: str
    person: Enrolled
    signs_in: bool = True
    decision: str = "allow"
    browser: Browser = field(init=False)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = Browser(self.base_url)

    def sign_in(self) -> None:
        """Sign in at the front door."""
        answer = self._sign_in(self.browser.follow(self.browser.get("/")))
        assert answer.status == 303, answer.text[:300]

    def visit(self, url: str) -> Callback | Page:
        """Follow an address to its end, doing what the pages ask."""
        answer = self.browser.get(url)
        for _ in range(MOST_STEPS):
            if answer.status in {301, 302, 303, 307}:
                target = urlsplit(answer.location)
                if f"{target.scheme}://{target.netloc}" != self.base_url:
                    return _callback(answer)
                answer = self.browser.get(answer.location)
                continue
            asked = {name for form in forms_of(answer) for name in form.fields}
            if answer.status == 200 and {"username", "password"} <= asked:
                self.seen.append("sign-in")
                if not self.signs_in:
                    return Page(answer.status, answer.text)
                answer = self._sign_in(answer)
            elif answer.status == 200 and "decision" in asked:
                self.seen.append("consent")
                answer = self.browser.submit(answer, {"decision": self.decision}, having="decision")
            else:
                return Page(answer.status, answer.text)
        raise AssertionError(f"no end in sight at {answer.url}")

    def land(self, url: str) -> Callback:
        """Follow an address that must end at the client."""
        outcome = self.visit(url)
        assert isinstance(outcome, Callback), f"{outcome.status} {outcome.text[:600]}"
        return outcome

    def _sign_in(self, page: Answer) -> Answer:
        typed = {"username": self.person.username, "password": PASSWORD}
        return self.browser.submit(page, typed, having="username")


def _callback(answer: Answer) -> Callback:
    # RFC 9700 section 4.12: 307 would hand the sign-in form's fields on to the client.
    assert answer.status in {302, 303}
    address, _, query = answer.location.partition("?")
    assert "#" not in answer.location
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    assert len(dict(pairs)) == len(pairs), "a parameter is repeated"
    return Callback(address, dict(pairs), answer.status)


def with_query(url: str, parameters: dict[str, Any]) -> str:
    """The address with a query."""
    return f"{url}?{urlencode(parameters)}"
