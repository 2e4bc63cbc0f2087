"""Rows that an older version of the index holds are refused to searches that need more, and indexed again."""

from health_file import actions, models
from health_file.actions.reindex import count_unindexed, reindex_some
from health_file.fhir.parameters import INDEX_VERSION
from services.database.roles import Role
from services.database.session import Opening
from tests.support.fhir import BASE, open_file, write

WORKER = Opening(role=Role.WORKER)


def test_new_parameter_is_refused_until_every_row_is_indexed_again(app, clinic, database) -> None:
    file = open_file(app, clinic)
    made = []
    for number in range(5):
        body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                "meta": {"tag": [{"system": "urn:t", "code": f"t{number}"}]},
                "subject": {"reference": f"Patient/{file.patient}"}}  # fmt: skip
        made.append(write(clinic, body).get_json()["id"])
    with database.transaction(WORKER) as session:
        session.execute(models.resources.update().values(indexed_as=1))
        session.execute(models.tokens.delete())
    refused = clinic.get(f"{BASE}/Observation?_tag=urn:t|t3")
    assert (refused.status_code, refused.get_json()["issue"][0]["code"]) == (503, "transient")
    assert refused.headers["Retry-After"] == "60"
    # What was in the index all along still answers.
    assert clinic.get(f"{BASE}/Observation?_id={made[0]}").get_json()["total"] == 1
    done = []
    while not done or done[-1]:
        with database.transaction(WORKER) as session:
            done.append(reindex_some(session, limit=2))
    assert sum(done) == 6
    with database.transaction(WORKER) as session:
        assert count_unindexed(session) == 0
    found = clinic.get(f"{BASE}/Observation?_tag=urn:t|t3").get_json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == [made[3]]


def test_row_that_somebody_changes_meanwhile_is_theirs(app, clinic, database, monkeypatch) -> None:
    file = open_file(app, clinic)
    with database.transaction(WORKER) as session:
        session.execute(models.resources.update().values(indexed_as=INDEX_VERSION - 1))
        rows = actions.reindex.store.list_rows_before(session, INDEX_VERSION, limit=10)
        session.execute(models.resources.update().values(indexed_as=INDEX_VERSION))
        monkeypatch.setattr(actions.reindex.store, "list_rows_before", lambda *_, **__: rows)
        assert reindex_some(session) == len(rows)
    monkeypatch.undo()
    assert clinic.get(f"{BASE}/Patient?identifier={file.id_number}").get_json()["total"] == 1
