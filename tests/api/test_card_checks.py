"""A card shown at a clinic's desk: a code of one minute and one use, checked there, opens the file for half an hour."""

import re
from datetime import timedelta

import pytest

from health_file.rules import ID_NUMBER_SYSTEM
from services import clock
from social_card.codes import PURPOSE
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, File, owner_bearer, write
from tests.support.people import Browser, enrol_resident, enrol_staff

CHECKS = "/social-card/v1/checks"
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def holder(app, clinic):
    """A resident with a file at one clinic and an active card, signed in on their own phone."""
    person = enrol_resident(app.extensions["citizen_database"])
    number = [{"system": ID_NUMBER_SYSTEM, "value": person.username}]
    made = write(clinic, {"resourceType": "Patient", "identifier": number})
    file = File(person.account, made.get_json()["id"], person.username)
    browser = Browser(app)
    browser.sign_in(person)
    return Holder(app, browser, file)


class Holder:
    def __init__(self, app, browser, file) -> None:
        self.browser, self.file, self.bearer = browser, file, owner_bearer(app, file)
        self.officer = staff_bearer(app, "officer", "CARD")
        made = self.bearer.post("/social-card/v1/card-applications", json={"pickup": "网点"}).get_json()
        self.card = made["id"]
        for event in ("approve", "produced", "hand_over"):
            self.decide(event)
        self.take("activate")

    def decide(self, event):
        url = f"/social-card/v1/cards/{self.card}/decisions"
        assert self.officer.post(url, json={"event": event}).status_code == 200

    def take(self, event):
        url = f"/social-card/v1/cards/{self.card}/transitions"
        assert self.bearer.post(url, json={"event": event}).status_code == 200

    def show(self):
        """The code on the page, or None."""
        page = self.browser.get("/my/card/qr")
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        found = re.search(r'<p class="code">([^<]+)</p>', page.text)
        assert ('class="qr"' in page.text) == (found is not None)
        return found and found[1]


def checked(bearer, code):
    return bearer.post(CHECKS, json={"code": code})


def record(clinic, holder):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    made = write(clinic, {**body, "subject": {"reference": f"Patient/{holder.file.patient}"}})
    return f"{BASE}/Observation/{made.get_json()['id']}"


def test_card_shown_opens_the_file_at_once_and_for_half_an_hour(app, clinic, hospital, holder) -> None:
    own = record(clinic, holder)
    assert hospital.get(own).status_code == 404
    code, at = holder.show(), clock.now()
    answer = checked(hospital, code)
    assert answer.status_code == 201, answer.text
    check = answer.get_json()
    assert (check["patient"], check["unit_name"]) == (holder.file.patient, "CL-BJ")
    assert re.fullmatch(r"S\d{8}", check["number"])
    assert hospital.get(own).status_code == 200
    for moment, status in ((-timedelta(seconds=60), 200), (timedelta(seconds=1), 404)):
        with clock.held(at + HALF_HOUR + moment):
            colleague = staff_bearer(app, "practitioner", "CL-BJ")
            assert colleague.get(own).status_code == status
    page = holder.browser.get("/my/card").text
    assert "谁验过卡" in page
    assert "CL-BJ" in page


def test_code_is_used_once(hospital, clinic, holder) -> None:
    code = holder.show()
    assert checked(hospital, code).status_code == 201
    for desk in (hospital, clinic):
        again = checked(desk, code)
        assert (again.status_code, again.get_json()["type"].rpartition("/")[2]) == (
            409,
            "social_card.code_used",
        )
    assert checked(hospital, holder.show()).status_code == 201


def test_code_ends_after_a_minute(hospital, holder) -> None:
    code, at = holder.show(), clock.now()
    with clock.held(at + timedelta(seconds=61)):
        late = checked(hospital, code)
    assert (late.status_code, late.get_json()["type"].rpartition("/")[2]) == (409, "social_card.code_expired")


def test_lost_card_shows_no_code_and_the_one_shown_before_is_dead_for_good(hospital, holder) -> None:
    code = holder.show()
    holder.take("report_temp_loss")
    assert holder.show() is None
    refused = checked(hospital, code)
    assert refused.get_json()["type"].rpartition("/")[2] == "social_card.card_not_in_use"
    holder.take("release")
    assert checked(hospital, code).status_code == 409
    assert checked(hospital, holder.show()).status_code == 201


@pytest.mark.parametrize("code", ["x", "A" * 200, "!"])
def test_what_is_no_code_is_refused(hospital, code) -> None:
    assert checked(hospital, code).status_code == 422


def test_code_that_was_altered_or_sealed_for_something_else_is_refused(app, hospital, holder) -> None:
    code = holder.show()
    keys = app.extensions["citizen_database"].keys
    content = keys.open_reference(PURPOSE, code)
    assert checked(hospital, keys.seal_reference("cursor", content)).status_code == 422
    swapped = code[:-4] + ("AAAA" if code[-4:] != "AAAA" else "BBBB")
    assert checked(hospital, swapped).status_code == 422


def test_only_practitioners_check(holder) -> None:
    code = holder.show()
    assert checked(holder.bearer, code).status_code == 403
    assert checked(holder.officer, code).status_code == 403


def test_desk_page_checks_and_says_why_not(app, holder) -> None:
    desk = Browser(app)
    desk.sign_in(enrol_staff(app.extensions["citizen_database"], roles=("practitioner",)))
    page = desk.get("/console/card/checks")
    assert page.status_code == 200, page.text
    code = holder.show()
    done = desk.submit(page, "/console/card/checks", code=code)
    assert done.status_code == 200
    assert holder.file.patient in done.text
    again = desk.submit(done, "/console/card/checks", code=code)
    assert again.status_code == 409
    assert "已经用过" in again.text
