"""E-bills through the API: a biller's file in, a resident's bills out, and everything that is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from ebills.rules.bills import BillLine
from ebills.schemas import BillPageSchema
from services import clock
from services.database.roles import Role
from tests.support.app import app_over
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.ebills import (
    ADDRESS,
    BILL,
    BILLER,
    NUMBER,
    OTHER,
    add_billers,
    bill,
    claim,
    month,
    send,
)


@pytest.fixture
def biller(app, database, privacy):
    privacy.watch(ADDRESS, NUMBER)
    add_billers(database)
    return staff_bearer(app, "biller", BILLER)


@pytest.fixture
def holder(app, biller):
    """A resident who has claimed the account of BILL."""
    assert send(biller, BILL).status_code == 201
    who = resident_bearer(app)
    assert claim(who).status_code == 201
    return who


def bills_of(who, query=""):
    answer = who.get(f"/ebills/v1/bills{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def faults_of(answer):
    assert answer.status_code == 422, answer.text
    return [(fault["field"], fault["code"]) for fault in answer.get_json()["errors"]]


def test_import_of_a_sound_file_says_what_it_did(biller) -> None:
    answer = send(biller, BILL, month(9))
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    assert (body["bill_count"], body["new_count"], body["paid_count"]) == (2, 2, 0)
    assert body["total_minor"] == 2 * BILL.amount_minor
    assert biller.get(f"/ebills/v1/imports/{body['id']}").get_json() == body
    assert [one["id"] for one in biller.get("/ebills/v1/imports").get_json()["items"]] == [body["id"]]


def test_import_of_the_same_file_again_changes_nothing(biller, database) -> None:
    first, second = send(biller, BILL), send(biller, BILL)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json()["id"] == first.get_json()["id"]
    assert second.get_json()["is_repeat"] is True
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM ebills.bills") == [1]


def test_import_with_one_fault_keeps_not_one_line(biller, database) -> None:
    answer = send(biller, BILL, bill(number="202610-00043", due_on=date(2026, 11, 1)))
    assert faults_of(answer) == [("/lines/4/due_on", "dates_out_of_order")]
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM ebills.bills") == [0]
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM ebills.imports") == [0]


def test_import_of_another_organisations_file_is_refused(biller) -> None:
    answer = send(biller, BILL, biller=OTHER)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "ebills.not_the_biller")


def test_import_that_is_no_csv_is_refused_by_its_type(biller) -> None:
    answer = biller.post("/ebills/v1/imports", data=b"{}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 415


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff\xfe", b"a,b", b"citizen-bills,1,SEPC,0,0\n"])
def test_import_of_rubbish_names_what_to_mend(biller, content) -> None:
    assert faults_of(send(biller, content=content))


def test_import_by_a_resident_is_denied(app, biller) -> None:
    assert send(resident_bearer(app), BILL).status_code == 403


def test_import_of_another_biller_is_not_found_by_this_one(app, biller) -> None:
    made = send(biller, BILL).get_json()["id"]
    other = staff_bearer(app, "biller", OTHER)
    assert other.get(f"/ebills/v1/imports/{made}").status_code == 404
    assert other.get("/ebills/v1/imports").get_json()["items"] == []


def test_import_that_changes_a_known_bill_is_refused(biller) -> None:
    send(biller, BILL)
    answer = send(biller, bill(amount_minor=1))
    assert faults_of(answer) == [("/lines/3/number", "content_changed")]


def test_import_that_notes_payments_moves_the_bill_and_never_back(biller, holder) -> None:
    half = bill(paid_minor=9000, paid_on=date(2026, 11, 10))
    assert send(biller, half).get_json()["paid_count"] == 1
    (shown,) = bills_of(holder)["items"]
    assert (shown["state"], shown["paid_minor"]) == ("part_paid", 9000)
    assert faults_of(send(biller, bill(paid_minor=1, paid_on=date(2026, 11, 10)))) == [
        ("/lines/3/paid_minor", "paid_less_than_before")
    ]
    whole = bill(paid_minor=BILL.amount_minor, paid_on=date(2026, 11, 12))
    assert send(biller, whole).status_code == 201
    assert bills_of(holder)["items"][0]["state"] == "paid"


def test_bills_are_stored_sealed(holder, database) -> None:
    for table in ("bills", "accounts", "account_numbers", "bill_numbers", "imports"):
        rows = database.read_as(Role.WORKER, f"SELECT row_to_json(t)::text FROM ebills.{table} t")
        assert rows
        for row in rows:
            assert NUMBER not in row
            assert "梧桐街" not in row


def test_bills_listed_straight_from_rows_are_the_schemas_own(holder) -> None:
    body = bills_of(holder)
    dumped = BillPageSchema().load(body)
    assert BillPageSchema().dump(dumped) == body


def test_bills_of_a_claimed_account_are_its_holders(holder) -> None:
    (shown,) = bills_of(holder)["items"]
    assert (shown["number"], shown["account_number"], shown["service_address"]) == (
        BILL.number,
        NUMBER,
        ADDRESS,
    )
    detail = holder.get(f"/ebills/v1/bills/{shown['id']}")
    assert detail.headers["ETag"]
    assert detail.get_json()["lines"] == [
        {"title": line.title, "amount_minor": line.amount_minor} for line in BILL.lines
    ]


def test_bills_are_nobody_elses(app, holder) -> None:
    (shown,) = bills_of(holder)["items"]
    stranger = resident_bearer(app)
    assert bills_of(stranger)["items"] == []
    assert stranger.get("/ebills/v1/accounts").get_json() == []
    assert stranger.get(f"/ebills/v1/bills/{shown['id']}").status_code == 404


def test_bills_page_through_every_bill_once(biller, holder) -> None:
    assert send(biller, *(month(number) for number in range(1, 8))).status_code == 201
    seen, cursor = [], ""
    while cursor is not None:
        page = bills_of(holder, f"?limit=3&cursor={cursor}" if cursor else "?limit=3")
        seen += [one["number"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [BILL.number, *(f"2026{number:02d}-00042" for number in range(7, 0, -1))]


def test_bills_cursor_of_somebody_else_is_refused(app, biller, holder) -> None:
    send(biller, month(9))
    cursor = bills_of(holder, "?limit=1")["next_cursor"]
    assert resident_bearer(app).get(f"/ebills/v1/bills?limit=1&cursor={cursor}").status_code == 400


def test_bills_are_kept_to_one_state_when_asked(biller, holder) -> None:
    send(biller, month(9, paid_minor=BILL.amount_minor, paid_on=date(2026, 10, 7)))
    assert [one["number"] for one in bills_of(holder, "?state=paid")["items"]] == ["202609-00042"]
    assert holder.get("/ebills/v1/bills?state=gone").status_code == 422


def test_claim_with_another_amount_or_number_is_refused_alike(app, biller) -> None:
    send(biller, BILL)
    who = resident_bearer(app)
    wrong, unknown = claim(who, amount_minor=1), claim(who, account_number="SEPC1")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.get_json()["code"] == unknown.get_json()["code"] == "ebills.account_not_proven"
    assert wrong.get_json()["title"] == unknown.get_json()["title"]


def test_claim_takes_spaces_and_full_width_digits_as_the_same_number(app, biller) -> None:
    send(biller, BILL)
    assert claim(resident_bearer(app), account_number=" ｓepc 3100 0777").status_code == 201


def test_claim_of_an_account_that_has_its_holder_is_refused(app, holder) -> None:
    answer = claim(resident_bearer(app))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "ebills.account_already_claimed")


def test_claim_tried_too_often_waits_although_the_proof_is_right(database, biller) -> None:
    strict = app_over(database, CITIZEN_THROTTLE_POLICY="production")
    send(biller, BILL)
    who = resident_bearer(strict)
    for _ in range(5):
        assert claim(who, amount_minor=1).status_code == 422
    answer = claim(who)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_claim_proof_is_the_newest_bill(app, biller) -> None:
    send(biller, BILL, month(9, amount_minor=7777))
    who = resident_bearer(app)
    assert claim(who, amount_minor=7777).status_code == 422
    assert claim(who).status_code == 201
    assert len(bills_of(who)["items"]) == 2


def test_claim_same_key_after_a_refusal_may_be_mended(app, biller) -> None:
    send(biller, BILL)
    who, key = resident_bearer(app), {"Idempotency-Key": "k-1"}
    body = {"biller": BILLER, "account_number": NUMBER, "amount_minor": 1}
    assert who.post("/ebills/v1/accounts", json=body, headers=key).status_code == 422
    again = who.post("/ebills/v1/accounts", json={**body, "amount_minor": BILL.amount_minor}, headers=key)
    assert again.status_code == 201, again.text


def test_claim_by_two_at_once_has_one_winner(committed) -> None:
    application = app_over(committed)
    add_billers(committed)
    assert send(staff_bearer(application, "biller", BILLER), BILL).status_code == 201
    rivals = [resident_bearer(application) for _ in range(4)]
    start = Barrier(len(rivals))

    def race(who):
        start.wait()
        return claim(who).status_code

    with ThreadPoolExecutor(len(rivals)) as pool:
        answers = sorted(pool.map(race, rivals))
    assert answers == [201, 409, 409, 409]
    assert sorted(len(bills_of(who)["items"]) for who in rivals) == [0, 0, 0, 1]


def test_import_after_a_claim_reaches_the_holder_and_tells_it_once(biller, holder, database) -> None:
    assert send(biller, month(9)).status_code == 201
    assert len(bills_of(holder)["items"]) == 2
    asked = database.read_as(
        Role.WORKER, "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'ebills.announce_bills'"
    )
    assert asked == [1]


def test_billers_are_public(client, biller) -> None:
    listed = client.get("/ebills/v1/billers").get_json()
    assert {one["code"] for one in listed} >= {BILLER, OTHER}


def test_reading_bills_leaves_one_audit_row_with_the_fields_and_no_content(holder, database) -> None:
    before = database.read_as(Role.VERIFIER, "SELECT count(*) FROM audit.events")[0]
    bills_of(holder)
    rows = database.read_as(
        Role.VERIFIER, "SELECT details::text FROM audit.events WHERE event = 'ebills.bills.read'"
    )
    assert database.read_as(Role.VERIFIER, "SELECT count(*) FROM audit.events")[0] == before + 1
    assert "account_number" in rows[-1]


def test_bill_that_is_due_today_stands_on_a_day_of_shanghai(biller) -> None:
    future = bill(paid_minor=1, paid_on=date.fromordinal(clock.today().toordinal() + 1))
    assert faults_of(send(biller, future)) == [("/lines/3/paid_on", "date_in_future")]


def test_bill_with_a_discount_sums_up(biller) -> None:
    lines = (BillLine("月租", 9900), BillLine("合约优惠", -1000))
    assert send(biller, bill(lines=lines, amount_minor=8900)).status_code == 201
