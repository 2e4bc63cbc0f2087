"""People who act for others: asked, taken up, and ended at once; and what a stranger learns from asking."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from services import clock
from services.actor import Relation, system
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.gateway.models import grants, relations
from services.gateway.people.carers import end_due_relation
from services.gateway.people.delegation_states import TRANSITIONS, DelegationState
from services.gateway.people.relations import END_RELATION, create_relation
from services.jobs.running import run_job
from services.manifest import Job
from services.notices.models import messages
from tests.support.app import app_over
from tests.support.oauth import Door, Person, answer_of
from tests.support.people import (
    GATEWAY,
    Browser,
    Enrolled,
    born_to_turn,
    enrol_child,
    enrol_resident,
    new_id_number,
)

pytestmark = pytest.mark.usefixtures("private_people")

NAME = "测试甲"
PAGE = "/my/account/delegates"


@pytest.fixture
def application(database: Database) -> Flask:
    return app_over(database)


def signed_in(application: Flask, person: Enrolled) -> Browser:
    browser = Browser(application)
    browser.sign_in(person)
    return browser


@pytest.fixture
def giver(application: Flask, database: Database) -> Browser:
    return signed_in(application, enrol_resident(database))


@pytest.fixture
def carer(database: Database) -> Enrolled:
    return enrol_resident(database)


def in_days(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def ask(browser: Browser, id_number: str, **changed: object) -> TestResponse:
    typed = {"id_number": id_number, "name": NAME, "services": ["ebills"], "until": in_days(30)} | changed
    return browser.submit(browser.get(f"{PAGE}/new"), f"{PAGE}/new", **typed)


def press(browser: Browser, verb: str) -> TestResponse:
    page = browser.get(PAGE)
    action = re.search(rf'action="({PAGE}/[0-9a-f-]+/{verb})"', page.text)
    assert action, page.text
    return browser.submit(page, action.group(1))


def subject_in(page: TestResponse) -> UUID:
    found = re.search(r"/my\?for=([0-9a-f-]{36})", page.text)
    assert found
    return UUID(found.group(1))


def stand(application: Flask, giver: Browser, carer: Enrolled, **changed: object) -> tuple[Browser, UUID]:
    """The carer's browser, and whom they act for now."""
    assert ask(giver, carer.username, **changed).status_code == 303
    browser = signed_in(application, carer)
    assert press(browser, "accept").status_code == 303
    return browser, subject_in(browser.get(PAGE))


def test_carer_accepted_opens_the_chosen_services_and_no_other(
    application: Flask, giver: Browser, carer: Enrolled
) -> None:
    browser, subject = stand(application, giver, carer)
    assert "在用" in giver.get(PAGE).text
    assert browser.get(f"/my/bills?for={subject}").status_code == 200
    assert browser.get(f"/my?for={subject}").status_code == 200
    for closed in ("/my/health", "/my/card", "/my/tickets"):
        assert browser.get(f"{closed}?for={subject}").status_code == 404


def test_carer_home_for_somebody_shows_only_the_chosen_services(
    application: Flask, giver: Browser, carer: Enrolled
) -> None:
    browser, subject = stand(application, giver, carer)
    page = browser.get(f"/my?for={subject}").text
    assert 'href="/my/bills' in page
    assert 'href="/my/health' not in page


def test_carer_before_accepting_and_after_declining_opens_nothing(
    application: Flask, database: Database, giver: Browser, carer: Enrolled
) -> None:
    ask(giver, carer.username)
    browser = signed_in(application, carer)
    with database.transaction(GATEWAY) as session:
        subject = session.execute(select(relations.c.for_subject_id)).scalar_one()
    assert browser.get(f"/my/bills?for={subject}").status_code == 404
    assert press(browser, "decline").status_code == 303
    assert browser.get(f"/my/bills?for={subject}").status_code == 404
    assert "没有接受" in giver.get(PAGE).text
    assert f"{PAGE}/" not in re.sub(r"/new", "", browser.get(PAGE).text).replace(f"{PAGE}?", "")


