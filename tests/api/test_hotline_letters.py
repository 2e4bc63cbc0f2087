"""Letters in: new ones become tickets, answers find theirs, machines' are put away with a record."""

import pytest

from hotline import actions
from hotline.rules.channels import Channel
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import staff_bearer
from tests.support.webhooks import Sender


@pytest.fixture
def mail(client, database, privacy):
    privacy.watch("li@canary.example", "路灯坏了卡纳里")
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        made = actions.create_channel_key(session, system("tests"), channel=Channel.MAIL, title="MTA")
    return Sender(client, made.key)


def letter(number, *, to="hotline@city.example", body="路灯坏了卡纳里", extra=""):
    return (
        f"From: Li <li@canary.example>\r\nTo: {to}\r\nSubject: lamp\r\nMessage-ID: <{number}@mail.example>\r\n"
        f"{extra}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    ).encode()


def test_letter_becomes_a_ticket_and_its_answer_finds_it(app, mail) -> None:
    made = mail.letter(letter(1)).get_json()
    assert (made["outcome"], len(made["number"]), len(made["tracking_code"])) == ("filed", 12, 16)
    operator = staff_bearer(app, "operator", "HOTLINE")
    (ticket,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    assert (ticket["channel"], "路灯坏了卡纳里" in ticket["text"]) == ("email", True)
    address = f"hotline+{made['number']}.{made['tracking_code']}@city.example"
    added = mail.letter(letter(2, to=address, body="是三号楼")).get_json()
    assert (added["outcome"], added["number"]) == ("added", made["number"])
    events = operator.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()["events"]
    assert [(event["action"], event["note"]) for event in events[1:]] == [("supplement", "lamp\n\n是三号楼")]


def test_letter_with_a_guessed_code_becomes_a_ticket_of_its_own(app, mail) -> None:
    made = mail.letter(letter(1)).get_json()
    guessed = mail.letter(letter(2, to=f"hotline+{made['number']}.{'A' * 16}@city.example")).get_json()
    assert guessed["outcome"] == "filed"
    assert guessed["number"] != made["number"]


def test_answer_to_a_ticket_that_ended_becomes_a_new_one(app, mail) -> None:
    made = mail.letter(letter(1)).get_json()
    operator = staff_bearer(app, "operator", "HOTLINE")
    (ticket,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    operator.post(
        f"/hotline/v1/tickets/{ticket['id']}/actions",
        json={"action": "answer", "note": "已告知", "article": "where-to-go"},
    )
    again = mail.letter(letter(2, to=f"x+{made['number']}.{made['tracking_code']}@c.example")).get_json()
    assert again["outcome"] == "filed"


def test_same_letter_twice_is_taken_once(mail, database) -> None:
    assert mail.letter(letter(1)).get_json()["outcome"] == "filed"
    assert mail.letter(letter(1)).get_json()["outcome"] == "repeated"
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [1]


def test_machines_letters_are_dropped_with_a_record(mail, database) -> None:
    answer = mail.letter(letter(1, extra="Auto-Submitted: auto-replied\r\n")).get_json()
    assert (answer["outcome"], answer["reason"]) == ("dropped", "auto_submitted")
    assert database.read_as(Role.WORKER, "SELECT outcome || ':' || reason FROM hotline.letters") == [
        "dropped:auto_submitted"
    ]
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [0]


def test_sender_that_answers_without_end_is_cut_off(mail) -> None:
    outcomes = [mail.letter(letter(number)).get_json()["outcome"] for number in range(22)]
    assert (outcomes[:20].count("filed"), outcomes[-1]) == (20, "dropped")


def test_letter_that_is_too_long_is_cut_and_counted(app, mail, database) -> None:
    assert mail.letter(letter(1, body="长" * 21_000)).get_json()["outcome"] == "filed"
    assert database.read_as(Role.WORKER, "SELECT (details->>'cut')::int FROM hotline.ticket_events") == [1006]


def test_unsigned_letter_is_refused(client, mail) -> None:
    answer = client.post("/hotline/v1/letters", data=letter(1), content_type="message/rfc822")
    assert answer.status_code == 403
