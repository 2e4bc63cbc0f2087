"""Idempotency-Key: pressing twice does it once, whoever presses and whenever."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.database.roles import Role
from tests.support.app import app_over
from tests.support.doors import key, resident_bearer

TICKET = {"category": "street_light", "text": "路灯坏了", "district": "东岸区", "place": "和平路"}
URL = "/hotline/v1/tickets"


def file(who, headers, **given):
    return who.post(URL, json={**TICKET, **given}, headers=headers)


def test_same_key_and_body_answers_the_same_and_does_it_once(app, database) -> None:
    who, headers = resident_bearer(app), key()
    first, second = file(who, headers), file(who, headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [1]


def test_same_key_with_another_body_is_refused(app) -> None:
    who, headers = resident_bearer(app), key()
    file(who, headers)
    answer = file(who, headers, text="另一件事")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "web.idempotency_key_reused")


def test_same_key_of_somebody_else_is_another_key(app) -> None:
    headers = key()
    first, second = file(resident_bearer(app), headers), file(resident_bearer(app), headers)
    assert first.get_json()["id"] != second.get_json()["id"]


@pytest.mark.parametrize("text", ["", "a b", "ü", "x" * 256])
def test_malformed_key_is_refused(app, text) -> None:
    answer = file(resident_bearer(app), {"Idempotency-Key": text})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "web.idempotency_key_malformed")


def test_refused_request_gives_its_key_back(app) -> None:
    who, headers = resident_bearer(app), key()
    assert file(who, headers, category="nothing").status_code == 422
    assert file(who, headers).status_code == 201


def test_stored_answer_is_sealed_and_readable_by_nobody_else(app, database, privacy) -> None:
    privacy.watch(TICKET["text"])
    file(resident_bearer(app), key())
    rows = database.read_as(Role.WORKER, "SELECT row_to_json(r)::text FROM web.idempotency_records r")
    assert rows
    assert not any(TICKET["text"] in row for row in rows)


def test_twins_at_once_file_one_ticket(committed) -> None:
    application = app_over(committed)
    who, headers = resident_bearer(application), key()
    start = threading.Barrier(4)

    def press(_: int) -> tuple[int, bytes]:
        start.wait()
        answer = file(who, headers)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(press, range(4)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
