"""A Consent that is withdrawn is withdrawn everywhere: in the next request of another process, and against writers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import create_engine

from services.database.transaction import Database
from tests.support.consents import give, owner_of, put, unit
from tests.support.doors import Bearer, staff_bearer
from tests.support.fhir import BASE, open_file, write

pytestmark = [pytest.mark.database, pytest.mark.fault]
ROUNDS = 8


@pytest.fixture
def apps(settings, committed, keys):
    """Two processes, as far as the database can tell: engines and pools of their own."""
    from wsgi import make_app

    other = create_engine(committed.engine.url, isolation_level="AUTOCOMMIT", pool_size=5, max_overflow=0)
    yield make_app(settings, committed), make_app(settings, Database(other, keys))
    other.dispose()


def test_withdrawn_consent_is_refused_by_every_process_at_once(apps) -> None:
    first, second = apps
    clinic, hospital = (
        staff_bearer(first, "practitioner", "CL-HP"),
        staff_bearer(first, "practitioner", "CL-BJ"),
    )
    owner = owner_of(first, open_file(first, clinic))
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    one = write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}}).get_json()
    elsewhere = Bearer(second.test_client(), hospital.token, hospital.account)
    address = f"{BASE}/Observation/{one['id']}"
    for _ in range(ROUNDS):
        given = give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
        assert elsewhere.get(address).status_code == 200
        assert put(owner.bearer, {**given, "status": "inactive"}, 1).status_code == 200
        # The very next request, of another process with a connection of its own: there is nothing to wait for.
        assert elsewhere.get(address).status_code == 404


def test_of_two_withdrawals_at_once_one_does_it_and_no_rule_is_left(apps) -> None:
    first, _ = apps
    clinic, hospital = (
        staff_bearer(first, "practitioner", "CL-HP"),
        staff_bearer(first, "practitioner", "CL-BJ"),
    )
    owner = owner_of(first, open_file(first, clinic))
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    one = write(clinic, {**body, "subject": {"reference": f"Patient/{owner.file.patient}"}}).get_json()
    given = give(owner, {"type": "permit", "actor": [unit("CL-BJ")]})
    barrier = Barrier(4)

    def withdraw(app):
        bearer = Bearer(app.test_client(), owner.bearer.token, owner.bearer.account)
        barrier.wait()
        return put(bearer, {**given, "status": "inactive"}, 1).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(withdraw, apps * 2))
    assert answers.count(200) == 1
    assert set(answers) <= {200, 412, 503}
    assert hospital.get(f"{BASE}/Observation/{one['id']}").status_code == 404
