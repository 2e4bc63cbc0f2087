"""How a caller stands elsewhere: nothing without a consent that holds, fixed sentences alone, every look kept."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hotline import actions
from hotline.errors import ContextNotGranted
from hotline.rules.channels import Channel
from services import clock
from services.actor import Actor, ActorKind, Relation, system
from services.database.roles import Role
from services.database.session import Opening
from services.errors import Denied
from services.words import msgid
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_resident, enrol_staff
from tests.support.webhooks import Sender

TICKET = {"category": "noise", "text": "楼下施工太吵", "district": "东岸区", "place": ""}
GRANTS, CODES, LOOKS = (f"/hotline/v1/context-{name}" for name in ("grants", "codes", "looks"))
EVENTS = "SELECT convert_from(leaf, 'UTF8') FROM audit.events"


class Told:
    """A service that says what a test wants."""

    def __init__(self, *codes: str) -> None:
        self.sentences = {"late": msgid("有水电燃气账单过了缴费日")}
        self.codes, self.asked = codes, []

    def read_codes(self, session, *, subject_id):
        del session
        self.asked.append(subject_id)
        return self.codes


@pytest.fixture
def service(app):
    fake = Told("late")
    app.extensions["citizen_caller_contexts"] = {**app.extensions["citizen_caller_contexts"], "ebills": fake}
    return fake


@pytest.fixture
def resident(app):
    return resident_bearer(app)


@pytest.fixture
def operator(app):
    return staff_bearer(app, "operator", "HOTLINE")


@pytest.fixture
def path(resident, operator):
    filed = resident.post("/hotline/v1/tickets", json=TICKET).get_json()
    operator.post(f"/hotline/v1/tickets/{filed['id']}/claim")
    return f"/hotline/v1/tickets/{filed['id']}"


@pytest.fixture
def call(client, database, operator):
    """Where a call that rings is asked about, and the telephone system that tells of it."""
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        made = actions.create_channel_key(session, system("tests"), channel=Channel.CALLS, title="PBX")
    phone = Sender(client, made.key)
    phone.call("call.started", caller="13800138123")
    (ringing,) = operator.get("/hotline/v1/calls").get_json()["items"]
    return phone, f"/hotline/v1/calls/{ringing['id']}"


def consent(resident, **more):
    return resident.post(GRANTS, json={"services": ["ebills"], **more})


def looked(database):
    return [leaf for leaf in database.read_as(Role.VERIFIER, EVENTS) if "hotline.context.read" in leaf]


def test_nothing_is_told_without_a_consent(service, operator, path, database) -> None:
    assert operator.post(f"{path}/context").status_code == 403
    assert (service.asked, looked(database)) == ([], [])


def test_look_under_a_consent_tells_fixed_sentences_and_is_kept(
    service, resident, operator, path, database
) -> None:
    assert consent(resident, days=30).status_code == 201
    (said,) = operator.post(f"{path}/context").get_json()
    assert said == {"service": "ebills", "codes": ["late"], "sentences": ["有水电燃气账单过了缴费日"]}
    assert service.asked == [resident.account]
    (leaf,) = looked(database)
    assert str(operator.account) in leaf
    (look,) = resident.get(LOOKS).get_json()
    assert (look["told"], look["seat"]) == ({"ebills": ["late"]}, operator.account.hex[-4:].upper())
    rows = database.read_as(Role.WORKER, "SELECT encode(told_sealed, 'escape') FROM hotline.context_looks")
    assert "late" not in rows[0]


def test_consent_taken_back_or_run_out_tells_nothing(service, resident, operator, path, database) -> None:
    grant = consent(resident, days=30).get_json()
    assert resident.delete(f"{GRANTS}/{grant['id']}").status_code == 204
    assert resident.delete(f"{GRANTS}/{grant['id']}").status_code == 404
    assert operator.post(f"{path}/context").status_code == 403
    consent(resident, days=30)
    ticket_id = UUID(path.rpartition("/")[2])
    actor = Actor(kind=ActorKind.STAFF, account=operator.account, roles=frozenset({"operator"}))
    opening = Opening(role=Role.STAFF, service="hotline", account=operator.account)
    # Another claim, because the first has run out by then.
    with (
        clock.held(datetime.now(UTC) + timedelta(days=30, minutes=1)),
        database.transaction(opening) as session,
        pytest.raises(ContextNotGranted),
    ):
        actions.claim_ticket(session, actor, ticket_id=ticket_id)
        actions.read_context(session, actor, offered={"ebills": service}, ticket_id=ticket_id)
    assert service.asked == []


def test_consent_for_one_ticket_is_for_that_one(app, service, resident, operator, path) -> None:
    other = resident.post("/hotline/v1/tickets", json=TICKET | {"text": "井盖松了"}).get_json()
    operator.post(f"/hotline/v1/tickets/{other['id']}/claim")
    assert consent(resident, ticket_id=other["id"]).status_code == 201
    assert operator.post(f"{path}/context").status_code == 403
    assert operator.post(f"/hotline/v1/tickets/{other['id']}/context").status_code == 200
    assert consent(resident_bearer(app), ticket_id=other["id"]).status_code == 404


def test_only_the_holder_of_the_claim_looks(app, service, resident, operator, path) -> None:
    consent(resident, days=30)
    assert staff_bearer(app, "operator", "HOTLINE").post(f"{path}/context").status_code == 403
    for who in (
        staff_bearer(app, "supervisor", "HOTLINE"),
        staff_bearer(app, "officer", "GREEN-XP"),
        resident,
    ):
        assert who.post(f"{path}/context").status_code == 403
    operator.post(f"{path}/actions", json={"action": "release"})
    assert operator.post(f"{path}/context").status_code == 403
    assert service.asked == []


def test_service_that_was_not_named_is_not_asked(service, resident, operator, path) -> None:
    assert resident.post(GRANTS, json={"services": ["social_card"], "days": 30}).status_code == 201
    said = operator.post(f"{path}/context").get_json()
    assert [one["service"] for one in said] == ["social_card"]
    assert service.asked == []


@pytest.mark.parametrize(
    "body",
    [
        {"services": [], "days": 30},
        {"services": ["weather"], "days": 30},
        {"services": ["ebills"]},
        {"services": ["ebills"], "days": 3650},
        {"services": ["ebills"], "days": 30, "for": "ever"},
    ],
)
def test_consent_to_nothing_or_for_ever_is_422(resident, body) -> None:
    assert resident.post(GRANTS, json=body).status_code == 422


def test_sentence_that_was_not_declared_is_never_told(
    app, service, resident, operator, path, database
) -> None:
    service.codes = ("late", "diagnosis: secret")
    consent(resident, days=30)
    answer = operator.post(f"{path}/context")
    assert (answer.status_code, "secret" in answer.text, looked(database)) == (503, False, [])


def test_code_read_out_on_a_call_opens_it_once_for_this_operator(
    app, service, resident, operator, call
) -> None:
    _, url = call
    assert operator.post(f"{url}/context").status_code == 403
    code = resident.post(CODES, json={"services": ["ebills"]}).get_json()["code"]
    assert operator.post(f"{url}/context-code", json={"code": code}).status_code == 204
    assert operator.post(f"{url}/context").get_json()[0]["codes"] == ["late"]
    assert operator.post(f"{url}/context-code", json={"code": code}).status_code == 422
    assert staff_bearer(app, "operator", "HOTLINE").post(f"{url}/context").status_code == 403
    (grant,) = resident.get(GRANTS).get_json()
    assert (grant["kind"], grant["is_live"]) == ("call", True)


def test_call_that_ended_opens_nothing(service, resident, operator, call) -> None:
    phone, url = call
    code = resident.post(CODES, json={"services": ["ebills"]}).get_json()["code"]
    operator.post(f"{url}/context-code", json={"code": code})
    phone.call("call.ended", caller="13800138123")
    assert operator.post(f"{url}/context").status_code == 403
    code = resident.post(CODES, json={"services": ["ebills"]}).get_json()["code"]
    assert operator.post(f"{url}/context-code", json={"code": code}).status_code == 422
    assert service.asked == []


def test_newer_code_puts_the_older_one_away(resident, operator, call) -> None:
    _, url = call
    older = resident.post(CODES, json={"services": ["ebills"]}).get_json()["code"]
    resident.post(CODES, json={"services": ["ebills"]})
    assert operator.post(f"{url}/context-code", json={"code": older}).status_code == 422


def test_operator_who_guesses_is_stopped_and_each_guess_is_kept(resident, operator, call, database) -> None:
    _, url = call
    code = resident.post(CODES, json={"services": ["ebills"]}).get_json()["code"]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    answers = [operator.post(f"{url}/context-code", json={"code": wrong}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert operator.post(f"{url}/context-code", json={"code": code}).status_code == 429
    leaves = database.read_as(Role.VERIFIER, EVENTS)
    assert len([leaf for leaf in leaves if "hotline.context_code.refused" in leaf]) == 5


@pytest.mark.parametrize("relation", [Relation.CARER, Relation.REPRESENTATIVE])
def test_whoever_acts_for_an_adult_or_a_firm_consents_to_nothing(
    open_as, resident, service, relation
) -> None:
    actor = Actor(kind=ActorKind.RESIDENT, account=UUID(int=7), subject=resident.account, relation=relation)
    with open_as(actor, service="hotline") as session, pytest.raises(Denied):
        actions.grant_context(session, actor, services=["ebills"], offered={"ebills": service}, days=30)


def test_services_of_the_suite_say_only_what_they_declare(app, resident, operator, path) -> None:
    offered = app.extensions["citizen_caller_contexts"]
    assert set(offered) == {"ebills", "social_card", "health_file", "legal_id"}
    resident.post(GRANTS, json={"services": list(offered), "days": 365})
    said = {one["service"]: one["codes"] for one in operator.post(f"{path}/context").get_json()}
    assert said == {
        "ebills": ["clear"],
        "health_file": ["no_file"],
        "legal_id": ["none"],
        "social_card": ["none"],
    }


@pytest.fixture
def browsers(app, database):
    with cheap_passwords():
        person, desk = enrol_resident(database), enrol_staff(database)
        own, console = Browser(app), Browser(app)
        own.sign_in(person)
        console.sign_in(desk)
    return own, console


def test_pages_consent_look_and_tell_who_looked(app, service, browsers) -> None:
    own, console = browsers
    at_once = {"text": TICKET["text"], "category": "noise", "district": "东岸区"}
    filed = own.submit(own.get("/my/tickets/new"), "/my/tickets/new/1", **at_once)
    assert filed.status_code == 303
    own.submit(own.get("/my/tickets/new/2"), "/my/tickets/new/2", district="东岸区")
    own.submit(own.get("/my/tickets/new/3"), "/my/tickets/new/3", is_confidential="", is_anonymous="")
    next_one = console.submit(console.get("/console/hotline"), "/console/hotline/next")
    case = next_one.headers["Location"]
    assert "市民没有授权，看不到" in console.get(case).text
    page = own.get("/my/tickets/context")
    assert " checked" not in page.text
    wrong = own.post("/my/tickets/context", **_token(page), until="30")
    assert (wrong.status_code, 'href="#services"' in wrong.text) == (422, True)
    given = own.post("/my/tickets/context", **_token(page), until="30", services="ebills")
    assert given.status_code == 303
    shown = console.get(case)
    assert "看市民授权的情况" in shown.text
    told = console.submit(shown, f"{case}/context")
    assert (told.status_code, "有水电燃气账单过了缴费日" in told.text) == (200, True)
    mine = own.get("/my/tickets/context")
    assert "还没有人看过" not in mine.text
    ended = own.post("/my/tickets/context/revoke", **_token(mine), grant=_grant(mine))
    assert ended.status_code == 303
    assert "市民没有授权，看不到" in console.get(case).text


def test_page_tells_the_digits_to_read_out(service, browsers, call, operator) -> None:
    own, console = browsers
    page = own.get("/my/tickets/context")
    made = own.post("/my/tickets/context", **_token(page), until="call", services="ebills")
    digits = made.text.split('<p class="fact">')[1].split("<")[0]
    url = call[1].replace("/hotline/v1/calls", "/console/hotline/calls")
    shown = console.get(url)
    assert console.submit(shown, f"{url}/context-code", code=digits).status_code == 303
    told = console.submit(console.get(url), f"{url}/context")
    assert "有水电燃气账单过了缴费日" in told.text


def _token(page):
    return {"form_token": page.text.split('name="form_token" value="')[1].split('"')[0]}


def _grant(page):
    return page.text.split('name="grant" value="')[1].split('"')[0]
