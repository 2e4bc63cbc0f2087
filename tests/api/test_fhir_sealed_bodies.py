"""A body that was moved or altered in the database is not shown, by any path, and nothing else is lost."""

from services.database.roles import Role
from tests.support.database import CLEAR
from tests.support.fhir import BASE, FHIR, open_file, write


def observed(clinic, file):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    return write(clinic, body | {"subject": {"reference": f"Patient/{file.patient}"}}).get_json()


def touch(database, statement, *values):
    """As somebody who got hold of the worker's role."""
    driver = database._driver
    driver.execute(f"SET LOCAL ROLE {Role.WORKER.value}")
    assert driver.execute(statement, values).rowcount > 0
    driver.execute(CLEAR)


MOVED = (
    "UPDATE health_file.resources AS own SET body_sealed = other.body_sealed "
    "FROM health_file.resources AS other WHERE own.id = %s AND other.id = %s AND own.is_current AND other.is_current"
)
FLIPPED = (
    "UPDATE health_file.resources SET body_sealed = set_byte(body_sealed, length(body_sealed) - 20, "
    "get_byte(body_sealed, length(body_sealed) - 20) # 1) WHERE id = %s"
)
OLDER = (
    "UPDATE health_file.resources AS own SET body_sealed = other.body_sealed "
    "FROM health_file.resources AS other "
    "WHERE own.id = %s AND other.id = own.id AND own.version = 2 AND other.version = 1"
)


def test_body_from_another_place_or_with_a_flipped_bit_is_not_shown(app, database, clinic) -> None:
    file, other = open_file(app, clinic), open_file(app, clinic)
    first, second, foreign, third = (observed(clinic, one) for one in (file, file, other, file))
    again = clinic.put(f"{BASE}/Observation/{third['id']}", json=third, headers={**FHIR, "If-Match": 'W/"1"'})
    assert again.status_code == 200
    touch(database, MOVED, first["id"], second["id"])
    touch(database, MOVED, foreign["id"], second["id"])
    touch(database, OLDER, third["id"])
    touch(database, FLIPPED, second["id"])
    for one in (first, second, foreign, third):
        for path in (f"Observation/{one['id']}", f"Observation?_id={one['id']}"):
            refused = clinic.get(f"{BASE}/{path}")
            assert (refused.status_code, refused.get_json()["resourceType"]) == (500, "OperationOutcome"), (
                path
            )
    assert clinic.get(f"{BASE}/Observation/{third['id']}/_history/1").status_code == 200
    assert clinic.get(f"{BASE}/Patient/{file.patient}").status_code == 200
