"""The archive of a file: every version, attachments, who read it; for its owner alone, proven anew."""

import base64
import io
import json
import zipfile
from datetime import timedelta

import pytest

from health_file import actions
from health_file.actions.exporting.wanted import Kind, Wanted
from services import clock, pdf
from services.actor import Actor, ActorKind
from services.errors import NotFound
from tests.support.doors import resident_bearer
from tests.support.exports import work
from tests.support.fhir import BASE, FHIR, open_file, owner_bearer, write

WANTED = Wanted(kind=Kind.ARCHIVE, request="/my/health/download/archives", language="en")


@pytest.fixture
def owner(file):
    return Actor(
        kind=ActorKind.RESIDENT,
        account=file.account,
        subject=file.account,
        scopes=frozenset({"health_file:read"}),
    )


def plainly(sentence, **facts):
    return sentence % facts if facts else str(sentence)


def taken(database, open_as, owner):
    with open_as(owner, service="health_file") as session:
        archive_id = actions.ask_for_export(session, owner, WANTED)
    work(database, "health_file.run_export")
    with open_as(owner, service="health_file") as session:
        content = actions.take_archive(
            session,
            owner,
            archive_id,
            base_url="http://localhost:8000/health-file/fhir",
            language="en",
            say=plainly,
        )
    return archive_id, zipfile.ZipFile(io.BytesIO(content))


def test_archive_holds_every_version_attachments_log_and_a_page(
    app, clinic, file, owner, database, open_as
) -> None:
    subject = {"reference": f"Patient/{file.patient}"}
    flag = write(
        clinic,
        {"resourceType": "Flag", "status": "active", "code": {"text": "<b>第一版</b>"}, "subject": subject},
    )
    changed = {**flag.get_json(), "code": {"text": "第二版"}}
    answer = clinic.put(
        f"{BASE}/Flag/{changed['id']}", data=json.dumps(changed), headers={**FHIR, "If-Match": 'W/"1"'}
    )
    assert answer.status_code == 200, answer.text
    assert clinic.delete(f"{BASE}/Flag/{changed['id']}").status_code == 204
    text = base64.b64encode("出院小结".encode()).decode()
    document = {"resourceType": "DocumentReference", "status": "current", "subject": subject,
                "content": [{"attachment": {"contentType": "text/plain", "data": text}}]}  # fmt: skip
    assert write(clinic, document).status_code == 201
    _, archive = taken(database, open_as, owner)
    names = set(archive.namelist())
    assert archive.testzip() is None
    assert {
        "index.html",
        "readers.json",
        "summary.json",
        "resources/Flag-1.ndjson",
        "resources/Patient-1.ndjson",
    } <= names
    assert ("summary.pdf" in names) == (pdf.font_family() is not None)
    versions = [json.loads(line) for line in archive.read("resources/Flag-1.ndjson").splitlines()]
    assert [one.get("code", {}).get("text") for one in versions[:2]] == ["<b>第一版</b>", "第二版"]
    assert versions[2]["entry"][0]["request"]["method"] == "DELETE"
    attached = [name for name in names if name.startswith("attachments/DocumentReference-")]
    assert archive.read(attached[0]).decode() == "出院小结"
    page = archive.read("index.html").decode()
    assert page.startswith('<!doctype html><html lang="en">')
    assert "<script" not in page
    events = json.loads(archive.read("readers.json"))
    assert {one["event"] for one in events} >= {"health_file.resource.created"}
    # Readers by name and unit, not by the ids of accounts.
    actors = {(one["actor"]["kind"], one["actor"]["unit"]) for one in events}
    assert ("staff", "CL-HP") in actors, actors
    assert str(clinic.account) not in json.dumps([one["actor"] for one in events])
    assert str(clinic.account) not in page


def test_archive_is_taken_by_who_asked_until_it_expires(app, clinic, file, owner, database, open_as) -> None:
    archive_id, _ = taken(database, open_as, owner)
    stranger = open_file(app, clinic)
    other = Actor(kind=ActorKind.RESIDENT, account=stranger.account, subject=stranger.account)

    def take(actor):
        with open_as(actor, service="health_file") as session:
            actions.take_archive(session, actor, archive_id, base_url="", language="en", say=plainly)

    with pytest.raises(NotFound):
        take(other)
    with clock.held(clock.now() + timedelta(hours=25)), pytest.raises(NotFound):
        take(owner)
    with open_as(owner, service="health_file") as session:
        actions.cancel_export(session, owner, archive_id)
    with pytest.raises(NotFound):
        take(owner)


def test_archive_wants_a_fresh_proof(app, clinic, file) -> None:
    bearer = owner_bearer(app, file)
    answer = bearer.post("/health-file/v1/archives")
    assert answer.status_code == 401
    assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]
    missing = "/health-file/v1/archives/019abf00-0000-7000-8000-0000000000a1"
    assert resident_bearer(app).get(missing).status_code == 404
    assert clinic.get(missing).status_code == 404
