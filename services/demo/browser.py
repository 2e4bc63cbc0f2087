"""A very small browser for the tour: cookies, redirects read one by one, forms filled and sent."""

import http.client
import json
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: status, headers (lower case), text."""

    url: str
    status: int
    headers: dict[str, str]
    text: str

    @property
    def location(self) -> str:
        """Where a redirect leads, absolute."""
        return urljoin(self.url, self.headers["location"])

    def json(self) -> Any:
        """The parsed JSON body."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a page: where it goes and what its fields hold."""

    action: str
    fields: dict[str, str]


class Browser:
    """Keeps cookies for one origin and follows nothing by itself."""

    def __init__(self, base_url: str, language: str = "zh-CN") -> None:
        self.base_url = base_url
        self._language = language
        self._cookies: dict[str, str] = {}

    def get(self, url: str, **headers: str) -> Answer:
        """GET a path or URL of this origin."""
        return self._send("GET", url, None, headers)

    def post(self, url: str, fields: dict[str, str], **headers: str) -> Answer:
        """POST a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._send("POST", url, urlencode(fields).encode(), headers)

    def post_json(self, url: str, content: Any, **headers: str) -> Answer:
        """POST a JSON body."""
        headers = {"Content-Type": "application/json", **headers}
        return self._send("POST", url, json.dumps(content).encode(), headers)

    def submit(self, page: Answer, fields: dict[str, str], *, having: str) -> Answer:
        """Fill and send the form of a page that has a field of this name."""
        form = next(form for form in forms_of(page) if having in form.fields)
        return self.post(form.action, {**form.fields, **fields})

    def follow(self, answer: Answer, most: int = 5) -> Answer:
        """Follow redirects while they stay on this origin."""
        while answer.status in {301, 302, 303} and most and answer.location.startswith(self.base_url + "/"):
            answer = self.get(answer.location)
            most -= 1
        return answer

    def _send(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        target = urlsplit(urljoin(self.base_url + "/", url))
        maker = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        connection = maker(target.hostname or "localhost", target.port, timeout=30)
        path = target.path + (f"?{target.query}" if target.query else "")
        sent = {"Accept-Language": self._language, "Origin": self.base_url, **headers}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self._cookies[name] = morsel.value
                else:
                    self._cookies.pop(name, None)
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(target.geturl(), response.status, lower, text)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms and the named fields inside them."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), {}))
        elif tag in {"input", "button", "select", "textarea"} and self.forms and "name" in given:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))


def forms_of(page: Answer) -> list[Form]:
    """The forms of an HTML page, with absolute actions."""
    parser = _Forms()
    parser.feed(page.text)
    return [Form(urljoin(page.url, form.action), form.fields) for form in parser.forms]
