"""Signing out is told to clients: behind the scenes through the job outbox, and in the browser by frames."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from joserfc import jws

from services.actor import system
from services.database.roles import Role
from services.errors import Invalid
from services.gateway.models import logout_notices
from services.gateway.oauth.backchannel_logout import delivery, states
from services.gateway.oauth.backchannel_logout.notices import DELIVER
from services.gateway.people.sessions import end_all_sessions
from services.ground import all_jobs
from services.jobs.running import run_job
from tests.support.oauth import GATEWAY, LOGGED_OUT, claims_of, hidden_fields
from tests.support.outside import outside_server

pytestmark = pytest.mark.database


@pytest.fixture
def listener():
    with outside_server() as outside:
        outside.put("/logout", {})
        yield outside


def add_listening(door, listener, **given):
    settled = {
        "backchannel_logout_uri": listener.url("/logout"),
        "backchannel_logout_session_required": True,
    } | given
    return door.add_client(**settled)


@pytest.fixture
def pharmacy(door, listener):
    return add_listening(door, listener)


def queued(door):
    rows = door.database.read_as(
        Role.WORKER, f"SELECT args::text FROM jobs.procrastinate_jobs WHERE task_name = '{DELIVER}'"
    )
    return [json.loads(row if isinstance(row, str) else row[0]) for row in rows]


def deliver(door, job):
    settings = door.application.extensions["citizen_settings"]
    subject = UUID(job["subject_id"])
    actor = system(DELIVER, subject=subject, caused_by=subject)
    delivery.deliver_notice(settings, door.database, actor, UUID(job["notice_id"]))


def notices(door):
    with door.database.transaction(GATEWAY) as session:
        return list(session.execute(logout_notices.select()))


def told(listener):
    return [form["logout_token"][0] for _, path, form in listener.seen if path == "/logout"]


def log_out(door, body, **query):
    return door.http.get("/oauth/logout", query_string={"id_token_hint": body["id_token"], **query})


def test_logout_token_is_as_section_2_4_says(door, person, pharmacy, listener):
    body = door.tokens(pharmacy, person)
    log_out(door, body)
    (job,) = queued(door)
    assert set(job) <= {"notice_id", "subject_id", "caused_by", "request_id"}
    deliver(door, job)
    (token,) = told(listener)
    header = jws.extract_compact(token.encode()).headers()
    assert (header["typ"], header["alg"]) == ("logout+jwt", "ES256")
    claims, known = claims_of(token), claims_of(body["id_token"])
    assert claims["iss"] == door.issuer
    assert claims["aud"] == pharmacy.client.client_id
    assert claims["sub"] == known["sub"]
    assert claims["sid"] == known["sid"]
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in claims
    assert claims["exp"] - claims["iat"] == 120
    assert claims["jti"]
    jwks = door.http.get("/oauth/jwks").get_json()["keys"]
    assert header["kid"] in {key["kid"] for key in jwks}
    (notice,) = notices(door)
    assert (notice.state, notice.attempts) == ("delivered", 1)


def test_delivered_notice_is_not_delivered_again(door, person, pharmacy, listener):
    log_out(door, door.tokens(pharmacy, person))
    (job,) = queued(door)
    deliver(door, job)
    deliver(door, job)
    assert len(told(listener)) == 1


def test_worker_runs_the_job_as_the_manifest_of_the_ground_lists_it(door, person, pharmacy, listener):
    settings = door.application.extensions["citizen_settings"]
    log_out(door, door.tokens(pharmacy, person))
    (job,) = [one for one in all_jobs(settings, ()) if one.name == DELIVER]
    run_job(door.database, job, queued(door)[0])
    assert len(told(listener)) == 1
    assert notices(door)[0].state == "delivered"


@pytest.mark.parametrize("status", [400, 500, 302])
def test_refusal_is_retried_later_with_the_same_jti(door, person, pharmacy, listener, status):
    listener.put("/logout", {}, status=status)
    log_out(door, door.tokens(pharmacy, person))
    deliver(door, queued(door)[0])
    (notice,) = notices(door)
    assert (notice.state, notice.attempts, notice.settled_at) == ("retry", 1, None)
    assert len(queued(door)) == 2
    listener.put("/logout", {}, status=204)
    deliver(door, queued(door)[1])
    first, second = (claims_of(token) for token in told(listener))
    assert first["jti"] == second["jti"]
    assert notices(door)[0].state == "delivered"


def test_client_that_stays_away_is_given_up_after_a_day_and_audited(door, person, pharmacy, listener):
    listener.put("/logout", {}, status=503)
    log_out(door, door.tokens(pharmacy, person))
    for _ in range(len(states.WAITS) + 1):
        deliver(door, queued(door)[0])
    (notice,) = notices(door)
    assert (notice.state, notice.attempts) == ("dead", len(states.WAITS) + 1)
    deliver(door, queued(door)[0])
    assert len(told(listener)) == len(states.WAITS) + 1
    leaves = door.database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    assert sum("gateway.logout.undelivered" in str(leaf) for leaf in leaves) == 1


def test_waits_grow_and_end_within_a_day_and_a_half():
    waits = [states.wait_after(count) for count in range(1, len(states.WAITS) + 1)]
    assert waits == sorted(waits)
    assert states.wait_after(len(states.WAITS) + 1) is None
    assert sum(waits, timedelta()) < timedelta(hours=36)


def test_withdrawn_client_is_told_nothing(door, person, pharmacy, listener):
    from services.gateway.clients import cancel_client

    log_out(door, door.tokens(pharmacy, person))
    with door.database.transaction(GATEWAY) as session:
        cancel_client(session, system("test"), pharmacy.client.client_id)
    deliver(door, queued(door)[0])
    assert told(listener) == []
    assert notices(door)[0].state == "dead"


def test_sign_out_that_rolls_back_queues_nothing(door, person, pharmacy):
    door.tokens(pharmacy, person)

    class UndoneError(Exception):
        pass

    with pytest.raises(UndoneError), door.database.transaction(GATEWAY) as session:
        end_all_sessions(session, system("test", caused_by=person.account))
        raise UndoneError
    assert queued(door) == []
    assert notices(door) == []


def test_signing_out_everywhere_from_the_page_tells_each_client_of_each_session(door, person, listener):
    one, two = add_listening(door, listener), add_listening(door, listener)
    door.tokens(one, person)
    door.tokens(two, person)
    again = door.sign_in_again(person)
    door.tokens(one, again)
    page = door.http.get("/my/account/devices").text
    door.http.post("/my/account/devices/end", data=hidden_fields(page))
    found = {(notice.client_id, notice.session_id) for notice in notices(door)}
    assert found == {
        (one.client.client_id, person.session),
        (two.client.client_id, person.session),
        (one.client.client_id, again.session),
    }


def test_plain_sign_out_and_ended_device_queue_notices_too(door, person, pharmacy):
    door.tokens(pharmacy, person)
    door.http.post("/sign-out", data=hidden_fields(door.http.get("/my/account/devices").text))
    assert len(notices(door)) == 1
    other = door.sign_in_again(person)
    door.tokens(pharmacy, other)
    door.sign_in_again(person)
    page = door.http.get("/my/account/devices").text
    door.http.post(f"/my/account/devices/{other.session}/end", data=hidden_fields(page))
    assert [notice.session_id for notice in notices(door)] == [person.session, other.session]


def test_clients_without_a_back_channel_or_never_visited_are_not_told(door, person, listener):
    plain = door.add_client()
    add_listening(door, listener)
    log_out(door, door.tokens(plain, person))
    assert notices(door) == []


def test_sid_is_the_same_for_one_client_and_another_at_each(door, person, listener):
    one = add_listening(door, listener)
    other = add_listening(door, listener, redirect_uris=["https://other.example/callback"])
    first, again = (claims_of(door.tokens(one, person)["id_token"])["sid"] for _ in range(2))
    from tests.support.oauth import answer_of

    door.sign_in(person)
    page = door.authorize(other)
    code = answer_of(door.decide(page), at="https://other.example/callback")["code"]
    elsewhere = claims_of(door.redeem(other, code).get_json()["id_token"])["sid"]
    assert first == again != elsewhere
    assert str(person.session) not in {first, elsewhere}


def test_sid_only_where_the_client_asked_for_it(door, person, listener):
    quiet = add_listening(door, listener, backchannel_logout_session_required=False)
    assert "sid" not in claims_of(door.tokens(quiet, person)["id_token"])


def test_metadata_says_what_is_supported(door):
    document = door.http.get("/.well-known/openid-configuration").get_json()
    for channel in ("backchannel", "frontchannel"):
        assert document[f"{channel}_logout_supported"] is True
        assert document[f"{channel}_logout_session_supported"] is True


FRONT = "https://client.example/front?from=city"


def frames_of(html):
    return [unescape(found) for found in re.findall(r'<iframe[^>]* src="([^"]*)"', html)]


def test_front_channel_page_loads_each_client_with_iss_and_sid(door, person):
    pharmacy = door.add_client(frontchannel_logout_uri=FRONT, frontchannel_logout_session_required=True)
    body = door.tokens(pharmacy, person)
    page = log_out(door, body, post_logout_redirect_uri=LOGGED_OUT, state="bye")
    assert page.status_code == 200
    (frame,) = frames_of(page.text)
    query = parse_qs(urlsplit(frame).query)
    assert frame.startswith(FRONT)
    assert query["iss"] == [door.issuer]
    assert query["sid"] == [claims_of(body["id_token"])["sid"]]
    assert "frame-src https://client.example;" in page.headers["Content-Security-Policy"]
    assert f'href="{LOGGED_OUT}?state=bye"' in page.text
    assert unescape(page.text).count(f'href="{frame}"') == 1
    assert "Max-Age=0" in page.headers["Set-Cookie"] or "1970" in page.headers["Set-Cookie"]
    assert door.userinfo(body["access_token"]).status_code == 401
    assert "frame-src" not in door.http.get("/sign-in").headers["Content-Security-Policy"]


def test_front_channel_page_follows_the_plain_sign_out_too(door, person):
    pharmacy = door.add_client(frontchannel_logout_uri=FRONT)
    door.tokens(pharmacy, person)
    page = door.http.post("/sign-out", data=hidden_fields(door.http.get("/my/account/devices").text))
    assert len(frames_of(page.text)) == 1
    door.sign_in_again(person)
    page = door.http.post("/sign-out", data=hidden_fields(door.http.get("/my/account/devices").text))
    assert page.status_code == 303


def test_front_channel_page_follows_signing_out_everywhere_too(door, person):
    pharmacy = door.add_client(frontchannel_logout_uri=FRONT)
    door.tokens(pharmacy, person)
    page = door.http.post(
        "/my/account/devices/end", data=hidden_fields(door.http.get("/my/account/devices").text)
    )
    assert len(frames_of(page.text)) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"backchannel_logout_uri": "http://client.example/logout"},
        {"backchannel_logout_uri": "https://client.example/logout#part"},
        {"backchannel_logout_uri": "https://user@client.example/logout"},
        {"backchannel_logout_uri": "client.example"},
        {"frontchannel_logout_uri": "https://other.example/logout"},
        {"frontchannel_logout_uri": "https://client.example:8443/logout"},
        {"frontchannel_logout_uri": "javascript:alert(1)"},
        {"frontchannel_logout_uri": "https://client.example/a;b"},
    ],
)
def test_unsound_addresses_are_not_registered(door, given):
    with pytest.raises(Invalid):
        door.add_client(**given)


def test_notice_names_the_session_in_which_the_grant_was_given(door, person, pharmacy, listener):
    """A new sign-in in the same browser takes the grants over; the client still knows the old `sid`."""
    from services.gateway.store.page_sessions import move_grants

    body = door.tokens(pharmacy, person)
    again = door.sign_in_again(person)
    with door.database.transaction(GATEWAY) as session:
        move_grants(session, person.account, old=person.session, new=again.session)
    door.sign_in(again)
    log_out(door, body)
    deliver(door, queued(door)[0])
    assert claims_of(told(listener)[0])["sid"] == claims_of(body["id_token"])["sid"]
