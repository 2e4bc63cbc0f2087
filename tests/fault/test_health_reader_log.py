"""No log row, no data: where the audit row of a disclosure cannot be written, nothing of the file is answered."""

import pytest

from services.audit import log
from tests.support.consents import give, owner_of, unit
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, open_file, write

pytestmark = [pytest.mark.database, pytest.mark.fault]
SECRET = "只有本人知道的话"


def test_audit_row_that_fails_keeps_everything_back(committed_app, monkeypatch) -> None:
    clinic = staff_bearer(committed_app, "practitioner", "CL-HP")
    owner = owner_of(committed_app, open_file(committed_app, clinic))
    patient = owner.file.patient
    category = [{"coding": [{"code": "laboratory"}]}]
    body = {"resourceType": "Observation", "status": "final", "code": {"text": SECRET}, "category": category}
    one = write(clinic, {**body, "subject": {"reference": f"Patient/{patient}"}}).get_json()
    give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
    addresses = (
        f"{BASE}/Observation/{one['id']}",
        f"{BASE}/Observation/{one['id']}/_history",
        f"{BASE}/Observation/{one['id']}/_history/1",
        f"{BASE}/Observation?patient={patient}",
        f"{BASE}/Observation?patient={patient}&_summary=count",
        f"{BASE}/Patient/{patient}/$everything",
        f"{BASE}/Patient/{patient}/$summary",
        f"{BASE}/Observation/$lastn?patient={patient}&category=laboratory",
        f"{BASE}/AuditEvent?patient={patient}",
        f"{BASE}/Patient/{patient}/$access-log",
        "/health-file/v1/resources",
        "/health-file/v1/access-log",
        "/health-file/v1/consents",
    )
    before = {address: owner.bearer.get(address) for address in addresses}
    assert [answer.status_code for answer in before.values()] == [200] * len(addresses)
    monkeypatch.setattr(log, "INSERT", log.INSERT.replace("audit.events", "audit.nowhere"))
    for address, good in before.items():
        answer = owner.bearer.get(address)
        assert (answer.status_code, SECRET in answer.text) == (500, False), address
        assert answer.get_json() != good.get_json()
