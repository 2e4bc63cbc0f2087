"""How many statements the hotline's hot paths send: pinned, so that no loop over tickets creeps in."""

import pytest

from services.database.session import Session
from tests.support.doors import key, resident_bearer, staff_bearer

TICKET = {"category": "street_light", "text": "三号楼前的路灯坏了", "district": "东岸区", "place": "和平路"}


@pytest.fixture
def sent(monkeypatch):
    """Statements of a request's transaction: those that wait for an answer, and those that travel with COMMIT."""
    found: dict[str, list[str]] = {"asked": [], "at_commit": []}

    def counted(name, kind):
        plain = getattr(Session, name)

        def run(self, statement, *arguments):
            found[kind].append(" ".join(str(statement).split())[:80])
            return plain(self, statement, *arguments)

        monkeypatch.setattr(Session, name, run)

    counted("execute", "asked")
    counted("raw", "asked")
    counted("named", "asked")
    counted("at_commit", "at_commit")
    return found


def of(sent, ask):
    for kind in sent:
        sent[kind].clear()
    answer = ask()
    assert answer.status_code in {200, 201}, answer.text
    return {kind: list(statements) for kind, statements in sent.items()}


def test_list_of_25_asks_three_questions_however_many_tickets_it_shows(app, sent) -> None:
    desk = staff_bearer(app, "operator", "HOTLINE")
    for reporter in (resident_bearer(app), resident_bearer(app), resident_bearer(app)):
        reporter.post("/hotline/v1/tickets", json=TICKET)
    few = of(sent, lambda: desk.get("/hotline/v1/tickets?limit=1"))
    many = of(sent, lambda: desk.get("/hotline/v1/tickets?limit=25"))
    assert len(few["asked"]) == len(many["asked"]) <= 3, many


def test_search_asks_as_many_questions_for_few_tickets_as_for_many(app, sent) -> None:
    desk = staff_bearer(app, "operator", "HOTLINE")
    for reporter in (resident_bearer(app), resident_bearer(app), resident_bearer(app)):
        reporter.post("/hotline/v1/tickets", json=TICKET)

    def asked(limit):
        body = {"words": "路灯", "limit": limit}
        return len(of(sent, lambda: desk.post("/hotline/v1/tickets/search", json=body))["asked"])

    # A page that the newest tickets fill asks no index: the tickets, their clocks, their keys.
    assert (asked(1), asked(2)) == (3, 3)
    # Of what is rarer: the newest, the oldest ticket, and the index of this month.
    assert (asked(3), asked(25)) == (5, 5)


def test_filing_sends_eight_statements_with_the_one_that_opens_the_transaction(app, sent) -> None:
    reporter = resident_bearer(app)
    reporter.post("/hotline/v1/tickets", json=TICKET)
    found = of(
        sent, lambda: reporter.post("/hotline/v1/tickets", json=TICKET | {"text": "井盖"}, headers=key())
    )
    assert len(found["asked"]) <= 4, found
    assert len(found["asked"]) + len(found["at_commit"]) <= 7, found


def test_claiming_the_next_asks_five_questions_however_many_wait(app, sent) -> None:
    reporter, desk = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    for number in range(3):
        reporter.post("/hotline/v1/tickets", json=TICKET | {"text": f"第 {number} 盏"})
    # The ticket, its history, the step, its clocks, its key.
    found = [of(sent, lambda: desk.post("/hotline/v1/queue/claim-next")) for _ in range(2)]
    assert [len(one["asked"]) for one in found] == [5, 5], found