@pytest.mark.parametrize("side", ["giver", "carer"])
def test_carer_ended_by_either_side_is_out_with_the_next_request(
    application: Flask, giver: Browser, carer: Enrolled, side: str
) -> None:
    browser, subject = stand(application, giver, carer)
    pressed = press(giver, "end") if side == "giver" else press(browser, "leave")
    assert pressed.status_code == 303
    assert browser.get(f"/my/bills?for={subject}").status_code == 404
    assert "已停止" in giver.get(PAGE).text


def test_carer_past_the_last_day_is_out_before_any_job_ran(
    application: Flask, giver: Browser, carer: Enrolled
) -> None:
    browser, subject = stand(application, giver, carer, until=in_days(1))
    with clock.held(clock.now() + timedelta(days=2, minutes=1)):
        again = signed_in(application, carer)
        assert again.get(f"/my/bills?for={subject}").status_code == 404
    assert browser.get(f"/my/bills?for={subject}").status_code == 200


def test_offer_left_for_a_week_cannot_be_taken_up(
    application: Flask, giver: Browser, carer: Enrolled
) -> None:
    ask(giver, carer.username)
    browser = signed_in(application, carer)
    page = browser.get(PAGE)
    action = re.search(rf'action="({PAGE}/[0-9a-f-]+/accept)"', page.text)
    assert action
    with clock.held(clock.now() + timedelta(days=7, minutes=1)):
        late = signed_in(application, carer)
        assert "accept" not in late.get(PAGE).text
        token = re.search(r'name="form_token" value="([^"]+)"', late.get(PAGE + "/new").text)
        assert token
        assert late.post(action.group(1), form_token=token.group(1)).status_code == 404


def test_offer_of_another_cannot_be_taken_up(
    application: Flask, database: Database, giver: Browser, carer: Enrolled
) -> None:
    ask(giver, carer.username)
    with database.transaction(GATEWAY) as session:
        offer = session.execute(select(relations.c.id)).scalar_one()
    stranger = signed_in(application, enrol_resident(database))
    token = re.search(r'name="form_token" value="([^"]+)"', stranger.get(PAGE + "/new").text)
    assert token
    for verb in ("accept", "decline", "end", "leave"):
        fresh = re.search(r'name="form_token" value="([^"]+)"', stranger.get(PAGE + "/new").text)
        assert fresh
        assert stranger.post(f"{PAGE}/{offer}/{verb}", form_token=fresh.group(1)).status_code == 404


def test_asking_nobody_looks_like_asking_somebody(
    application: Flask, database: Database, giver: Browser, carer: Enrolled
) -> None:
    def shown(id_number: str, name: str) -> tuple[int, str, str]:
        browser = signed_in(application, enrol_resident(database))
        answer = ask(browser, id_number, name=name)
        page = re.sub(r'value="[^"]*"|[0-9a-f-]{36}', "", browser.get(PAGE).text)
        return answer.status_code, answer.location, page.replace(name, "")

    assert (
        shown(carer.username, NAME) == shown(new_id_number(), "不存在的人") == shown(carer.username, "别的人")
    )
    with database.transaction(Opening(role=Role.WORKER)) as session:
        told = session.execute(
            select(messages.c.subject_id).where(messages.c.kind == "gateway.carer_offered")
        ).scalars()
        assert list(told) == [carer.account]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"services": []}, "services"),
        ({"services": ["gateway", "made_up"]}, "services"),
        ({"until": ""}, "until"),
        ({"until": in_days(0)}, "until"),
        ({"until": in_days(400)}, "until"),
        ({"name": ""}, "name"),
    ],
)
def test_offer_with_a_wrong_field_gives_back_what_was_typed(
    giver: Browser, carer: Enrolled, changed: dict, field: str
) -> None:
    answer = ask(giver, carer.username, **changed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'value="{carer.username}"' in answer.text


def test_grant_of_a_carer_dies_with_the_relation_and_never_outlives_it(
    application: Flask, database: Database, giver: Browser, carer: Enrolled
) -> None:
    browser, subject = stand(application, giver, carer, until=in_days(1))
    door = Door(application)
    person = person_of(database, carer)
    app = door.add_client()
    door.sign_in(person)
    asked = door.authorize(app, scope="offline_access health_file:read")
    assert str(subject) not in asked.text
    asked = door.authorize(app, scope="offline_access ebills:read")
    code = answer_of(door.decide(asked, subject=str(subject)))["code"]
    tokens = door.redeem(app, code).get_json()
    with database.transaction(GATEWAY) as session:
        grant = session.execute(select(grants).where(grants.c.for_subject_id == subject)).one()
        ends_at = session.execute(select(relations.c.ends_at)).scalar_one()
    assert grant.expires_at <= ends_at
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert door.http.get("/ebills/v1/bills", headers=bearer).status_code == 200
    press(giver, "end")
    assert door.http.get("/ebills/v1/bills", headers=bearer).status_code == 401
    refused = door.http.post(
        "/oauth/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
            "client_id": app.client.client_id,
        },
    )
    assert refused.status_code == 400
    again = door.authorize(app, scope="offline_access ebills:read", prompt="none")
    assert "code" not in answer_of(again)
    assert browser.get(PAGE).status_code == 200


