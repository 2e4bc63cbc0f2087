"""How many statements an interaction sends: pinned, so that no loop over rows creeps into a hot path."""

import json

import pytest

from services.database.session import Session
from tests.support.fhir import BASE, FHIR, write


@pytest.fixture
def sent(monkeypatch):
    """Statements of the requests' transactions; those that travel with COMMIT are among them."""
    found = []

    def counted(name):
        plain = getattr(Session, name)

        def run(self, statement, *arguments):
            found.append(" ".join(str(statement).split())[:60])
            return plain(self, statement, *arguments)

        monkeypatch.setattr(Session, name, run)

    for name in ("execute", "raw", "at_commit"):
        counted(name)
    return found


def observation(file, value=1):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{file.patient}"},
        "effectiveDateTime": "2026-11-26",
        "valueInteger": value,
    }


def transaction(file, count):
    entry = [
        {"resource": observation(file, value), "request": {"method": "POST", "url": "Observation"}}
        for value in range(count)
    ]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entry})


def count_of(sent, ask):
    ask()  # what is asked once per process is asked now
    sent.clear()
    answer = ask()
    assert answer.status_code < 300, answer.text
    return len(sent)


def test_read_sends_the_row_its_key_the_reader_and_the_audit(clinic, file, sent) -> None:
    made = write(clinic, observation(file)).get_json()["id"]
    assert count_of(sent, lambda: clinic.get(f"{BASE}/Observation/{made}")) <= 4, sent


def test_search_sends_as_many_for_one_match_as_for_many(clinic, file, sent) -> None:
    address = f"{BASE}/Observation?patient=Patient/{file.patient}&code=8867-4&_count=20"
    write(clinic, observation(file))
    few = count_of(sent, lambda: clinic.get(address))
    for value in range(12):
        write(clinic, observation(file, value))
    many = count_of(sent, lambda: clinic.get(address))
    assert few == many <= 5, sent


def test_transaction_sends_as_many_for_two_entries_as_for_forty(clinic, file, sent) -> None:
    def ask(count):
        return clinic.post(BASE, data=transaction(file, count), headers=FHIR)

    two, forty = count_of(sent, lambda: ask(2)), count_of(sent, lambda: ask(40))
    audits = sum("INSERT INTO audit.events" in one for one in sent)
    assert forty - two <= max(0, audits - 2), sent
    assert forty - audits <= 14, sent
