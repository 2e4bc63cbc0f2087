"""What every answer has, and what is refused before any work is done."""

import threading

import pytest
from werkzeug.test import Client as WsgiClient

from services.settings import load
from services.web.shedding import Shedding
from tests.support.doors import resident_bearer
from tests.support.people import Browser, cheap_passwords, enrol_resident

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.fixture
def bearer(app):
    return resident_bearer(app)


def problem(answer, status, code):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    body = answer.get_json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/docs/errors/{code}"
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


@pytest.mark.parametrize("path", ["/", "/docs", "/my/bills", "/ebills/v1/billers", "/nothing-here", "/livez"])
def test_answer_of_any_kind_carries_the_security_headers(client, path) -> None:
    answer = client.get(path)
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers


def test_page_loads_nothing_that_the_policy_forbids(client) -> None:
    page = client.get("/").text
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "").replace("http://localhost", "")


def test_request_with_a_foreign_host_is_refused(client) -> None:
    assert client.get("/ebills/v1/billers", headers={"Host": "evil.example"}).status_code == 400


def test_request_with_a_parameter_twice_is_refused(bearer) -> None:
    problem(bearer.get("/ebills/v1/bills?limit=1&limit=2"), 400, "web.repeated_parameter")


def test_request_with_an_unknown_parameter_names_it(bearer) -> None:
    body = problem(bearer.get("/ebills/v1/bills?colour=red"), 422, "web.invalid_fields")
    assert body["errors"][0]["field"] == "/colour"


@pytest.mark.parametrize("path", ["/ebills/v1/bills?cursor=%00", "/ebills/v1/bills?cursor=%ff", "/%00"])
def test_request_with_nul_or_broken_bytes_is_refused(bearer, path) -> None:
    assert bearer.get(path).status_code in {400, 404}


def test_request_with_a_long_query_is_refused(bearer) -> None:
    assert bearer.get("/ebills/v1/bills?cursor=" + "a" * 5000).status_code == 414


def test_request_with_a_large_body_is_refused_before_it_is_read(app, bearer) -> None:
    most = app.config["MAX_CONTENT_LENGTH"]
    answer = bearer.post(
        "/hotline/v1/tickets", data=b"x" * (most + 1), headers={"Content-Type": "application/json"}
    )
    problem(answer, 413, "web.too_large")


def test_request_with_another_method_hears_which_are_allowed(bearer) -> None:
    answer = bearer.http.delete("/ebills/v1/bills")
    problem(answer, 405, "web.method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_method_override_is_not_obeyed(bearer) -> None:
    answer = bearer.post("/ebills/v1/bills", headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100, b'{"a":"\\ud800"}', b"\xff", b"", b"nul"]
)
def test_body_that_two_parsers_would_read_differently_is_refused(bearer, body) -> None:
    answer = bearer.post("/hotline/v1/tickets", data=body, headers={"Content-Type": "application/json"})
    problem(answer, 400, "web.malformed_json")


def test_body_without_its_type_is_refused(bearer) -> None:
    problem(bearer.post("/hotline/v1/tickets", data=b"{}"), 415, "web.unsupported_media_type")


def test_body_with_an_unknown_field_names_it_and_never_its_value(bearer, privacy) -> None:
    privacy.watch("secret-value")
    answer = bearer.post("/hotline/v1/tickets", json={"colour": "secret-value"})
    body = problem(answer, 422, "web.invalid_fields")
    assert "/colour" in {error["field"] for error in body["errors"]}
    assert "secret-value" not in answer.text


def test_answer_speaks_the_language_that_was_asked_for(client) -> None:
    chinese = client.get("/ebills/v1/bills", headers={"Accept-Language": "zh-CN"})
    english = client.get("/ebills/v1/bills", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert chinese.get_json()["title"] != english.get_json()["title"]
    assert english.get_json()["title"].isascii()
    assert english.headers["Content-Language"] == "en"


def test_unknown_address_answers_a_page_to_people_and_a_problem_to_programs(client) -> None:
    assert client.get("/nothing", headers={"Accept": "text/html"}).mimetype == "text/html"
    problem(client.get("/nothing", headers={"Accept": "application/json"}), 404, "web.not_found")


def test_request_without_a_token_is_told_how_to_authenticate(client) -> None:
    answer = client.get("/ebills/v1/bills")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_request_id_is_our_own_whatever_was_sent(client) -> None:
    answer = client.get("/livez", headers={"X-Request-Id": "chosen\tby-caller"})
    assert answer.headers["X-Request-Id"] != "chosen\tby-caller"


def test_page_asked_for_while_all_places_are_taken_is_refused_after_a_short_wait() -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(environ, start_response):
        entered.set()
        leave.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    settings = load({"CITIZEN_MODE": "demo", "CITIZEN_THREADS": "1", "CITIZEN_SHED_WAIT_MS": "20"})
    shedding = Shedding(slow, settings)
    answers = []
    first = threading.Thread(target=lambda: answers.append(WsgiClient(shedding).get("/my/bills")))
    first.start()
    assert entered.wait(5)
    refused = WsgiClient(shedding).get("/ebills/v1/bills")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert refused.json["code"] == "web.unavailable"
    page = WsgiClient(shedding).get("/my/bills", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    leave.set()
    first.join(5)
    assert answers[0].status_code == 200
    assert WsgiClient(shedding).get("/my/bills").status_code == 200


def test_form_sent_twice_does_it_once(app, database) -> None:
    with cheap_passwords():
        person = enrol_resident(database)
        browser = Browser(app)
        assert browser.sign_in(person).status_code == 303
    page = browser.get("/my/tickets/new")
    assert page.status_code == 200
    typed = {"category": "street_light", "text": "路灯坏了", "district": "东岸区", "place": "和平路"}
    first, second = (browser.submit(page, "/my/tickets/new/1", **typed) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_form_from_another_site_is_refused(app, database, headers) -> None:
    with cheap_passwords():
        person = enrol_resident(database)
        browser = Browser(app)
        browser.sign_in(person)
    page = browser.get("/my/tickets/new")
    browser._headers |= headers
    assert browser.submit(page, "/my/tickets/new/1", category="noise", text="x").status_code == 403


def test_form_without_its_token_or_with_somebody_elses_is_refused(app, database) -> None:
    with cheap_passwords():
        people = [enrol_resident(database) for _ in range(2)]
        browsers = [Browser(app) for _ in people]
        for browser, person in zip(browsers, people, strict=True):
            browser.sign_in(person)
    page = browsers[0].get("/my/tickets/new")
    assert browsers[1].submit(page, "/my/tickets/new/1", text="x").status_code == 403
    assert browsers[0].post("/my/tickets/new/1", text="x").status_code == 403