def person_of(database: Database, enrolled: Enrolled) -> Person:
    from services.gateway.models import sessions

    with database.transaction(GATEWAY) as session:
        page = session.execute(
            select(sessions.c.id).where(
                sessions.c.subject_id == enrolled.account, sessions.c.ended_at.is_(None)
            )
        ).scalars()
        return Person(enrolled.account, list(page)[-1], "resident", (), clock.now())


def test_child_that_turns_fourteen_is_its_own_by_a_job_of_that_relation(
    application: Flask, database: Database
) -> None:
    guardian = enrol_resident(database)
    child = enrol_resident(database, password=None, born_on=born_to_turn(14, in_days=1))
    with database.transaction(GATEWAY) as session:
        relation = create_relation(
            session,
            system("test"),
            account=guardian.account,
            for_subject=child.account,
            relation=Relation.GUARDIAN,
        )
    with database.transaction(Opening(role=Role.WORKER, service="jobs")) as session:
        arguments, run_at = session.raw(
            "SELECT args, scheduled_at FROM jobs.procrastinate_jobs WHERE task_name = %s", (END_RELATION,)
        ).fetchone() or ({}, None)
    assert arguments["subject_id"] == str(guardian.account)
    assert arguments["relation_id"] == str(relation)
    browser = signed_in(application, guardian)
    assert browser.get(f"/my/bills?for={child.account}").status_code == 200
    job = Job(END_RELATION, end_due_relation)
    run_job(database, job, arguments)
    assert state_of(database, relation) == "standing"
    assert run_at is not None
    with clock.held(run_at):
        run_job(database, job, arguments)
        run_job(database, job, arguments)
        later = signed_in(application, guardian)
        assert later.get(f"/my/bills?for={child.account}").status_code == 404
    assert state_of(database, relation) == "ended"


def state_of(database: Database, relation: UUID) -> str:
    with database.transaction(GATEWAY) as session:
        return session.execute(select(relations.c.state).where(relations.c.id == relation)).scalar_one()


def test_guardian_stands_on_the_page_with_the_day_it_ends(application: Flask, database: Database) -> None:
    guardian = enrol_resident(database)
    enrol_child(database, guardian)
    page = signed_in(application, guardian).get(PAGE)
    assert "您是监护人" in page.text
    assert "/leave" not in page.text


def test_newer_relation_of_the_same_two_replaces_the_older(
    application: Flask, database: Database, giver: Browser, carer: Enrolled
) -> None:
    browser, subject = stand(application, giver, carer)
    ask(giver, carer.username, services=["social_card"])
    press(browser, "accept")
    assert browser.get(f"/my/bills?for={subject}").status_code == 404
    assert browser.get(f"/my/card?for={subject}").status_code == 200


def test_states_that_end_lead_nowhere() -> None:
    assert {state for state, _ in TRANSITIONS} == {DelegationState.OFFERED, DelegationState.STANDING}
