"""Of many who open a link at once, as many see it as it allows, and no guess goes uncounted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from services import clock
from tests.api.test_smart_health_links import SHARES, local, payload
from tests.support.doors import staff_bearer
from tests.support.fhir import open_file, owner_bearer

pytestmark = [pytest.mark.database, pytest.mark.fault]
RACERS = 6


def race(committed_app, owner, body, **wanted):
    expires = (clock.now() + timedelta(days=1)).isoformat()
    answer = owner.post(SHARES, json={"expires_at": expires, **wanted})
    assert answer.status_code == 201, answer.text
    share = answer.get_json()
    address, barrier = local(payload(share["link"])["url"]), Barrier(RACERS)

    def run(_number):
        http = committed_app.test_client()
        barrier.wait()
        return http.post(address, json=body)

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(run, range(RACERS)))
    return answers, owner.get(f"{SHARES}/{share['id']}").get_json()


def test_one_use_and_five_guesses(committed_app) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    owner = owner_bearer(committed_app, open_file(committed_app, clinic))
    answers, share = race(committed_app, owner, {"recipient": "x"}, uses=1)
    assert [one.status_code for one in answers].count(200) == 1
    assert {one.status_code for one in answers} <= {200, 404, 503}
    assert (share["state"], share["uses_left"]) == ("used_up", 0)
    answers, share = race(committed_app, owner, {"recipient": "x", "passcode": "wrong"}, passcode="7431-kite")
    left = [one.get_json()["remainingAttempts"] for one in answers if one.status_code == 401]
    assert len(set(left)) == len(left)
    assert share["attempts_left"] == 5 - len(left)
    assert {one.status_code for one in answers} <= {401, 404, 503}
