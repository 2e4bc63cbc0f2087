"""Number and tracking code reach whoever filed: inbox, text, e-mail; once, and nobody of an anonymous report."""

import json
from uuid import UUID

import pytest

from hotline import actions
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer

TICKET = {"category": "noise", "text": "楼下施工太吵", "district": "东岸区", "place": "和平路 12 号"}
OPENING = Opening(role=Role.WORKER, service="hotline")


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


@pytest.fixture
def operator(app):
    return staff_bearer(app, "operator", "HOTLINE")


def confirm(database, filed):
    with database.transaction(OPENING) as session:
        ticket_id = UUID(filed["id"])
        return actions.confirm_filing(session, system("hotline.confirm_filing"), ticket_id=ticket_id)


def texts(database):
    """Channel, address and text of what was queued, as the job that sends opens it."""
    sealed = database.read_as(
        Role.WORKER,
        "SELECT convert_from(message_sealed, 'UTF8') FROM gateway.one_time_codes WHERE use = 'hotline.ticket_filed'",
    )
    with database.transaction(OPENING) as session:
        return sorted(json.loads(session.keys.open_reference("text-message", one)) for one in sealed)


def test_operators_caller_gets_a_text_and_a_letter_once(operator, database, privacy) -> None:
    contact = {"phone": "+86 138-0013-8000", "email": "wang@example.org"}
    filed = operator.post("/hotline/v1/tickets", json=TICKET | {"contact": contact}).get_json()
    privacy.watch(filed["tracking_code"], "wang@example.org", TICKET["text"])
    assert confirm(database, filed) is True
    assert confirm(database, filed) is False
    found = texts(database)
    assert [(channel, address) for channel, address, _ in found] == [
        ("email", "wang@example.org"),
        ("sms", "13800138000"),
    ]
    for _, _, text in found:
        assert filed["number"] in text
        assert filed["tracking_code"] in text
        assert TICKET["text"] not in text
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.confirmations") == [0]


def test_resident_finds_it_in_the_inbox(reporter, database) -> None:
    filed = reporter.post("/hotline/v1/tickets", json=TICKET).get_json()
    confirm(database, filed)
    rows = database.read_as(
        Role.WORKER,
        "SELECT kind || ' ' || link FROM notices.messages WHERE kind LIKE 'hotline.%' "
        f"AND subject_id = '{reporter.account}'",
    )
    assert rows == [f"hotline.ticket_filed /my/tickets/{filed['id']}"]
    assert texts(database) == []


def test_anonymous_report_is_confirmed_to_nobody(reporter, database) -> None:
    contact = {"phone": "13800138000", "email": "wang@example.org"}
    filed = reporter.post(
        "/hotline/v1/tickets", json=TICKET | {"is_anonymous": True, "contact": contact}
    ).get_json()
    assert confirm(database, filed) is False
    assert texts(database) == []


@pytest.mark.parametrize(
    "contact", [{"phone": "021-12345678"}, {"email": "not an address"}, {"phone": "110"}]
)
def test_what_takes_no_text_is_sent_none(operator, database, contact) -> None:
    filed = operator.post("/hotline/v1/tickets", json=TICKET | {"contact": contact}).get_json()
    assert confirm(database, filed) is False
    assert texts(database) == []


def test_what_is_to_be_told_is_sealed_and_the_desk_cannot_read_it(operator, database) -> None:
    filed = operator.post(
        "/hotline/v1/tickets", json=TICKET | {"contact": {"phone": "13800138000"}}
    ).get_json()
    (sealed,) = database.read_as(
        Role.WORKER, "SELECT encode(content_sealed, 'escape') FROM hotline.confirmations"
    )
    assert filed["tracking_code"] not in sealed
    asked = "SELECT has_table_privilege('citizen_staff', 'hotline.confirmations', 'select')"
    assert database.read_as(Role.WORKER, asked) == [False]
